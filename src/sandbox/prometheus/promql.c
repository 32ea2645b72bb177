#include "sandbox/prometheus/promql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "sandbox/prometheus/meters.h"
#include "sandbox/prometheus/promql_internal.h"

enum { RATE_SAMPLES = 4, PATTERN_ROOM = 600 };

struct eval {
    const struct world *w;
    struct arena *a;
    char *error;
    size_t size;
};

static struct promql_sample *add(struct eval *e, struct promql_vector *v)
{
    if (v->count == v->cap) {
        size_t cap = v->cap ? v->cap * 2 : 16;
        struct promql_sample *bigger = arena_alloc(e->a, cap * sizeof *bigger);
        if (v->count)
            memcpy(bigger, v->list, v->count * sizeof *bigger);
        v->list = bigger;
        v->cap = cap;
    }
    v->list[v->count] = (struct promql_sample){0};
    return &v->list[v->count++];
}

static const char *value_of(const struct promql_sample *s, const char *name)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, name) == 0)
            return s->labels[i].value;
    return "";
}

/* ---- selectors ---- */

struct selecting {
    struct eval *e;
    const struct promql *q;
    struct regex **patterns; /* of the matchers; NULL for plain ones */
    struct promql_vector *out;
};

static bool matches(const struct selecting *s, const struct meters_label *labels, size_t count)
{
    for (size_t m = 0; m < s->q->matcher_count; m++) {
        const struct promql_matcher *matcher = &s->q->matchers[m];
        const char *value = "";
        for (size_t i = 0; i < count; i++)
            if (strcmp(labels[i].name, matcher->name) == 0)
                value = labels[i].value;
        bool same = matcher->pattern ? regex_matches(s->patterns[m], str_of(value))
                                     : !strcmp(value, matcher->value);
        if (same == matcher->negative)
            return false;
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct promql_label *)a)->name, ((const struct promql_label *)b)->name);
}

static void on_series(void *context, const struct meters_label *labels, size_t count, double value)
{
    struct selecting *s = context;
    if (!matches(s, labels, count))
        return;
    struct promql_sample *sample = add(s->e, s->out);
    sample->value = value;
    sample->labels = arena_alloc(s->e->a, (count + 1) * sizeof *sample->labels);
    if (s->q->range == 0)
        sample->labels[sample->label_count++] = (struct promql_label){"__name__", s->q->metric};
    /* An empty value is no label. */
    for (size_t i = 0; i < count; i++)
        if (*labels[i].value)
            sample->labels[sample->label_count++] =
                (struct promql_label){labels[i].name, arena_dup(s->e->a, str_of(labels[i].value))};
    qsort(sample->labels, sample->label_count, sizeof *sample->labels, by_name);
}

static bool select_series(struct eval *e, const struct promql *q, int64_t t,
                          struct promql_vector *out)
{
    struct selecting s = {e, q, arena_alloc(e->a, (q->matcher_count + 1) * sizeof *s.patterns),
                          out};
    struct err err;
    bool ok = true;
    for (size_t m = 0; m < q->matcher_count && ok; m++) {
        char anchored[PATTERN_ROOM];
        snprintf(anchored, sizeof anchored, "^(?:%s)$", q->matchers[m].value);
        if (q->matchers[m].pattern)
            ok = (s.patterns[m] = regex_new(anchored, REGEX_DEFAULT, &err)) != NULL;
    }
    if (ok)
        meters_each(e->w, q->metric, t, on_series, &s);
    else
        snprintf(e->error, e->size, "error parsing regexp: %s", err.what);
    for (size_t m = 0; m < q->matcher_count; m++)
        regex_free(s.patterns[m]);
    return ok;
}

/* ---- finding series by their labels ---- */

/* Which labels tell two series apart: those named, or all but the metric's name. */
static void write_key(const struct promql_sample *s, const struct promql_names *names,
                      struct buf *key)
{
    buf_clear(key);
    for (size_t i = 0; names && i < names->count; i++) {
        buf_adds(key, value_of(s, names->list[i]));
        buf_addc(key, '\0');
    }
    for (size_t i = 0; !names && i < s->label_count; i++) {
        if (strcmp(s->labels[i].name, "__name__") == 0)
            continue;
        buf_adds(key, s->labels[i].name);
        buf_addc(key, '\0');
        buf_adds(key, s->labels[i].value);
        buf_addc(key, '\0');
    }
    buf_addc(key, '\0'); /* never empty */
}

/* Places of samples in a vector. */
struct places {
    struct map *map;
    struct buf key;
    const struct promql_names *names;
};

static void places_open(struct places *p, const struct promql_names *names)
{
    p->map = map_new();
    p->names = names;
    buf_init(&p->key, 1 << 16);
}

static void places_close(struct places *p)
{
    map_free(p->map, NULL);
    buf_free(&p->key);
}

/* The place of a sample with the same labels, from 1; 0: none. */
static size_t places_find(struct places *p, const struct promql_sample *s)
{
    write_key(s, p->names, &p->key);
    return (size_t)(uintptr_t)map_get(p->map, buf_str(&p->key));
}

static void places_put(struct places *p, size_t place)
{
    map_put(p->map, buf_str(&p->key), (void *)(uintptr_t)place);
}

/* ---- rates ---- */

/* Of a counter told by its growth: the mean of some moments of the range. A series that began or
 * ended within it is the mean of what there is. */
static bool mean_growth(struct eval *e, const struct promql *selector, int64_t t,
                        struct promql_vector *out)
{
    struct places places;
    size_t counts_cap = 0;
    double *counts = NULL;
    bool ok = true;
    places_open(&places, NULL);
    for (int k = 0; k < RATE_SAMPLES && ok; k++) {
        struct promql_vector now = {0};
        ok = select_series(e, selector, t - selector->range * k / RATE_SAMPLES, &now);
        for (size_t i = 0; ok && i < now.count; i++) {
            size_t at = places_find(&places, &now.list[i]);
            if (at) {
                out->list[at - 1].value += now.list[i].value;
                counts[at - 1]++;
                continue;
            }
            *add(e, out) = now.list[i];
            mem_grow(&counts, &counts_cap, out->count, sizeof *counts);
            counts[out->count - 1] = 1;
            places_put(&places, out->count);
        }
    }
    for (size_t i = 0; i < out->count; i++)
        out->list[i].value /= counts[i];
    free(counts);
    places_close(&places);
    return ok;
}

/* Of a counter told by its value: what it grew by, as growth a second. A series that began within
 * the range began at 0. */
static bool difference(struct eval *e, const struct promql *selector, int64_t t,
                       struct promql_vector *out)
{
    struct promql_vector before = {0};
    struct places places;
    if (!select_series(e, selector, t, out) ||
        !select_series(e, selector, t - selector->range, &before))
        return false;
    places_open(&places, NULL);
    for (size_t i = 0; i < before.count; i++) {
        places_find(&places, &before.list[i]);
        places_put(&places, i + 1);
    }
    for (size_t i = 0; i < out->count; i++) {
        size_t at = places_find(&places, &out->list[i]);
        double grown = out->list[i].value - (at ? before.list[at - 1].value : 0);
        out->list[i].value = (grown > 0 ? grown : 0) / ((double)selector->range / 1e9);
    }
    places_close(&places);
    return true;
}

static bool eval_rate(struct eval *e, const struct promql *q, int64_t t, struct promql_vector *out)
{
    bool rate = meters_type_of(q->left->metric) == METERS_RATE;
    if (!(rate ? mean_growth : difference)(e, q->left, t, out))
        return false;
    for (size_t i = 0; q->increase && i < out->count; i++)
        out->list[i].value *= (double)q->left->range / 1e9;
    return true;
}

/* ---- aggregation ---- */

static bool eval(struct eval *e, const struct promql *q, int64_t t, struct promql_vector *out);

static void keep_only(struct eval *e, const struct promql_names *names,
                      const struct promql_sample *from, struct promql_sample *to)
{
    to->labels = arena_alloc(e->a, (names->count + 1) * sizeof *to->labels);
    to->label_count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const char *value = value_of(from, names->list[i]);
        if (*value)
            to->labels[to->label_count++] = (struct promql_label){names->list[i], value};
    }
    qsort(to->labels, to->label_count, sizeof *to->labels, by_name);
}

static void fold_in(enum promql_fold fold, double *into, double value)
{
    if (fold == PROMQL_MIN)
        *into = value < *into ? value : *into;
    else if (fold == PROMQL_MAX)
        *into = value > *into ? value : *into;
    else
        *into += fold == PROMQL_COUNT ? 1 : value;
}

static bool eval_aggregate(struct eval *e, const struct promql *q, int64_t t,
                           struct promql_vector *out)
{
    struct promql_vector in = {0};
    if (!eval(e, q->left, t, &in))
        return false;
    double *counts = arena_alloc(e->a, (in.count + 1) * sizeof *counts);
    struct places places;
    places_open(&places, &q->names);
    for (size_t i = 0; i < in.count; i++) {
        size_t at = places_find(&places, &in.list[i]);
        if (at) {
            fold_in(q->fold, &out->list[at - 1].value, in.list[i].value);
            counts[at - 1]++;
            continue;
        }
        struct promql_sample *s = add(e, out);
        places_put(&places, out->count);
        keep_only(e, &q->names, &in.list[i], s);
        s->value = q->fold == PROMQL_COUNT ? 1 : in.list[i].value;
        counts[out->count - 1] = 1;
    }
    places_close(&places);
    for (size_t i = 0; i < out->count && q->fold == PROMQL_AVG; i++)
        out->list[i].value /= counts[i];
    return true;
}

/* ---- operators ---- */

/* Whether the sample stays (of a comparison), and its value. */
static bool apply(enum promql_op op, double a, double b, double *out)
{
    *out = a;
    switch (op) {
    case PROMQL_ADD:
        *out = a + b;
        return true;
    case PROMQL_SUBTRACT:
        *out = a - b;
        return true;
    case PROMQL_MULTIPLY:
        *out = a * b;
        return true;
    case PROMQL_DIVIDE:
        *out = a / b;
        return true;
    case PROMQL_EQUAL:
        return a == b;
    case PROMQL_NOT_EQUAL:
        return a != b;
    case PROMQL_GREATER:
        return a > b;
    case PROMQL_LESS:
        return a < b;
    case PROMQL_GREATER_EQUAL:
        return a >= b;
    case PROMQL_LESS_EQUAL:
        return a <= b;
    }
    return false;
}

static bool is_comparison(enum promql_op op)
{
    return op >= PROMQL_EQUAL;
}

static void drop_name(struct promql_sample *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, "__name__") != 0)
            s->labels[kept++] = s->labels[i];
    s->label_count = kept;
}

static void with_number(struct eval *e, const struct promql *q, const struct promql_vector *v,
                        double number, bool number_left, struct promql_vector *out)
{
    for (size_t i = 0; i < v->count; i++) {
        double value, a = number_left ? number : v->list[i].value,
                      b = number_left ? v->list[i].value : number;
        if (!apply(q->op, a, b, &value))
            continue;
        struct promql_sample *s = add(e, out);
        *s = v->list[i];
        s->value = is_comparison(q->op) ? v->list[i].value : value;
        if (!is_comparison(q->op))
            drop_name(s);
    }
}

static void joined_labels(struct eval *e, const struct promql *q, const struct promql_sample *left,
                          const struct promql_sample *right, struct promql_sample *s)
{
    if (q->on && !q->group_left) {
        keep_only(e, &q->names, left, s);
        return;
    }
    s->labels = arena_alloc(e->a, (left->label_count + q->include.count + 1) * sizeof *s->labels);
    s->label_count = left->label_count;
    if (left->label_count)
        memcpy(s->labels, left->labels, left->label_count * sizeof *s->labels);
    drop_name(s);
    for (size_t i = 0; i < q->include.count; i++) {
        const char *value = value_of(right, q->include.list[i]);
        if (*value)
            s->labels[s->label_count++] = (struct promql_label){q->include.list[i], value};
    }
    qsort(s->labels, s->label_count, sizeof *s->labels, by_name);
}

static bool cannot_join(struct eval *e, const char *why)
{
    snprintf(e->error, e->size, "%s", why);
    return false;
}

static bool with_vector(struct eval *e, const struct promql *q, const struct promql_vector *left,
                        const struct promql_vector *right, struct promql_vector *out)
{
    struct places places, used;
    const char *why = NULL;
    places_open(&places, q->on ? &q->names : NULL);
    places_open(&used, q->on ? &q->names : NULL);
    for (size_t i = 0; i < right->count && !why; i++) {
        if (places_find(&places, &right->list[i]))
            why = "found duplicate series for the match group on the right hand-side of the "
                  "operation;many-to-many matching not allowed: matching labels must be unique on "
                  "one side";
        places_put(&places, i + 1);
    }
    for (size_t i = 0; i < left->count && !why; i++) {
        double value;
        size_t at = places_find(&places, &left->list[i]);
        if (!at)
            continue;
        if (!q->group_left && places_find(&used, &left->list[i]))
            why = "multiple matches for labels: many-to-one matching must be explicit "
                  "(group_left/group_right)";
        if (!q->group_left)
            places_put(&used, 1);
        if (why || !apply(q->op, left->list[i].value, right->list[at - 1].value, &value))
            continue;
        struct promql_sample *s = add(e, out);
        joined_labels(e, q, &left->list[i], &right->list[at - 1], s);
        s->value = value;
    }
    places_close(&places);
    places_close(&used);
    return !why || cannot_join(e, why);
}

static bool eval_binary(struct eval *e, const struct promql *q, int64_t t,
                        struct promql_vector *out)
{
    struct promql_vector left = {0}, right = {0};
    if (!eval(e, q->left, t, &left) || !eval(e, q->right, t, &right))
        return false;
    if (left.scalar && right.scalar) {
        out->scalar = true;
        return apply(q->op, left.list[0].value, right.list[0].value, &add(e, out)->value) || true;
    }
    if (left.scalar)
        with_number(e, q, &right, left.list[0].value, true, out);
    else if (right.scalar)
        with_number(e, q, &left, right.list[0].value, false, out);
    else
        return with_vector(e, q, &left, &right, out);
    return true;
}

static bool eval(struct eval *e, const struct promql *q, int64_t t, struct promql_vector *out)
{
    switch (q->type) {
    case PROMQL_NUMBER:
        out->scalar = true;
        add(e, out)->value = q->number;
        return true;
    case PROMQL_SELECTOR:
        return select_series(e, q, t, out);
    case PROMQL_RATE:
        return eval_rate(e, q, t, out);
    case PROMQL_AGGREGATE:
        return eval_aggregate(e, q, t, out);
    case PROMQL_BINARY:
        return eval_binary(e, q, t, out);
    }
    return false;
}

bool promql_eval(const struct promql *q, const struct world *w, int64_t t, struct arena *a,
                 struct promql_vector *out, char *error, size_t size)
{
    struct eval e = {w, a, error, size};
    *out = (struct promql_vector){0};
    return eval(&e, q, t, out);
}
