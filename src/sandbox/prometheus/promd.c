#include "sandbox/prometheus/promd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/prometheus/promd_lookup.h"
#include "sandbox/prometheus/promql.h"
#include "sandbox/world/world.h"

enum { ERROR_ROOM = 400, STEPS = 11000, BODY_ROOM = 64 << 20 };

struct promd {
    const struct world *world;
    struct faults *faults;
};

struct promd *promd_new(const struct world *w, struct faults *f)
{
    struct promd *d = mem_alloc(sizeof *d);
    *d = (struct promd){w, f};
    return d;
}

void promd_free(struct promd *d)
{
    free(d);
}

static const char *param(const struct reply *p, const char *name)
{
    const char *value = server_query(p->r, name);
    return value ? value : "";
}

static int64_t now_of(const struct promd *d)
{
    return clock_now() + faults_clock(d->faults, SANDBOX_PROMETHEUS);
}

/* Seconds with a fraction, or RFC 3339. */
static bool read_time(const char *text, int64_t *out)
{
    double seconds;
    if (clock_parse(str_of(text), false, out))
        return true;
    if (!str_to_double(str_of(text), &seconds))
        return false;
    *out = (int64_t)(seconds * 1e3) * CLOCK_MS;
    return true;
}

static bool read_step(const char *text, int64_t *out)
{
    double seconds;
    if (!str_to_double(str_of(text), &seconds))
        return clock_parse_span(str_of(text), out);
    *out = (int64_t)(seconds * 1e3) * CLOCK_MS;
    return true;
}

static struct promql *parse(struct reply *p, struct arena *a)
{
    char error[ERROR_ROOM], whole[ERROR_ROOM + 40];
    struct promql *q = promql_parse(a, param(p, "query"), error, sizeof error);
    if (q)
        return q;
    snprintf(whole, sizeof whole, "invalid parameter \"query\": %s", error);
    promd_refuse(p, whole);
    return NULL;
}

static void write_point(struct json_out *o, int64_t t, double value)
{
    char text[40];
    json_out_array(o, NULL);
    json_out_number(o, NULL, (double)(t / CLOCK_MS) / 1e3);
    if (isnan(value))
        snprintf(text, sizeof text, "NaN");
    else if (isinf(value))
        snprintf(text, sizeof text, value > 0 ? "+Inf" : "-Inf");
    else
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            if (strtod(text, NULL) == value)
                break;
        }
    json_out_text(o, NULL, text);
    json_out_end_array(o);
}

static void write_labels(struct json_out *o, const struct promql_sample *s)
{
    json_out_object(o, "metric");
    for (size_t i = 0; i < s->label_count; i++)
        json_out_text(o, s->labels[i].name, s->labels[i].value);
    json_out_end_object(o);
}

static void begin(struct json_out *o, const char *type)
{
    json_out_object(o, NULL);
    json_out_text(o, "status", "success");
    json_out_object(o, "data");
    json_out_text(o, "resultType", type);
    json_out_array(o, "result");
}

static void answer_vector(struct reply *p, const struct promql_vector *v, int64_t t)
{
    struct buf b;
    struct json_out o = {&b, false};
    buf_init(&b, BODY_ROOM);
    if (v->scalar) {
        buf_adds(&b, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":");
        write_point(&o, t, v->list[0].value);
        buf_adds(&b, "}}");
        reply_json(p, 200, buf_str(&b));
        buf_free(&b);
        return;
    }
    begin(&o, "vector");
    for (size_t i = 0; i < v->count; i++) {
        json_out_object(&o, NULL);
        write_labels(&o, &v->list[i]);
        buf_adds(&b, ",\"value\":");
        o.comma = false;
        write_point(&o, t, v->list[i].value);
        json_out_end_object(&o);
    }
    json_out_end_array(&o);
    json_out_end_object(&o);
    json_out_end_object(&o);
    reply_json(p, 200, buf_str(&b));
    buf_free(&b);
}

static void instant(struct promd *d, struct reply *p)
{
    char error[ERROR_ROOM];
    struct arena a;
    struct promql_vector v;
    int64_t t = now_of(d);
    if (*param(p, "time") && !read_time(param(p, "time"), &t)) {
        snprintf(error, sizeof error,
                 "invalid parameter \"time\": Invalid time value for 'time': cannot parse "
                 "\"%.100s\" to a valid timestamp",
                 param(p, "time"));
        promd_refuse(p, error);
        return;
    }
    arena_init(&a);
    struct promql *q = parse(p, &a);
    if (q && promql_eval(q, d->world, t, &a, &v, error, sizeof error))
        answer_vector(p, &v, t);
    else if (q)
        promd_fail(p, error);
    arena_free(&a);
}

/* ---- ranges ---- */

/* A series of the answer: its labels as JSON, and its points so far. */
struct row {
    struct buf labels, points;
};

static void free_row(void *row)
{
    struct row *r = row;
    buf_free(&r->labels);
    buf_free(&r->points);
    free(r);
}

static void add_point(struct map *rows, const struct promql_sample *s, int64_t t)
{
    struct buf key;
    struct json_out o = {&key, false};
    buf_init(&key, 16384);
    write_labels(&o, s);
    struct row *r = map_get(rows, buf_str(&key));
    if (!r) {
        r = mem_alloc(sizeof *r);
        buf_init(&r->labels, 16384);
        buf_init(&r->points, 1 << 20);
        buf_add(&r->labels, key.p, key.n);
        map_put(rows, buf_str(&key), r);
    }
    struct json_out points = {&r->points, r->points.n > 0};
    write_point(&points, t, s->value);
    buf_free(&key);
}

static bool read_range(struct promd *d, struct reply *p, int64_t *from, int64_t *to, int64_t *step)
{
    char text[200];
    const char *bad = !read_time(param(p, "start"), from) ? "start"
                      : !read_time(param(p, "end"), to)   ? "end"
                                                          : NULL;
    (void)d;
    if (bad) {
        snprintf(text, sizeof text,
                 "invalid parameter \"%s\": cannot parse \"%.100s\" to a valid timestamp", bad,
                 param(p, bad));
        promd_refuse(p, text);
    } else if (*to < *from) {
        promd_refuse(p, "invalid parameter \"end\": end timestamp must not be before start time");
    } else if (!read_step(param(p, "step"), step)) {
        snprintf(text, sizeof text,
                 "invalid parameter \"step\": cannot parse \"%.100s\" to a valid duration",
                 param(p, "step"));
        promd_refuse(p, text);
    } else if (*step <= 0) {
        promd_refuse(p, "invalid parameter \"step\": zero or negative query resolution step widths "
                        "are not accepted. Try a "
                        "positive integer");
    } else if ((*to - *from) / *step > STEPS) {
        promd_refuse(
            p, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the "
               "query resolution "
               "(?step=XX)");
    } else {
        return true;
    }
    return false;
}

static void answer_matrix(struct reply *p, const struct map *rows)
{
    struct buf b;
    struct json_out o = {&b, false};
    struct str key;
    void *value;
    bool first = true;
    buf_init(&b, BODY_ROOM);
    begin(&o, "matrix");
    for (size_t at = 0; map_next(rows, &at, &key, &value); first = false) {
        const struct row *r = value;
        buf_printf(&b, "%s{%s,\"values\":[", first ? "" : ",", buf_text(&r->labels));
        buf_add(&b, r->points.p, r->points.n);
        buf_adds(&b, "]}");
    }
    buf_adds(&b, "]}}");
    reply_json(p, 200, buf_str(&b));
    buf_free(&b);
}

static void range(struct promd *d, struct reply *p)
{
    char error[ERROR_ROOM];
    int64_t from, to, step;
    struct arena parsed, a;
    if (!read_range(d, p, &from, &to, &step))
        return;
    arena_init(&parsed);
    arena_init(&a);
    struct promql *q = parse(p, &parsed);
    struct map *rows = map_new();
    bool ok = q != NULL;
    for (int64_t t = from; ok && t <= to && t <= now_of(d); t += step) {
        struct promql_vector v;
        arena_reset(&a);
        ok = promql_eval(q, d->world, t, &a, &v, error, sizeof error);
        for (size_t i = 0; ok && i < v.count; i++)
            add_point(rows, &v.list[i], t);
    }
    if (ok)
        answer_matrix(p, rows);
    else if (q)
        promd_fail(p, error);
    map_free(rows, free_row);
    arena_free(&a);
    arena_free(&parsed);
}

/* ---- the rest ---- */

static void alerts(struct promd *d, struct reply *p)
{
    struct buf b;
    struct json_out o = {&b, false};
    struct promd_alert list[PROMD_ALERTS];
    size_t count = promd_alerts(d->world, now_of(d), list);
    buf_init(&b, 65536);
    json_out_object(&o, NULL);
    json_out_text(&o, "status", "success");
    json_out_object(&o, "data");
    json_out_array(&o, "alerts");
    for (size_t i = 0; i < count; i++)
        promd_lookup_alert(&list[i], &o);
    json_out_end_array(&o);
    json_out_end_object(&o);
    json_out_end_object(&o);
    reply_json(p, 200, buf_str(&b));
    buf_free(&b);
}

static void series(struct promd *d, struct reply *p)
{
    promd_lookup_series(d->world, now_of(d), p);
}

static void labels(struct promd *d, struct reply *p)
{
    promd_lookup_labels(d->world, now_of(d), p, NULL);
}

static void rules(struct promd *d, struct reply *p)
{
    promd_lookup_rules(d->world, now_of(d), p);
}

static void ready(struct promd *d, struct reply *p)
{
    (void)d;
    reply_text(p, 200, "Prometheus Server is Ready.\n");
}

static void build(struct promd *d, struct reply *p)
{
    (void)d;
    reply_json(p, 200,
               str_of("{\"status\":\"success\",\"data\":{\"version\":\"2.42.0\",\"revision\":\"\","
                      "\"branch\":\"HEAD\","
                      "\"buildUser\":\"\",\"buildDate\":\"\",\"goVersion\":\"go1.19.8\"}}"));
}

struct route {
    const char *path;
    void (*handle)(struct promd *d, struct reply *p);
};

static const struct route routes[] = {
    {"/api/v1/query", instant},
    {"/api/v1/query_range", range},
    {"/api/v1/alerts", alerts},
    {"/api/v1/labels", labels},
    {"/api/v1/rules", rules},
    {"/api/v1/series", series},
    {"/api/v1/status/buildinfo", build},
    {"/-/ready", ready},
    {"/-/healthy", ready},
};

void promd_handle(struct promd *d, struct reply *p)
{
    static const char values[] = "/api/v1/label/";
    const char *method = server_method(p->r);
    const char *label =
        strncmp(p->path, values, sizeof values - 1) == 0 ? p->path + sizeof values - 1 : "";
    const char *slash = strchr(label, '/');
    if (slash && strcmp(slash, "/values") == 0) {
        char *name = mem_dup_n(label, (size_t)(slash - label));
        promd_lookup_labels(d->world, now_of(d), p, name);
        free(name);
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, p->path) != 0)
            continue;
        if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
            reply_text(p, 405, "Method Not Allowed\n");
        else
            routes[i].handle(d, p);
        return;
    }
    reply_text(p, 404, "404 page not found\n");
}
