#include "sandbox/promql.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/metrics.h"
#include "sandbox/promql_internal.h"

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

static bool matches(const struct selecting *s, const struct metrics_label *labels, size_t count)
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

static void on_series(void *context, const struct metrics_label *labels, size_t count, double value)
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
        metrics_each(e->w, q->metric, t, on_series, &s);
    else
        snprintf(e->error, e->size, "error parsing regexp: %s", err.what);
    for (size_t m = 0; m < q->matcher_count; m++)
        regex_free(s.patterns[m]);
    return ok;
}

static bool same_labels(const struct promql_sample *a, const struct promql_sample *b)
{
    if (a->label_count != b->label_count)
        return false;
    for (size_t i = 0; i < a->label_count; i++)
        if (strcmp(a->labels[i].name, b->labels[i].name) ||
            strcmp(a->labels[i].value, b->labels[i].value))
            return false;
    return true;
}

/* Of a counter its growth a second is told at each moment: the rate is the mean of some of them. A series that began or
 * ended within the range is the mean of what there is. */
static bool eval_rate(struct eval *e, const struct promql *q, int64_t t, struct promql_vector *out)
{
    const struct promql *selector = q->left;
    double *counts;
    if (!select_series(e, selector, t, out))
        return false;
    counts = arena_alloc(e->a, (out->count + 1) * sizeof *counts);
    for (size_t i = 0; i < out->count; i++)
        counts[i] = 1;
    for (int k = 1; k < RATE_SAMPLES; k++) {
        struct promql_vector more = {0};
        if (!select_series(e, selector, t - selector->range * k / RATE_SAMPLES, &more))
            return false;
        for (size_t i = 0, j = 0; i < out->count && j < more.count; i++) {
            size_t at = j;
            while (at < more.count && !same_labels(&out->list[i], &more.list[at]))
                at++;
            if (at == more.count)
                continue;
            out->list[i].value += more.list[at].value;
            counts[i]++;
            j = at + 1;
        }
    }
    for (size_t i = 0; i < out->count; i++)
        out->list[i].value *= (q->increase ? (double)selector->range / 1e9 : 1) / counts[i];
    return true;
}

/* ---- aggregation ---- */

static bool eval(struct eval *e, const struct promql *q, int64_t t, struct promql_vector *out);

static bool same_by(const struct promql_names *names, const struct promql_sample *a,
                    const struct promql_sample *b)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(value_of(a, names->list[i]), value_of(b, names->list[i])) != 0)
            return false;
    return true;
}

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
    for (size_t i = 0; i < in.count; i++) {
        size_t at = out->count;
        /* The series of one group mostly follow one another. */
        while (at > 0 && !same_by(&q->names, &out->list[at - 1], &in.list[i]))
            at--;
        if (at == 0) {
            struct promql_sample *s = add(e, out);
            keep_only(e, &q->names, &in.list[i], s);
            s->value = q->fold == PROMQL_COUNT ? 1 : in.list[i].value;
            counts[out->count - 1] = 1;
        } else {
            fold_in(q->fold, &out->list[at - 1].value, in.list[i].value);
            counts[at - 1]++;
        }
    }
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

static bool pairs(const struct promql *q, const struct promql_sample *a,
                  const struct promql_sample *b)
{
    struct promql_sample x = *a, y = *b;
    if (q->on)
        return same_by(&q->names, a, b);
    size_t skip_x = x.label_count && !strcmp(x.labels[0].name, "__name__");
    size_t skip_y = y.label_count && !strcmp(y.labels[0].name, "__name__");
    x.labels += skip_x;
    x.label_count -= skip_x;
    y.labels += skip_y;
    y.label_count -= skip_y;
    return same_labels(&x, &y);
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

static bool with_vector(struct eval *e, const struct promql *q, const struct promql_vector *left,
                        const struct promql_vector *right, struct promql_vector *out)
{
    for (size_t i = 0; i < left->count; i++) {
        const struct promql_sample *found = NULL;
        for (size_t j = 0; j < right->count; j++) {
            if (!pairs(q, &left->list[i], &right->list[j]))
                continue;
            if (found) {
                snprintf(e->error, e->size,
                         "found duplicate series for the match group on the right hand-side of the "
                         "operation;many-to-many matching not allowed: matching labels must be "
                         "unique on one side");
                return false;
            }
            found = &right->list[j];
        }
        double value;
        if (!found || !apply(q->op, left->list[i].value, found->value, &value))
            continue;
        struct promql_sample *s = add(e, out);
        joined_labels(e, q, &left->list[i], found, s);
        s->value = value;
    }
    return true;
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
