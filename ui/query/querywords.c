#include "ui/query/querywords.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/log/linefields.h"
#include "ui/query/queryplace.h"

enum {
    FRESH_SECONDS = 60,
    AGAIN_SECONDS = 10,
    VALUE_BYTES = 4096,
    TITLE = 200,
    METRIC_BEGIN = 3 /* bytes of a name by which one of very many metrics is asked for */
};

#define METRIC_LABEL "__name__"

enum words {
    AGGREGATION,
    RANGE,
    PROMETHEUS,
    SELECT,
    METRIC,
    METRIC_SPAN,
    MATCH,
    LINE,
    PARSER,
    COMPARE,
    SPAN,
    GROUP
};

static const struct {
    enum words place;
    const char *word, *help;
} table[] = {
#define WORD(place, word, help) {place, word, help},
#include "ui/query/logql.def"
#undef WORD
};

static void offer_table(struct prompt *p, enum words place, const char *before)
{
    char word[80];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].place != place)
            continue;
        snprintf(word, sizeof word, "%s%s", before, table[i].word);
        prompt_offer_with(p, word, table[i].help);
    }
}

/* The list of a key; asks for it when it is not known, or not lately. */
static const struct vocabulary_list *look_up(const struct querywords *w, const char *label,
                                             const char *selector)
{
    static const struct vocabulary_list none = {.state = VOCABULARY_FAILED};
    char key[VOCABULARY_KEY];
    if (!vocabulary_key(w->language, label, selector, key))
        return &none;
    const struct vocabulary_list *l = vocabulary_get(w->model->vocabulary, key);
    int64_t age = w->now - l->since;
    int64_t patience =
        (l->state == VOCABULARY_KNOWN ? FRESH_SECONDS : AGAIN_SECONDS) * CLOCK_SECOND;
    if (l->state == VOCABULARY_UNKNOWN || age > patience || age < 0)
        intents_push(w->model->intents, INTENT_WORDS, key, w->from, w->to);
    return l;
}

/* PromQL: the matchers before the cursor with their metric. */
static const char *selector_at(const struct querywords *w, const struct queryplace *at,
                               char out[VOCABULARY_KEY])
{
    snprintf(out, VOCABULARY_KEY, "%s%s", w->language == QUESTION_PROMQL ? at->metric : "",
             at->selector);
    return out;
}

static void title(const struct querywords *w, struct prompt *p, const struct vocabulary_list *l,
                  const char *what)
{
    const char *server = w->language == QUESTION_PROMQL ? "Prometheus" : "Loki";
    char text[TITLE];
    if (l->state == VOCABULARY_FAILED)
        snprintf(text, sizeof text, "%s did not say the %s", server, what);
    else if (l->state != VOCABULARY_KNOWN && !l->count)
        snprintf(text, sizeof text, "asking %s for %s", server, what);
    else if (!l->count)
        snprintf(text, sizeof text, "no %s in this time", what);
    else
        snprintf(text, sizeof text, "%s%s: Tab takes", what, l->more ? " (the first of them)" : "");
    prompt_title(p, text);
}

static bool holds(const struct vocabulary_list *l, struct str word)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_is(word, l->words[i]))
            return true;
    return false;
}

/* A name that is whole is offered with the operators. */
static void offer_operators(struct prompt *p, enum words place, struct str name)
{
    char *text = mem_dup_n(name.p, name.n);
    char *longer = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].place != place)
            continue;
        free(longer);
        longer = mem_printf("%s%s", text, table[i].word);
        prompt_offer_with(p, longer, table[i].help);
    }
    free(longer);
    free(text);
}

static void offer_names(const struct querywords *w, struct prompt *p, const struct queryplace *at,
                        struct str typed)
{
    char selector[VOCABULARY_KEY];
    const struct vocabulary_list *l = look_up(w, "", selector_at(w, at, selector));
    title(w, p, l, "label names");
    if (holds(l, typed))
        offer_operators(p, MATCH, typed);
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->words[i], METRIC_LABEL) != 0)
            prompt_offer_with(p, l->words[i], NULL);
}

/* Quoted as the query needs it, with the quote that is missing yet. */
static void offer_value(struct prompt *p, char quote, const char *value)
{
    struct buf b;
    buf_init(&b, VALUE_BYTES);
    if (quote == '`') {
        buf_printf(&b, "%s`", value);
    } else {
        if (!quote)
            buf_addc(&b, '"');
        for (const char *c = value; *c; c++)
            buf_printf(&b, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
        buf_addc(&b, '"');
    }
    if (!b.over)
        prompt_offer_with(p, buf_text(&b), NULL);
    buf_free(&b);
}

static void offer_values(const struct querywords *w, struct prompt *p, const struct queryplace *at)
{
    char what[TITLE], selector[VOCABULARY_KEY];
    if (!at->label[0] || strchr(at->label, ' '))
        return;
    const struct vocabulary_list *l = look_up(w, at->label, selector_at(w, at, selector));
    snprintf(what, sizeof what, "values of %.100s", at->label);
    title(w, p, l, what);
    for (size_t i = 0; i < l->count; i++)
        offer_value(p, at->quote, l->words[i]);
}

/* Labels and, from the lines that are held, what a parser would make labels of. */
static void offer_fields(const struct querywords *w, struct prompt *p, const struct queryplace *at,
                         struct str typed, bool compare)
{
    const struct vocabulary_list *l = look_up(w, "", at->selector);
    struct linefields fields;
    if (w->language == QUESTION_PROMQL) {
        offer_names(w, p, at, typed);
        return;
    }
    linefields_collect(&fields, w->model->logs.lines);
    bool whole = holds(l, typed);
    for (size_t i = 0; i < fields.count; i++)
        whole |= str_is(typed, fields.names[i]);
    prompt_title(p, "labels, and fields of the lines that are held: Tab takes");
    if (compare && whole)
        offer_operators(p, COMPARE, typed);
    for (size_t i = 0; i < fields.count; i++)
        prompt_offer_with(p, fields.names[i], "field of these lines");
    for (size_t i = 0; i < l->count; i++)
        prompt_offer_with(p, l->words[i], "label");
    prompt_offer_with(p, "detected_level", "as Loki 3 sees it");
    linefields_free(&fields);
}

/* The metrics; where the server has more than are kept, those that begin as what is typed. */
static void offer_metrics(const struct querywords *w, struct prompt *p, struct str typed)
{
    char some[80];
    const struct vocabulary_list *l = look_up(w, METRIC_LABEL, "");
    if (l->more && typed.n >= METRIC_BEGIN) {
        snprintf(some, sizeof some, "{" METRIC_LABEL "=~\"%.*s.*\"}", METRIC_BEGIN, typed.p);
        l = look_up(w, METRIC_LABEL, some);
    }
    if (typed.n)
        title(w, p, l, "metrics");
    if (holds(l, typed))
        offer_operators(p, METRIC, typed);
    for (size_t i = 0; i < l->count; i++)
        prompt_offer_with(p, l->words[i], "metric");
}

static void offer_start(const struct querywords *w, struct prompt *p, struct str typed)
{
    char name[80];
    for (const struct querywords_saved *s = w->saved; s && s->name; s++) {
        snprintf(name, sizeof name, "@%s", s->name);
        prompt_offer_with(p, name, s->text);
    }
    if (!typed.n)
        prompt_title(p, "Up: typed before, Ctrl-R searches it; Tab takes");
    if (w->language == QUESTION_LOGQL)
        offer_table(p, SELECT, "");
    else
        offer_metrics(w, p, typed);
    offer_table(p, w->language == QUESTION_LOGQL ? RANGE : PROMETHEUS, "");
    offer_table(p, AGGREGATION, "");
}

/* A blank before what begins a stage, where there is none. */
static const char *blank(struct str before, size_t word)
{
    return word && !isspace((unsigned char)before.p[word - 1]) ? " " : "";
}

static void offer_here(const struct querywords *w, struct prompt *p, const struct queryplace *at,
                       struct str before)
{
    struct str typed = {before.p + at->word, before.n - at->word};
    switch (at->kind) {
    case QUERYPLACE_START:
        offer_start(w, p, typed);
        break;
    case QUERYPLACE_NAME:
        offer_names(w, p, at, typed);
        break;
    case QUERYPLACE_MATCH:
        offer_table(p, MATCH, "");
        break;
    case QUERYPLACE_VALUE:
        offer_values(w, p, at);
        break;
    case QUERYPLACE_NEXT:
        prompt_offer_with(p, "}", "ends the selector");
        prompt_offer_with(p, ", ", "another label");
        break;
    case QUERYPLACE_STAGE:
        offer_table(p, w->language == QUESTION_PROMQL ? METRIC_SPAN : LINE,
                    w->language == QUESTION_PROMQL ? "" : blank(before, at->word));
        break;
    case QUERYPLACE_PARSER:
        offer_table(p, PARSER, blank(before, at->word));
        offer_fields(w, p, at, typed, true);
        break;
    case QUERYPLACE_FIELD:
        offer_fields(w, p, at, typed, false);
        break;
    case QUERYPLACE_COMPARE:
        offer_table(p, COMPARE, blank(before, at->word));
        break;
    case QUERYPLACE_SPAN:
        offer_table(p, SPAN, "");
        break;
    case QUERYPLACE_CALL:
        offer_table(p, GROUP, blank(before, at->word));
        break;
    case QUERYPLACE_NOTHING:
        break;
    }
}

void querywords_offer(const struct querywords *w, struct prompt *p)
{
    struct queryplace at;
    struct str before = prompt_before(p);
    queryplace_find(before, &at);
    prompt_word(p, at.word);
    offer_here(w, p, &at, before);
}
