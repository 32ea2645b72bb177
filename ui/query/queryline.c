/*
 * A query that is accepted is asked about first: INTENT_CHECK sends it to the server for a moment's worth
 * of lines, which shows all that is wrong with it (regular expressions too, which a tail would accept and
 * then stay silent about), and asks the index for its size. Until the answer comes the prompt stays open
 * without a cursor, and what is typed is held for what the query will show.
 */
#include "ui/query/queryline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/number.h"
#include "ui/engine.h"
#include "ui/keys.h"
#include "ui/query/querypast.h"
#include "ui/query/querywords.h"

enum { CONTROL_C = 3 };

static const enum prompt_kind kinds[] = {
    [QUESTION_LOGQL] = PROMPT_QUERY, [QUESTION_PROMQL] = PROMPT_PROMQL};
static const char *const labels[] = {[QUESTION_LOGQL] = "logql ", [QUESTION_PROMQL] = "promql "};

bool queryline_is_prompt(enum prompt_kind kind)
{
    return kind == PROMPT_QUERY || kind == PROMPT_PROMQL;
}

static void offers(void *context, struct prompt *p, struct str before)
{
    struct app *a = context;
    const struct scope *s = &a->model->scope;
    int64_t now = engine_now(a);
    bool live = scope_is_live(s);
    struct querywords w = {.language =
                               prompt_kind(p) == PROMPT_PROMQL ? QUESTION_PROMQL : QUESTION_LOGQL,
                           .model = a->model,
                           .now = now,
                           .from = live ? now - a->conf.span : s->from,
                           .to = live ? now : s->at,
                           .saved = a->conf.queries};
    (void)before;
    querywords_offer(&w, p);
}

static void open_with(struct app *a, enum question_language language, const char *text)
{
    char *copy = mem_dup(text); /* it may be the prompt's own */
    prompt_open(a->prompt, kinds[language], labels[language], copy, offers, a);
    a->query.language = language;
    free(copy);
    a->dirty = true;
}

void queryline_open(struct app *a, enum question_language language, const char *text)
{
    const char *typed = moves_typed_query(a->moves), *shown = a->model->logs.query;
    if (!text && language == QUESTION_LOGQL)
        text = typed ? typed : shown;
    queryline_forget(a);
    open_with(a, language, text ? text : "");
}

void queryline_take_over(struct app *a, const char *command)
{
    for (int i = 0; i < (int)(sizeof labels / sizeof *labels); i++)
        if (strcmp(command, labels[i]) == 0)
            queryline_open(a, (enum question_language)i, "");
}

void queryline_forget(struct app *a)
{
    a->query.waiting = a->query.stays = false;
    a->query.held_count = 0;
    free(a->query.graph);
    a->query.graph = NULL;
}

bool queryline_holds(struct app *a, uint32_t key)
{
    struct queryline_state *q = &a->query;
    if (!q->waiting && !q->held_count)
        return false;
    if (q->waiting && (key == KEYS_ESC || key == CONTROL_C)) {
        queryline_forget(a);
        prompt_say(a->prompt, ROLE_DIM, 0, "not asked any more");
    } else if (q->held_count < QUERYLINE_HELD) {
        q->held[q->held_count++] = key;
    }
    return true;
}

size_t queryline_release(struct app *a, uint32_t keys[QUERYLINE_HELD])
{
    struct queryline_state *q = &a->query;
    const struct model_logs *logs = &a->model->logs;
    bool early = moves_is_asking(a->moves) || (logs->loading && !lines_count(logs->lines));
    size_t count = q->held_count;
    if (q->waiting || !count)
        return 0;
    if (early && engine_tick(a) < q->held_until) {
        a->host.wake(a, q->held_until);
        return 0;
    }
    memcpy(keys, q->held, count * sizeof *keys);
    q->held_count = 0;
    return count;
}

void queryline_give_back(struct app *a)
{
    bool edited = moves_is_edited(a->moves);
    moves_query(a->moves, NULL);
    engine_say(a, ROLE_MESSAGE,
               edited ? "The logs are the scope's again." : "The logs follow the scope already.");
}

/* The text of "@NAME"; NULL: there is none of that name. */
static const char *saved_text(const struct app *a, const char *name)
{
    for (const struct querywords_saved *s = a->conf.queries; s && s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s->text;
    return NULL;
}

static void ask(struct app *a, const char *text)
{
    const struct scope *s = &a->model->scope;
    bool live = scope_is_live(s), logql = a->query.language == QUESTION_LOGQL;
    int64_t now = engine_now(a);
    char *copy = mem_dup(text);
    free(a->query.text);
    a->query.text = copy;
    a->query.waiting = true;
    a->query.answers = a->model->question.answers;
    intents_push(a->model->intents, logql ? INTENT_CHECK : INTENT_CHECK_PROMQL, copy,
                 live ? now - a->conf.span : s->from, live ? now : s->at);
    prompt_wait(a->prompt, "asking the server whether it is right: Esc edits it again");
}

void queryline_run(struct app *a, enum question_language language, const char *text)
{
    queryline_forget(a);
    open_with(a, language, text);
    queryline_accept(a, text);
}

void queryline_run_view(struct app *a, const char *query, enum question_language language,
                        const char *graph)
{
    bool both = query[0] && graph[0];
    queryline_forget(a);
    if (!query[0] && !graph[0])
        return;
    a->query.stays = true;
    a->query.graph = both ? mem_dup(graph) : NULL;
    a->query.graph_language = language;
    open_with(a, query[0] ? QUESTION_LOGQL : language, query[0] ? query : graph);
    ask(a, query[0] ? query : graph);
}

void queryline_accept(struct app *a, const char *text)
{
    enum question_language language = a->query.language;
    const char *query = text;
    char *typed = mem_dup(text);
    if (text[0] == '@' && !(query = saved_text(a, text + 1))) {
        open_with(a, language, typed);
        prompt_say(a->prompt, ROLE_ERROR, 2,
                   a->conf.queries && a->conf.queries[0].name
                       ? "no query of that name is in loki.queries"
                       : "the configuration has no loki.queries");
    } else if (!query[0] && language == QUESTION_LOGQL) {
        queryline_give_back(a);
    } else if (query[0]) {
        prompt_learn(a->prompt, kinds[language], typed);
        querypast_add(a->conf.state_folder, language, typed);
        open_with(a, language, query);
        ask(a, query);
    }
    free(typed);
}

static int column_of(const char *text, const char *at)
{
    int column = 1;
    for (const char *c = text; c < at; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    return column;
}

/* The next text in quotes behind a ~ at or after `at`; p NULL: there is none. */
static struct str next_expression(const char *at)
{
    while ((at = strchr(at, '~'))) {
        at += 1 + strspn(at + 1, " ");
        const char *end = *at == '"' || *at == '`' ? at + 1 : NULL;
        while (end && *end && *end != *at)
            end += *end == '\\' && *at == '"' && end[1] ? 2 : 1;
        if (end && *end)
            return (struct str){at + 1, (size_t)(end - at - 1)};
    }
    return (struct str){0};
}

/* What the words mean when they name no place: of the expressions in the query the first that holds
 * what they quote in `…` at their end. */
static int place_of_regexp(const struct question *q)
{
    const char *what = q->err.what, *end = strrchr(what, '`'), *start = end;
    struct str text = {0};
    if (!strstr(what, "error parsing regexp") || !end)
        return 0;
    while (start > what && start[-1] != '`')
        start--;
    size_t n = (size_t)(end - start);
    for (text = next_expression(q->text); text.p; text = next_expression(text.p + text.n)) {
        const char *at = n ? memmem(text.p, text.n, start, n) : NULL;
        if (at)
            return column_of(q->text, at);
    }
    return 0;
}

/* The server's words without the status, which says nothing here. */
static const char *words_of(const struct question *q)
{
    const char *what = q->err.what;
    const char *colon = strncmp(what, "HTTP ", 5) == 0 ? strstr(what, ": ") : NULL;
    return colon ? colon + 2 : what;
}

static void show_wrong(struct app *a, const struct question *q)
{
    char text[PANE_TEXT];
    int column = q->column && q->line <= 1 ? q->column : place_of_regexp(q);
    snprintf(text, sizeof text, "%s%s%s", words_of(q), q->err.mend[0] ? ": " : "", q->err.mend);
    prompt_say(a->prompt, ROLE_ERROR, column, text);
}

static void show(struct app *a, const struct question *q)
{
    char *text = mem_dup(a->query.text);
    prompt_close(a->prompt);
    if (q->metric)
        moves_graph(a->moves, q->language, text);
    else
        moves_query(a->moves, text);
    if (!a->query.stays)
        engine_show(a, q->metric ? "graph" : "logs");
    if (q->unmeasurable)
        engine_say(a, ROLE_MESSAGE,
                   "This Loki has no index statistics: what the query costs is not known.");
    free(text);
    char *graph = a->query.graph;
    a->query.graph = NULL;
    if (graph) {
        open_with(a, a->query.graph_language, graph);
        ask(a, graph);
        free(graph);
    } else {
        a->query.stays = false;
        a->query.held_until = engine_tick(a) + (q->metric ? 0 : CLOCK_SECOND);
        a->dirty = true;
    }
}

static void cost_of(const struct question *q, char out[PANE_TEXT])
{
    char bytes[NUMBER_TEXT], budget[NUMBER_TEXT], streams[NUMBER_TEXT];
    snprintf(out, PANE_TEXT, "about %sB of %s streams, over loki.budget (%sB)",
             number_count((double)q->bytes, bytes), number_count((double)q->streams, streams),
             number_count((double)q->budget, budget));
}

bool queryline_needs_person(const struct app *a, struct err *err)
{
    char cost[PANE_TEXT];
    if (!prompt_is_open(a->prompt) || prompt_kind(a->prompt) != PROMPT_COSTLY)
        return false;
    cost_of(&a->model->question, cost);
    err_set(err, ERR_LIMIT, "loki", "raise loki.budget, or open it on a terminal, which asks",
            "the query reads %s", cost);
    return true;
}

static void ask_whether(struct app *a, const struct question *q)
{
    static char label[PANE_TEXT + 64];
    char cost[PANE_TEXT];
    cost_of(q, cost);
    snprintf(label, sizeof label, "Reads %s. Run it? y or N: ", cost);
    prompt_open(a->prompt, PROMPT_COSTLY, label, "", NULL, NULL);
}

void queryline_confirmed(struct app *a, const char *answer)
{
    char *text = mem_dup(a->query.text);
    if (strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0) {
        show(a, &a->model->question);
    } else {
        open_with(a, a->query.language, text);
        prompt_say(a->prompt, ROLE_MESSAGE, 0, "Not run. Narrow it: labels, a shorter time.");
    }
    free(text);
}

static void take_answer(struct app *a)
{
    const struct question *q = &a->model->question;
    if (!a->query.waiting || q->answers == a->query.answers || q->state == QUESTION_ASKED ||
        q->language != a->query.language || strcmp(q->text, a->query.text) != 0)
        return;
    a->query.waiting = false;
    if (q->state == QUESTION_GOOD) {
        show(a, q);
        return;
    }
    a->query.held_count = 0; /* they were meant for lines */
    if (q->state == QUESTION_WRONG)
        show_wrong(a, q);
    else
        ask_whether(a, q);
}

void queryline_sync(struct app *a)
{
    uint64_t words = vocabulary_changes(a->model->vocabulary);
    take_answer(a);
    if (words != a->query.words && prompt_is_open(a->prompt))
        prompt_refresh(a->prompt);
    a->query.words = words;
}
