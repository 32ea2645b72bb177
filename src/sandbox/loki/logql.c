/* Sends log lines through the stages of a query. */
#include "sandbox/loki/logql.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/regex.h"
#include "sandbox/loki/logql_extract.h"

enum { SCRATCH = 1 << 20 };

void logql_line_init(struct logql_line *l)
{
    l->count = 0;
    l->parsed = false;
    l->text = (struct str){"", 0};
    /* All of it at once: labels point into it, so it must never move. */
    char *all = mem_alloc(SCRATCH);
    buf_init(&l->scratch, SCRATCH);
    buf_add(&l->scratch, all, SCRATCH);
    buf_clear(&l->scratch);
    free(all);
}

void logql_line_free(struct logql_line *l)
{
    buf_free(&l->scratch);
}

struct str logql_line_get(const struct logql_line *l, const char *name)
{
    struct str found = {"", 0};
    for (size_t i = 0; i < l->count; i++)
        if (str_is(l->list[i].name, name))
            found = l->list[i].value; /* a parsed one stands behind the stream's */
    return found;
}

bool logql_matches(const struct logql_matcher *m, struct str value)
{
    switch (m->op) {
    case LOGQL_EQUAL:
        return str_is(value, m->value);
    case LOGQL_NOT_EQUAL:
        return !str_is(value, m->value);
    case LOGQL_MATCHES:
        return regex_matches(m->regex, value);
    default:
        return !regex_matches(m->regex, value);
    }
}

static bool line_filter(const struct logql_stage *s, struct str text)
{
    bool regex = s->op == LOGQL_MATCHES || s->op == LOGQL_NOT_MATCHES;
    bool negative = s->op == LOGQL_NOT_EQUAL || s->op == LOGQL_NOT_MATCHES;
    bool found = regex ? regex_matches(s->regex, text) : str_find(text, str_of(s->text)) >= 0;
    for (const struct logql_stage *o = s->or_; o && !found; o = o->or_)
        found = regex ? regex_matches(o->regex, text) : str_find(text, str_of(o->text)) >= 0;
    return found != negative;
}

/* ---- label filters ---- */

static void set_error(struct logql_line *l, enum logql_node_type type, struct str value)
{
    bool span = type == LOGQL_DURATION;
    if (logql_line_get(l, "__error__").n || l->count + 2 > LOGQL_LABELS_MAX)
        return;
    size_t at = l->scratch.n;
    buf_adds(&l->scratch, span ? "time: invalid duration " : "strconv.ParseFloat: parsing ");
    json_out_escape(&l->scratch, value);
    buf_adds(&l->scratch, span ? "" : ": invalid syntax");
    l->list[l->count++] =
        (struct logql_label){str_of("__error__"), str_of("LabelFilterErr"), LOGQL_PARSED};
    l->list[l->count++] = (struct logql_label){
        str_of("__error_details__"), {l->scratch.p + at, l->scratch.n - at}, LOGQL_PARSED};
}

static bool to_bytes(struct str text, double *out)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"kib", 1024}, {"mib", 1048576}, {"gib", 1073741824.}, {"kb", 1e3}, {"mb", 1e6},
                 {"gb", 1e9},   {"b", 1}};
    char lower[40];
    if (text.n >= sizeof lower)
        return false;
    for (size_t i = 0; i < text.n; i++)
        lower[i] = (char)tolower((unsigned char)text.p[i]);
    struct str t = {lower, text.n};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].unit);
        if (t.n > n && str_ends(t, units[i].unit) &&
            str_to_double(str_trim((struct str){t.p, t.n - n}), out)) {
            *out *= units[i].factor;
            return true;
        }
    }
    return str_to_double(t, out);
}

static bool to_seconds(struct str text, double *out)
{
    double factor = 1;
    int64_t span;
    if (clock_parse_span(text, &span)) {
        *out = (double)span / 1e9;
        return true;
    }
    /* Go's durations have fractions and small units. */
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"\xc2\xb5s", 1e-6}, {"ms", 1e-3},
                 {"s", 1},     {"m", 60},    {"h", 3600}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].unit);
        factor = units[i].factor;
        if (text.n > n && str_ends(text, units[i].unit) &&
            str_to_double((struct str){text.p, text.n - n}, out)) {
            *out *= factor;
            return true;
        }
    }
    return false;
}

static bool compare(enum logql_compare op, double a, double b)
{
    switch (op) {
    case LOGQL_EQ:
        return a == b;
    case LOGQL_NE:
        return a != b;
    case LOGQL_GT:
        return a > b;
    case LOGQL_GE:
        return a >= b;
    case LOGQL_LT:
        return a < b;
    default:
        return a <= b;
    }
}

static bool has_label(const struct logql_line *l, const char *name)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_is(l->list[i].name, name))
            return true;
    return false;
}

static bool node_matches(const struct logql_node *n, struct logql_line *l)
{
    if (n->type == LOGQL_AND)
        return node_matches(n->left, l) && node_matches(n->right, l);
    if (n->type == LOGQL_OR)
        return node_matches(n->left, l) || node_matches(n->right, l);
    struct str value = logql_line_get(l, n->matcher.name);
    if (n->type == LOGQL_STRING)
        return logql_matches(&n->matcher, value);
    if (!has_label(l, n->matcher.name))
        return false;
    double number;
    bool good = n->type == LOGQL_NUMBER     ? str_to_double(value, &number)
                : n->type == LOGQL_DURATION ? to_seconds(value, &number)
                                            : to_bytes(value, &number);
    if (good)
        return compare(n->compare, number, n->number);
    set_error(l, n->type, value);
    return true; /* so that the error is seen */
}

/* ---- stages ---- */

static bool names(const struct logql_stage *s, const struct logql_label *label)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (str_is(label->name, s->labels[i].name) &&
            (!s->labels[i].value || logql_matches(&s->labels[i], label->value)))
            return true;
    return false;
}

static void drop_or_keep(const struct logql_stage *s, struct logql_line *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        bool special = l->list[i].name.n > 2 && memcmp(l->list[i].name.p, "__", 2) == 0;
        if (s->type == LOGQL_DROP ? !names(s, &l->list[i]) : special || names(s, &l->list[i]))
            l->list[kept++] = l->list[i];
    }
    l->count = kept;
}

static void decolorize(struct logql_line *l)
{
    if (!l->text.n || !memchr(l->text.p, 0x1b, l->text.n))
        return;
    size_t at = l->scratch.n;
    for (size_t i = 0; i < l->text.n; i++) {
        if (l->text.p[i] == 0x1b && i + 1 < l->text.n && l->text.p[i + 1] == '[') {
            i += 2;
            while (i < l->text.n && !isalpha((unsigned char)l->text.p[i]))
                i++;
        } else {
            buf_addc(&l->scratch, l->text.p[i]);
        }
    }
    l->text = (struct str){l->scratch.p + at, l->scratch.n - at};
}

bool logql_run(const struct logql *q, struct logql_line *l, bool no_parsers)
{
    for (const struct logql_stage *s = q->stages; s; s = s->next) {
        switch (s->type) {
        case LOGQL_LINE:
            if (!line_filter(s, l->text))
                return false;
            break;
        case LOGQL_JSON:
        case LOGQL_LOGFMT:
            l->parsed = true;
            if (!no_parsers && s->type == LOGQL_JSON)
                logql_extract_json(l);
            else if (!no_parsers)
                logql_extract_logfmt(l);
            break;
        case LOGQL_FILTER:
            if (!node_matches(s->filter, l))
                return false;
            break;
        case LOGQL_DECOLORIZE:
            decolorize(l);
            break;
        default:
            drop_or_keep(s, l);
        }
    }
    return true;
}

static bool names_level(const struct logql_node *n)
{
    if (!n)
        return false;
    return (n->matcher.name && strcmp(n->matcher.name, "detected_level") == 0) ||
           names_level(n->left) || names_level(n->right);
}

bool logql_needs_level(const struct logql *q)
{
    for (const struct logql_stage *s = q->stages; s; s = s->next)
        if (names_level(s->filter))
            return true;
    if (!q->metric)
        return false; /* it is found later, for the lines that are shown */
    const struct logql_aggregation *a = q->aggregations;
    while (a && a->op == LOGQL_SCALAR)
        a = a->next;
    if (!a || a->without || a->op == LOGQL_TOPK || a->op == LOGQL_BOTTOMK)
        return true;
    for (size_t i = 0; i < a->label_count; i++)
        if (strcmp(a->labels[i], "detected_level") == 0)
            return true;
    return a->op != LOGQL_SUM; /* an average or a count of series depends on how they are split */
}

bool logql_needs_no_labels(const struct logql *q)
{
    const struct logql_aggregation *a = q->aggregations;
    if (!q->metric || !a || a->op != LOGQL_SUM || a->label_count || a->without)
        return false;
    for (const struct logql_stage *s = q->stages; s; s = s->next)
        if (s->type == LOGQL_FILTER || s->type == LOGQL_KEEP || s->type == LOGQL_DROP)
            return false;
    return true;
}

/* ---- the end ---- */

static void free_matcher(struct logql_matcher *m)
{
    free(m->name);
    free(m->value);
    regex_free(m->regex);
}

static void free_node(struct logql_node *n)
{
    if (!n)
        return;
    free_node(n->left);
    free_node(n->right);
    free_matcher(&n->matcher);
    free(n);
}

static void free_stages(struct logql_stage *s)
{
    while (s) {
        struct logql_stage *next = s->next;
        free_stages(s->or_);
        free_node(s->filter);
        for (size_t i = 0; i < s->label_count; i++)
            free_matcher(&s->labels[i]);
        free(s->labels);
        free(s->text);
        regex_free(s->regex);
        free(s);
        s = next;
    }
}

void logql_free(struct logql *q)
{
    if (!q)
        return;
    for (size_t i = 0; i < q->matcher_count; i++)
        free_matcher(&q->matchers[i]);
    free(q->matchers);
    free_stages(q->stages);
    for (struct logql_aggregation *a = q->aggregations, *next; a; a = next) {
        next = a->next;
        for (size_t i = 0; i < a->label_count; i++)
            free(a->labels[i]);
        free(a->labels);
        free(a);
    }
    free(q);
}
