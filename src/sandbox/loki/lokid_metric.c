/* Metric queries: lines counted into steps, series by their labels, then the aggregations from the
 * innermost outwards. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "sandbox/loki/logql_extract.h"
#include "sandbox/loki/lokid.h"

enum { SERIES_MAX = 20000, CELLS_MAX = 4000000 };

struct series {
    char *labels;  /* JSON, names sorted */
    double *value; /* a step each; while counting: differences */
    double *count; /* lines; 0 at the end: no point at this step */
};

struct matrix {
    struct series **list;
    size_t count, cap;
    struct map *index;
    size_t steps;
};

struct counting {
    const struct logql *query;
    const struct logql_aggregation
        *sum; /* the innermost one, when it is a sum: its labels are all that matter */
    struct matrix *matrix;
    struct lokid_stream *streams;
    struct logql_line line;
    struct buf labels;
    size_t stream, scanned, bytes;
    int64_t start, step;
    bool level, no_labels, bytes_wanted, too_many;
    char error[6000];
};

static void matrix_free(struct matrix *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->list[i]->labels);
        free(m->list[i]->value);
        free(m->list[i]->count);
        free(m->list[i]);
    }
    free(m->list);
    map_free(m->index, NULL);
}

static struct series *matrix_series(struct matrix *m, struct str labels)
{
    struct series *s = map_get(m->index, labels);
    if (s || m->count >= SERIES_MAX || m->count * m->steps > CELLS_MAX)
        return s;
    s = mem_alloc(sizeof *s);
    s->labels = mem_dup_n(labels.p, labels.n);
    s->value = mem_array(m->steps + 1, sizeof *s->value);
    s->count = mem_array(m->steps + 1, sizeof *s->count);
    map_put(m->index, labels, s);
    mem_grow(&m->list, &m->cap, m->count + 1, sizeof(struct series *));
    m->list[m->count++] = s;
    return s;
}

/* ---- labels of a series ---- */

static bool named(const struct logql_aggregation *a, struct str name)
{
    for (size_t i = 0; i < a->label_count; i++)
        if (str_is(name, a->labels[i]))
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct logql_label *x = a, *y = b;
    size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
    int order = memcmp(x->name.p, y->name.p, n);
    return order ? order : x->name.n < y->name.n ? -1 : x->name.n > y->name.n;
}

/* Writes the labels that stay under the aggregation (NULL: all), sorted. */
static void write_labels(struct buf *out, struct logql_label *list, size_t count,
                         const struct logql_aggregation *a)
{
    struct json_out o = {.b = out};
    qsort(list, count, sizeof *list, by_name);
    json_out_object(&o, NULL);
    for (size_t i = 0; i < count; i++) {
        bool stays = !a || (a->without ? !named(a, list[i].name) : named(a, list[i].name));
        char name[600];
        if (!stays || !list[i].value.n || list[i].name.n >= sizeof name)
            continue;
        memcpy(name, list[i].name.p, list[i].name.n);
        name[list[i].name.n] = '\0';
        json_out_string(&o, name, list[i].value);
    }
    json_out_end_object(&o);
}

/* ---- counting ---- */

static bool check_error(struct counting *c)
{
    struct str error = logql_line_get(&c->line, "__error__");
    if (!error.n)
        return true;
    struct buf labels;
    struct logql_line *l = &c->line;
    buf_init(&labels, 4096);
    if (!c->level)
        l->list[l->count++] = (struct logql_label){
            str_of("detected_level"), str_of(logql_extract_level(l->text)), LOGQL_STRUCTURED};
    qsort(l->list, l->count, sizeof *l->list, by_name);
    for (size_t i = 0; i < l->count; i++)
        buf_printf(&labels, "%s%.*s=\"%.*s\"", i ? ", " : "", (int)l->list[i].name.n,
                   l->list[i].name.p, (int)l->list[i].value.n, l->list[i].value.p);
    snprintf(c->error, sizeof c->error,
             "pipeline error: '%.*s' for series: '{%s}'.\nUse a label filter to intentionally skip "
             "this error. (e.g | "
             "__error__!=\"%.*s\").\nTo skip all potential errors you can match empty errors.(e.g "
             "__error__=\"\")\nThe label filter can "
             "also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n",
             (int)error.n, error.p, buf_text(&labels), (int)error.n, error.p);
    buf_free(&labels);
    return false;
}

static bool count_line(void *context, const struct lokid_line *line)
{
    struct counting *c = context;
    const struct logql *q = c->query;
    c->scanned++;
    c->bytes += line->text.n;
    lokid_set_line(&c->line, &c->streams[c->stream], line, c->level);
    if (!logql_run(q, &c->line, c->no_labels))
        return true;
    if (!check_error(c))
        return false;
    buf_clear(&c->labels);
    write_labels(&c->labels, c->line.list, c->line.count, c->sum);
    struct series *s = matrix_series(c->matrix, buf_str(&c->labels));
    if (!s) {
        c->too_many = true;
        return false;
    }
    /* The steps T with T - range < time <= T. */
    int64_t from = line->time <= c->start ? 0 : (line->time - c->start + c->step - 1) / c->step;
    int64_t last = line->time + q->range - 1 - c->start;
    int64_t to = last < 0 ? -1 : last / c->step;
    int64_t steps = (int64_t)c->matrix->steps;
    if (to >= steps)
        to = steps - 1;
    if (from > to)
        return true;
    double amount = c->bytes_wanted ? (double)line->text.n : 1;
    s->count[from] += 1;
    s->count[to + 1] -= 1;
    s->value[from] += amount;
    s->value[to + 1] -= amount;
    return true;
}

/* From differences to values. */
static void finish_counts(const struct logql *q, struct matrix *m)
{
    bool rate = q->range_op == LOGQL_RATE || q->range_op == LOGQL_BYTES_RATE;
    double seconds = (double)q->range / 1e9;
    for (size_t i = 0; i < m->count; i++) {
        struct series *s = m->list[i];
        double value = 0, count = 0;
        for (size_t k = 0; k < m->steps; k++) {
            value += s->value[k];
            count += s->count[k];
            s->value[k] = rate ? value / seconds : value;
            s->count[k] = count;
        }
    }
}

/* ---- aggregations ---- */

static void parse_labels(const char *json, struct logql_label *list, size_t *count,
                         struct json_doc *d)
{
    const struct json *j = json_parse(d, json, strlen(json), NULL);
    *count = 0;
    for (const struct json *m = json_first(j); m && *count < LOGQL_LABELS_MAX; m = json_next(m))
        list[(*count)++] =
            (struct logql_label){str_of(json_name(m)), str_of(json_value(m)), LOGQL_STREAM};
}

static void put_in(struct series *into, const struct series *s, size_t k, enum logql_vector op)
{
    double x = s->value[k];
    if (s->count[k] <= 0)
        return;
    bool first = into->count[k] <= 0;
    into->count[k] += 1;
    if (op == LOGQL_COUNT)
        into->value[k] += 1;
    else if (op == LOGQL_MIN)
        into->value[k] = first || x < into->value[k] ? x : into->value[k];
    else if (op == LOGQL_MAX)
        into->value[k] = first || x > into->value[k] ? x : into->value[k];
    else
        into->value[k] += x;
}

static void group(struct matrix *m, const struct logql_aggregation *a)
{
    struct matrix grouped = {.index = map_new(), .steps = m->steps};
    struct json_doc *d = json_doc_new();
    struct logql_label *list = mem_array(LOGQL_LABELS_MAX, sizeof *list);
    struct buf labels;
    buf_init(&labels, 1 << 20);
    for (size_t i = 0; i < m->count; i++) {
        size_t count;
        parse_labels(m->list[i]->labels, list, &count, d);
        buf_clear(&labels);
        write_labels(&labels, list, count, a);
        struct series *into = matrix_series(&grouped, buf_str(&labels));
        for (size_t k = 0; into && k < m->steps; k++)
            put_in(into, m->list[i], k, a->op);
    }
    for (size_t i = 0; a->op == LOGQL_AVG && i < grouped.count; i++)
        for (size_t k = 0; k < m->steps; k++)
            if (grouped.list[i]->count[k] > 0)
                grouped.list[i]->value[k] /= grouped.list[i]->count[k];
    buf_free(&labels);
    free(list);
    json_doc_free(d);
    matrix_free(m);
    *m = grouped;
}

/* Keeps the k largest (or smallest) at each step. */
static void top(struct matrix *m, const struct logql_aggregation *a)
{
    for (size_t k = 0; k < m->steps; k++) {
        for (size_t i = 0; i < m->count; i++) {
            int better = 0;
            for (size_t j = 0; j < m->count && m->list[i]->count[k] > 0; j++) {
                double x = m->list[j]->value[k], y = m->list[i]->value[k];
                bool wins =
                    m->list[j]->count[k] != 0 &&
                    (a->op == LOGQL_TOPK ? x > y || (x == y && j < i) : x < y || (x == y && j < i));
                better += wins;
            }
            if (better >= a->k)
                m->list[i]->count[k] =
                    -m->list[i]->count[k]; /* still compared with, shown no more */
        }
    }
}

static void scalar(struct matrix *m, const struct logql_aggregation *a)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < m->steps; k++) {
            double x = m->list[i]->value[k], y = a->scalar;
            const char *op = a->scalar_op;
            bool compares = strchr("<>=!", *op) != NULL, holds = true;
            if (compares)
                holds = *op == '>'   ? (op[1] ? x >= y : x > y)
                        : *op == '<' ? (op[1] ? x <= y : x < y)
                        : *op == '=' ? x == y
                                     : x != y;
            else
                m->list[i]->value[k] = *op == '+'   ? x + y
                                       : *op == '-' ? x - y
                                       : *op == '*' ? x * y
                                                    : x / y;
            if (compares && a->scalar_bool)
                m->list[i]->value[k] = holds;
            else if (!holds)
                m->list[i]->count[k] = 0;
        }
}

static void aggregate(struct matrix *m, const struct counting *c)
{
    for (const struct logql_aggregation *a = c->query->aggregations; a; a = a->next) {
        if (a == c->sum)
            continue; /* was done while counting */
        if (a->op == LOGQL_SCALAR)
            scalar(m, a);
        else if (a->op == LOGQL_TOPK || a->op == LOGQL_BOTTOMK)
            top(m, a);
        else
            group(m, a);
    }
}

/* ---- the answer ---- */

/* As Go prints a float64 with as many digits as needed and no exponent. */
static void write_value(struct buf *out, double v)
{
    char text[400];
    for (int digits = 0; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*f", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    if (isinf(v))
        snprintf(text, sizeof text, "%s", v > 0 ? "+Inf" : "-Inf");
    buf_printf(out, "%s\"", text);
}

static void write_point(struct buf *out, int64_t t, double v)
{
    buf_printf(out, "[%lld", (long long)(t / CLOCK_SECOND));
    if (t / CLOCK_MS % 1000)
        buf_printf(out, ".%03lld", (long long)(t / CLOCK_MS % 1000));
    buf_adds(out, ",\"");
    write_value(out, v);
    buf_addc(out, ']');
}

static int by_series(const void *a, const void *b)
{
    return strcmp((*(struct series *const *)a)->labels, (*(struct series *const *)b)->labels);
}

static void write_matrix(struct reply *p, struct matrix *m, const struct counting *c, bool instant)
{
    struct buf json;
    size_t shown = 0;
    buf_init(&json, 256 << 20);
    if (m->count)
        qsort(m->list, m->count, sizeof *m->list, by_series);
    buf_printf(&json, "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":[",
               instant ? "vector" : "matrix");
    for (size_t i = 0; i < m->count; i++) {
        const struct series *s = m->list[i];
        size_t points = 0;
        for (size_t k = 0; k < m->steps; k++) {
            if (s->count[k] <= 0)
                continue;
            if (!points++)
                buf_printf(&json, "%s{\"metric\":%s,\"%s", shown++ ? "," : "", s->labels,
                           instant ? "value\":" : "values\":[");
            else
                buf_addc(&json, ',');
            write_point(&json, c->start + (int64_t)k * c->step, s->value[k]);
        }
        if (points)
            buf_adds(&json, instant ? "}" : "]}");
    }
    buf_adds(&json, "]");
    lokid_stats(&json, c->scanned, c->bytes, shown);
    buf_adds(&json, "}}\n");
    if (shown > LOKID_SERIES)
        reply_text(p, 400, "maximum of series (500) reached for a single query");
    else
        lokid_json(p, buf_str(&json));
    buf_free(&json);
}

void lokid_metric(struct lokid *d, struct reply *p, const struct logql *q, int64_t start,
                  int64_t end, int64_t step, bool instant)
{
    struct matrix m = {.index = map_new(), .steps = (size_t)((end - start) / step) + 1};
    struct counting c = {.query = q,
                         .matrix = &m,
                         .start = start,
                         .step = step,
                         .level = logql_needs_level(q),
                         .no_labels = logql_needs_no_labels(q),
                         .bytes_wanted = q->range_op == LOGQL_BYTES_OVER_TIME ||
                                         q->range_op == LOGQL_BYTES_RATE};
    if (q->aggregations && q->aggregations->op == LOGQL_SUM)
        c.sum = q->aggregations;
    int64_t from = start - q->range + 1, to = end + 1, now = clock_now();
    size_t count;
    c.streams = lokid_select(d, q, from, to, &count);
    logql_line_init(&c.line);
    buf_init(&c.labels, 1 << 20);
    for (c.stream = 0; c.stream < count && !*c.error && !c.too_many; c.stream++)
        lokid_read(d, &c.streams[c.stream], from, to, now, count_line, &c);
    if (*c.error) {
        reply_text(p, 400, c.error);
    } else if (c.too_many) {
        reply_text(p, 400, "maximum of series (500) reached for a single query");
    } else {
        finish_counts(q, &m);
        aggregate(&m, &c);
        write_matrix(p, &m, &c, instant);
    }
    logql_line_free(&c.line);
    buf_free(&c.labels);
    free(c.streams);
    matrix_free(&m);
}
