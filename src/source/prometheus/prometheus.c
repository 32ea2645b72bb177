#include "source/prometheus/prometheus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/server_clock.h"
#include "source/matrix.h"

enum { STEPS_MAX = 11000, FORM_MAX = 1 << 20, IDLE_MS = 2 * 60 * 1000, INSTANT_MS = 30 * 1000 };

struct prometheus_call {
    struct prometheus_call *next;
    struct prometheus *owner;
    struct http_request *http;
    struct matrix *matrix;
    struct buf form; /* with its question mark */
    bool range, got;
    int64_t sent_at;
    struct err broken; /* what the parser said */
    void *context;
    void (*done)(void *context, size_t series, const char *warnings, const struct err *err);
};

struct prometheus {
    struct http *http;
    struct http_target *target;
    struct upstream upstream;
    struct prometheus_call *calls;
    struct server_clock clock;
    bool get_only; /* a proxy between lets no POST through */
    char place[200];
};

struct prometheus *prometheus_new(struct http *h, const struct conn *c)
{
    struct prometheus *p = mem_alloc(sizeof *p);
    p->http = h;
    p->target = http_target_new(h, c);
    conn_place(c, p->place, sizeof p->place);
    upstream_connecting(&p->upstream);
    return p;
}

static void free_call(struct prometheus_call *c)
{
    struct prometheus_call **link = &c->owner->calls;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    http_cancel(c->http);
    matrix_free(c->matrix);
    buf_free(&c->form);
    free(c);
}

void prometheus_free(struct prometheus *p)
{
    if (!p)
        return;
    while (p->calls)
        free_call(p->calls);
    http_target_free(p->target);
    free(p);
}

const struct upstream *prometheus_upstream(const struct prometheus *p)
{
    return &p->upstream;
}

struct http *prometheus_http(const struct prometheus *p)
{
    return p->http;
}

struct http_target *prometheus_target(const struct prometheus *p)
{
    return p->target;
}

void prometheus_cancel(struct prometheus_call *c)
{
    if (c)
        free_call(c);
}

int64_t prometheus_now(const struct prometheus *p)
{
    return server_clock_now(&p->clock);
}

static bool on_chunk(void *context, struct str bytes)
{
    struct prometheus_call *c = context;
    return matrix_feed(c->matrix, bytes, &c->broken);
}

/* {"status":"error","errorType":…,"error":…}: the server's own words. What is no such answer comes
 * from no Prometheus. */
static void server_words(const struct prometheus *p, struct str body, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct err ignored, before = *err;
    const struct json *j = json_parse(doc, body.p, body.n, &ignored);
    const char *type = json_string(j, "errorType", ""), *text = json_string(j, "error", NULL);
    if (text) {
        bool late = !strcmp(type, "timeout") || strstr(text, "deadline exceeded");
        err_set(err, late ? ERR_AWAY : ERR_REFUSED, p->place, late ? "ask for a shorter span" : "",
                "%s", text);
    } else if (err->http == 404 || err->http == 405 || err->http == 400) {
        err_set(err, ERR_PROTOCOL, p->place, "check prometheus.url",
                "this is no Prometheus (HTTP %d)", err->http);
    }
    err->http = before.http;
    err->retry_after_ms = before.retry_after_ms;
    json_doc_free(doc);
}

static void note_answer(struct prometheus *p, const struct err *err)
{
    /* A refused query was answered: the server is there. */
    if (err->kind == ERR_NONE || err->kind == ERR_REFUSED || err->kind == ERR_USAGE)
        upstream_live(&p->upstream);
    else
        upstream_failed(&p->upstream, err, 0);
}

static void send(struct prometheus_call *c);

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *http_err)
{
    struct prometheus_call *c = context;
    struct err err = c->broken.kind ? c->broken : *http_err;
    c->http = NULL;
    server_clock_learn(&c->owner->clock, status ? http_date(r) : 0, c->sent_at);
    /* The API server's proxy wants another permission for POST than for GET. */
    if ((status == 403 || status == 405) && !c->got) {
        c->owner->get_only = true;
        send(c);
        return;
    }
    http_target_place(c->owner->target, c->owner->place, sizeof c->owner->place);
    if (!c->broken.kind && err.kind && status && err.kind != ERR_AWAY)
        server_words(c->owner, body, &err);
    if (!err.kind)
        matrix_finish(c->matrix, &err);
    if (err.kind == ERR_PROTOCOL && !*err.mend)
        snprintf(err.mend, sizeof err.mend, "is this a Prometheus? check prometheus.url");
    if (err.kind && !*err.where)
        snprintf(err.where, sizeof err.where, "%s", c->owner->place);
    note_answer(c->owner, &err);
    char *warnings = mem_dup(err.kind ? "" : matrix_warnings(c->matrix));
    size_t series = matrix_series(c->matrix);
    void (*done)(void *, size_t, const char *, const struct err *) = c->done;
    void *owner = c->context;
    free_call(c);
    done(owner, series, warnings, &err);
    free(warnings);
}

/* Seconds with milliseconds, as the API takes them. */
static void add_time(struct buf *form, bool *first, const char *name, int64_t ns)
{
    char text[40];
    int64_t ms = ns / CLOCK_MS;
    snprintf(text, sizeof text, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
    conn_query(form, first, name, text);
}

static bool write_form(const struct prometheus_query *q, struct buf *form, struct err *err)
{
    bool first = true;
    conn_query(form, &first, "query", q->promql);
    if (q->from != q->to) {
        if (q->step < CLOCK_MS || (q->to - q->from) / q->step > STEPS_MAX)
            return err_set(err, ERR_USAGE, "step", "take a longer step", "at most %d steps",
                           STEPS_MAX);
        add_time(form, &first, "start", q->from);
        add_time(form, &first, "end", q->to);
        add_time(form, &first, "step", q->step);
    } else if (q->to) {
        add_time(form, &first, "time", q->to);
    }
    if (form->over)
        return err_set(err, ERR_LIMIT, "query", "shorten it", "the query is too long");
    return true;
}

static void send(struct prometheus_call *c)
{
    const char *path = c->range ? "/api/v1/query_range" : "/api/v1/query";
    char *whole = mem_printf("%s%s", path, buf_text(&c->form));
    struct http_call call = {.target = c->owner->target,
                             .path = whole,
                             .idle_ms = c->range ? IDLE_MS : INSTANT_MS,
                             .context = c,
                             .chunk = on_chunk,
                             .done = on_done};
    c->got = c->owner->get_only;
    if (!c->got) {
        call.method = "POST";
        call.path = path;
        call.body = c->form.n ? (struct str){c->form.p + 1, c->form.n - 1} : str_of("");
        call.content_type = "application/x-www-form-urlencoded";
    }
    c->sent_at = clock_now();
    c->http = http_send(c->owner->http, &call);
    free(whole);
}

struct prometheus_call *prometheus_ask(struct prometheus *p, const struct prometheus_query *q)
{
    struct prometheus_call *c = mem_alloc(sizeof *c);
    *c = (struct prometheus_call){
        .next = p->calls, .owner = p, .context = q->context, .done = q->done};
    c->matrix = matrix_new(q->point, q->context);
    c->range = q->from != q->to;
    p->calls = c;
    buf_init(&c->form, FORM_MAX);
    if (!write_form(q, &c->form, &c->broken))
        buf_clear(&c->form);
    send(c);
    return c;
}

bool prometheus_error_place(const struct err *err, int *line, int *column)
{
    /* invalid parameter "query": 1:17: parse error: … */
    for (const char *p = err->what; *p; p++)
        if ((p == err->what || p[-1] == ' ' || p[-1] == '"') &&
            sscanf(p, "%d:%d: parse error", line, column) == 2)
            return true;
    return false;
}
