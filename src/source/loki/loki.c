#include "source/loki/loki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server_clock.h"
#include "source/loki/loki_limits.h"
#include "source/loki/loki_query.h"
#include "source/matrix.h"
#include "source/name_list.h"

enum {
    GET_MAX = 6000,
    FORM_MAX = 1 << 20,
    ANSWER_MAX = 8 << 20,
    IDLE_MS = 5 * 60 * 1000,
    DROP_COLUMN = 4 /* where the word stands in its line */
};

struct loki {
    struct http *http;
    struct http_target *target;
    struct rule_labels labels;
    char *names[5]; /* what `labels` points to */
    char place[200];
    struct upstream upstream;
    struct server_clock clock;
    bool no_drop;     /* older than 2.9: no `drop` stage */
    bool no_distinct; /* it has no words for a count of lines that differ */
    bool no_moments;
    bool known; /* it has answered as a Loki does */
    struct loki_limits limits;
    struct loki_call *calls;
};

/* A small question. Exactly one of the `done`s is set. */
struct loki_call {
    struct loki_call *next;
    struct loki *loki;
    struct http_request *http;
    struct loop_timer *soon; /* for an error that was found before anything was sent */
    struct err broken;
    int64_t sent_at;
    struct matrix *matrix;
    char *query;                       /* a count's: asked again without `drop` */
    bool distinct, deviation, dropped; /* a count's; dropped: `drop` was sent */
    int64_t from, to;
    bool may_be_missing; /* the path is newer than the oldest Loki: 404 is an answer */
    void *context;
    void (*count)(void *context, uint64_t count, const struct err *err);
    void (*check)(void *context, enum loki_query kind, const struct err *err);
    void (*values)(void *context, const char *const *values, size_t count, const struct err *err);
    void (*stats)(void *context, const struct loki_stats *stats, const struct err *err);
    void (*series)(void *context, size_t series, const struct err *err);
};

/* ---- the object ---- */

struct loki *loki_new(struct http *h, const struct conn *c, const struct rule_labels *labels)
{
    struct loki *l = mem_alloc(sizeof *l);
    const struct rule_labels *from = labels ? labels : &rule_labels_default;
    const char *const given[] = {from->namespace_, from->pod, from->container, from->node,
                                 from->app};
    for (size_t i = 0; i < 5; i++)
        l->names[i] = mem_dup(given[i]);
    l->labels =
        (struct rule_labels){l->names[0], l->names[1], l->names[2], l->names[3], l->names[4]};
    l->http = h;
    l->target = http_target_new(h, c);
    l->limits = LOKI_LIMITS_DEFAULT;
    conn_place(c, l->place, sizeof l->place);
    upstream_connecting(&l->upstream);
    return l;
}

void loki_free(struct loki *l)
{
    if (!l)
        return;
    while (l->calls)
        loki_cancel(l->calls);
    http_target_free(l->target);
    for (size_t i = 0; i < 5; i++)
        free(l->names[i]);
    free(l);
}

const struct upstream *loki_upstream(const struct loki *l)
{
    return &l->upstream;
}

const struct rule_labels *loki_labels(const struct loki *l)
{
    return &l->labels;
}

struct http *loki_http(const struct loki *l)
{
    return l->http;
}

struct http_target *loki_target(const struct loki *l)
{
    return l->target;
}

int loki_limit(const struct loki *l)
{
    return l->limits.lines;
}

int64_t loki_longest(const struct loki *l)
{
    return l->limits.longest;
}

int64_t loki_now(const struct loki *l)
{
    return server_clock_now(&l->clock);
}

int64_t loki_clock_offset(const struct loki *l)
{
    return server_clock_offset(&l->clock);
}

/* ---- answers ---- */

static bool says(const struct err *err, const char *text)
{
    return strstr(err->what, text) != NULL;
}

static bool is_refusal(enum err_kind kind)
{
    return kind == ERR_REFUSED || kind == ERR_LIMIT || kind == ERR_NOT_FOUND || kind == ERR_USAGE;
}

/* What the statuses and texts of Loki mean beyond what they mean everywhere (measured on 3.4
 * and 2.3). */
static void interpret(struct loki *l, int status, struct err *err)
{
    if (status == 400 && loki_limits_learn(&l->limits, err->what) == LOKI_LIMITS_LINES) {
        err->kind = ERR_LIMIT;
    } else if (status == 500 && (says(err, "ResourceExhausted") || says(err, "larger than max"))) {
        err->kind = ERR_LIMIT;
    } else if (status == 500 && says(err, "parse error")) { /* 2.3: of a stage's expression */
        err->kind = ERR_REFUSED;
    } else if (status == 500 && says(err, "multiple org IDs present")) {
        err->kind = ERR_REFUSED;
        str_copy(err->mend, sizeof err->mend,
                 "loki.tenant names several tenants, which this Loki does not allow");
    } else if (status == 401 && says(err, "no org id")) {
        str_copy(err->mend, sizeof err->mend, "set loki.tenant");
    } else if (!l->known && (err->kind == ERR_NOT_FOUND || status == 405 ||
                             (status && err->kind == ERR_PROTOCOL))) {
        struct err no;
        err_set(&no, ERR_PROTOCOL, l->place, "loki.url is the address before /loki/api/v1",
                "this server does not answer as a Loki does (%.300s)", err->what);
        no.http = err->http;
        *err = no;
    }
}

void loki_note_answer(struct loki *l, struct http_request *r, int status, int64_t sent_at,
                      struct err *err)
{
    if (r && status)
        server_clock_learn(&l->clock, http_date(r), sent_at);
    if (err->kind == ERR_CANCELLED)
        return;
    http_target_place(l->target, l->place, sizeof l->place);
    if (err->kind) {
        interpret(l, status, err);
        if (!err->where[0])
            str_copy(err->where, sizeof err->where, l->place);
    }
    if (!err->kind || (is_refusal(err->kind) && status))
        upstream_live(&l->upstream);
    else
        upstream_failed(&l->upstream, err, 0);
    l->known = l->known || !err->kind;
}

struct http_request *loki_send(struct loki *l, const char *path, struct str form,
                               const struct http_call *call)
{
    struct http_call whole = *call;
    whole.target = l->target;
    char *target = NULL;
    if (form.n <= GET_MAX) {
        target = mem_printf("%s%.*s", path, (int)form.n, form.n ? form.p : "");
        whole.path = target;
    } else {
        whole.method = "POST";
        whole.path = path;
        whole.content_type = "application/x-www-form-urlencoded";
        whole.body = (struct str){form.p + 1, form.n - 1};
    }
    struct http_request *r = http_send(l->http, &whole);
    free(target);
    return r;
}

/* ---- small questions ---- */

static void free_call(struct loki_call *c)
{
    struct loki_call **link = &c->loki->calls;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    loop_timer_free(c->soon);
    matrix_free(c->matrix);
    free(c->query);
    free(c);
}

void loki_cancel(struct loki_call *c)
{
    if (!c)
        return;
    http_cancel(c->http);
    free_call(c);
}

static struct loki_call *new_call(struct loki *l, void *context)
{
    struct loki_call *c = mem_alloc(sizeof *c);
    *c =
        (struct loki_call){.next = l->calls, .loki = l, .context = context, .sent_at = clock_now()};
    l->calls = c;
    return c;
}

static void tell_values(struct loki_call *c, const struct json *answer, const struct err *err)
{
    size_t count;
    const char **values = name_list_sorted(json_get(answer, "data"), &count);
    c->values(c->context, values, count, err);
    free(values);
}

static void tell(struct loki_call *c, const struct json *answer, const struct err *err)
{
    if (c->count) {
        double count = json_number(answer, "data.result.0.value.1", 0);
        c->count(c->context, count > 0 ? (uint64_t)count : 0, err);
    } else if (c->check) {
        const char *type = json_string(answer, "data.resultType", "");
        c->check(c->context,
                 strcmp(type, "streams") == 0 || err->kind ? LOKI_QUERY_LINES : LOKI_QUERY_METRIC,
                 err);
    } else if (c->values) {
        tell_values(c, answer, err);
    } else if (c->stats) {
        struct loki_stats stats = {
            (uint64_t)json_int(answer, "streams", 0), (uint64_t)json_int(answer, "chunks", 0),
            (uint64_t)json_int(answer, "bytes", 0), (uint64_t)json_int(answer, "entries", 0)};
        c->stats(c->context, &stats, err);
    } else {
        c->series(c->context, c->matrix ? matrix_series(c->matrix) : 0, err);
    }
}

/* Whether a 2xx answer is of the shape that was asked for. */
static bool fits(const struct loki_call *c, const struct json *answer)
{
    if (c->stats)
        return json_member(answer, "entries") || json_member(answer, "streams");
    if (c->values)
        return !strcmp(json_string(answer, "status", ""), "success");
    return json_get(answer, "data.resultType") != NULL;
}

static void send_count(struct loki_call *c);

static void on_answer(void *context, struct http_request *r, int status, struct str body,
                      const struct err *http_err)
{
    struct loki_call *c = context;
    struct err err = c->broken.kind ? c->broken : *http_err;
    struct json_doc *doc = json_doc_new();
    const struct json *answer = NULL;
    if (!err.kind && c->matrix)
        matrix_finish(c->matrix, &err);
    else if (!err.kind && (answer = json_parse(doc, body.p, body.n, &err)) && !fits(c, answer))
        err_set(&err, ERR_PROTOCOL, "", "", "the answer is not what was asked for");
    if (!(status == 404 && c->may_be_missing))
        loki_note_answer(c->loki, r, status, c->sent_at, &err);
    if (c->deviation && err.kind == ERR_REFUSED) {
        c->loki->no_distinct = true;
        send_count(c);
    } else if (c->count && loki_learn_no_drop(c->loki, c->query, c->dropped, &err)) {
        send_count(c);
    } else {
        tell(c, answer, &err);
        free_call(c);
    }
    json_doc_free(doc);
}

static void early_answer(void *context)
{
    struct loki_call *c = context;
    tell(c, NULL, &c->broken);
    free_call(c);
}

static struct loki_call *answer_early(struct loki_call *c)
{
    c->soon = loop_timer_new(http_loop(c->loki->http), early_answer, c);
    loop_timer_set(c->soon, 0);
    return c;
}

static bool on_matrix_bytes(void *context, struct str bytes)
{
    struct loki_call *c = context;
    return matrix_feed(c->matrix, bytes, &c->broken);
}

static void send(struct loki_call *c, const char *path, struct buf *form)
{
    struct http_call call = {
        .max_body = ANSWER_MAX, .idle_ms = IDLE_MS, .context = c, .done = on_answer};
    if (c->matrix)
        call.chunk = on_matrix_bytes;
    c->sent_at = clock_now();
    c->http = loki_send(c->loki, path, buf_str(form), &call);
    buf_free(form);
}

static void add_time(struct buf *form, bool *first, const char *name, int64_t time)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)time);
    conn_query(form, first, name, text);
}

/* A sum alone has Loki 2.3 forget the labels first. Then it counts two streams' same line of one
 * nanosecond once (60,001 of 62,000), and lines twice that lie in its memory and in a chunk (208,500 of
 * 207,753). With the comparison it is right on the first, and on the second a few too low (207,651). */
char *loki_counted(const struct loki *l, const char *query, int64_t span)
{
    char *whole = loki_query_with(query, l->no_drop ? "" : " | drop __error__, __error_details__ ");
    char *counted = mem_printf("count_over_time(%s[%lldms])%s", whole, (long long)(span / CLOCK_MS),
                               l->no_drop || l->no_distinct ? " > 0" : "");
    free(whole);
    return counted;
}

static char *summed(const struct loki_call *c)
{
    char *counted = loki_counted(c->loki, c->query, c->to - c->from);
    char *query = mem_printf("sum(%s)", counted);
    free(counted);
    return query;
}

static void send_count(struct loki_call *c)
{
    struct buf form;
    bool first = true;
    c->deviation = c->distinct && !c->loki->no_distinct;
    c->dropped = !c->deviation && loki_knows_drop(c->loki);
    char *query = c->deviation ? loki_query_distinct(c->query, c->to - c->from) : summed(c);
    buf_init(&form, FORM_MAX);
    conn_query(&form, &first, "query", query);
    add_time(&form, &first, "time", c->to - 1);
    free(query);
    send(c, "/loki/api/v1/query", &form);
}

static struct loki_call *count(struct loki *l, const char *query, bool distinct_only, int64_t from,
                               int64_t to,
                               void (*done)(void *context, uint64_t count, const struct err *err),
                               void *context)
{
    struct loki_call *c = new_call(l, context);
    c->count = done;
    c->distinct = distinct_only;
    c->query = mem_dup(query);
    c->from = from;
    c->to = to;
    if (to <= from || (to - from) % CLOCK_MS) {
        err_set(&c->broken, ERR_USAGE, "", "", "a span that is counted must be whole milliseconds");
        return answer_early(c);
    }
    send_count(c);
    return c;
}

struct loki_call *loki_count(struct loki *l, const char *query, int64_t from, int64_t to,
                             void (*done)(void *context, uint64_t count, const struct err *err),
                             void *context)
{
    return count(l, query, false, from, to, done, context);
}

struct loki_call *loki_count_distinct(struct loki *l, const char *query, int64_t from, int64_t to,
                                      void (*done)(void *context, uint64_t count,
                                                   const struct err *err),
                                      void *context)
{
    return count(l, query, true, from, to, done, context);
}

struct loki_call *
loki_check(struct loki *l, const char *query,
           void (*done)(void *context, enum loki_query kind, const struct err *err), void *context)
{
    struct loki_call *c = new_call(l, context);
    struct buf form;
    bool first = true;
    int64_t now = loki_now(l);
    c->check = done;
    buf_init(&form, FORM_MAX);
    conn_query(&form, &first, "query", query);
    add_time(&form, &first, "start", now - CLOCK_SECOND);
    add_time(&form, &first, "end", now);
    conn_query(&form, &first, "limit", "1");
    conn_query(&form, &first, "step", "1s");
    send(c, "/loki/api/v1/query_range", &form);
    return c;
}

bool loki_error_place(const struct err *err, int *line, int *column)
{
    static const char start[] = "parse error at line ", middle[] = ", col ";
    const char *at = strstr(err->what, start);
    char *end;
    if (!at)
        return false;
    *line = (int)strtol(at + strlen(start), &end, 10);
    if (strncmp(end, middle, strlen(middle)) != 0)
        return false;
    *column = (int)strtol(end + strlen(middle), NULL, 10);
    *line += *line == 0; /* as Loki 3.4 counts some tokens of the first line */
    return *line > 0 && *column > 0;
}

bool loki_knows_drop(const struct loki *l)
{
    return !l->no_drop;
}

bool loki_shuffles(const struct loki *l)
{
    return loki_knows_drop(l);
}

bool loki_knows_moments(const struct loki *l)
{
    return loki_knows_drop(l) && !l->no_moments;
}

void loki_learn_no_moments(struct loki *l)
{
    l->no_moments = true;
}

/* Loki 2.3 takes `drop` for a label's name, and says "parse error at line 2, col 9: syntax error:
 * unexpected IDENTIFIER" of the word behind it. The stage has a line of its own, so a query that is
 * wrong by itself is not taken for that: its end is missed at the stage's "|" already. */
bool loki_learn_no_drop(struct loki *l, const char *query, bool dropped, const struct err *err)
{
    int line, column, own = 2;
    for (const char *p = query; *p; p++)
        own += *p == '\n';
    if (!dropped || err->http != 400 || !loki_error_place(err, &line, &column) || line != own ||
        column < DROP_COLUMN)
        return false;
    l->no_drop = true;
    return true;
}

struct loki_call *loki_label_values(struct loki *l, const char *label, const char *selector,
                                    int64_t from, int64_t to,
                                    void (*done)(void *context, const char *const *values,
                                                 size_t count, const struct err *err),
                                    void *context)
{
    struct loki_call *c = new_call(l, context);
    struct buf form, path;
    bool first = true;
    c->values = done;
    buf_init(&form, FORM_MAX);
    if (selector)
        conn_query(&form, &first, "query", selector);
    add_time(&form, &first, "start", from);
    add_time(&form, &first, "end", to);
    buf_init(&path, FORM_MAX);
    buf_adds(&path, label ? "/loki/api/v1/label/" : "/loki/api/v1/labels");
    if (label) {
        conn_escape(&path, label, strlen(label), false);
        buf_adds(&path, "/values");
    }
    send(c, buf_text(&path), &form);
    buf_free(&path);
    return c;
}

/* The stream selector of a query: from its first brace to the one that closes it, quotes heeded. */
static struct str selector_of(const char *query)
{
    const char *from = strchr(query, '{'), *p = from;
    char quote = '\0';
    for (; p && *p; p++) {
        if (quote) {
            if (*p == '\\' && quote == '"' && p[1])
                p++;
            else if (*p == quote)
                quote = '\0';
        } else if (*p == '"' || *p == '`') {
            quote = *p;
        } else if (*p == '}') {
            return (struct str){from, (size_t)(p - from) + 1};
        }
    }
    return str_of(query);
}

struct loki_call *loki_index_stats(struct loki *l, const char *query, int64_t from, int64_t to,
                                   void (*done)(void *context, const struct loki_stats *stats,
                                                const struct err *err),
                                   void *context)
{
    struct loki_call *c = new_call(l, context);
    struct buf form;
    bool first = true;
    struct str selector = selector_of(query);
    char *text = mem_dup_n(selector.p, selector.n);
    c->stats = done;
    c->may_be_missing = true;
    buf_init(&form, FORM_MAX);
    conn_query(&form, &first, "query", text);
    add_time(&form, &first, "start", from);
    add_time(&form, &first, "end", to);
    free(text);
    send(c, "/loki/api/v1/index/stats", &form);
    return c;
}

struct loki_call *
loki_matrix(struct loki *l, const char *query, int64_t from, int64_t to, int64_t step,
            void (*point)(void *context, const struct labels *series, int64_t time, double value),
            void (*done)(void *context, size_t series, const struct err *err), void *context)
{
    struct loki_call *c = new_call(l, context);
    struct buf form;
    bool first = true;
    char text[32];
    c->series = done;
    if (step < CLOCK_MS || to <= from || (to - from) / step > 11000) {
        err_set(&c->broken, ERR_USAGE, "", "choose a longer step",
                "a metric query has at most 11,000 steps of at least 1 ms");
        return answer_early(c);
    }
    c->matrix = matrix_new(point, context);
    snprintf(text, sizeof text, "%lldms", (long long)(step / CLOCK_MS));
    buf_init(&form, FORM_MAX);
    conn_query(&form, &first, "query", query);
    add_time(&form, &first, "start", from);
    add_time(&form, &first, "end", to);
    conn_query(&form, &first, "step", text);
    send(c, "/loki/api/v1/query_range", &form);
    return c;
}
