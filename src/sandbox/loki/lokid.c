#include "sandbox/loki/lokid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/loki/logql_extract.h"

struct lokid {
    struct history *history;
    struct lokid_store *store;
    struct faults *faults;
    struct loop *loop;
    const char *tenant;
    struct lokid_tails tails;
};

struct lokid *lokid_new(struct loop *l, struct history *h, struct faults *f, const char *tenant)
{
    struct lokid *d = mem_alloc(sizeof *d);
    d->loop = l;
    d->history = h;
    d->faults = f;
    d->tenant = tenant;
    d->store = lokid_store_new();
    return d;
}

void lokid_free(struct lokid *d)
{
    if (!d)
        return;
    lokid_tail_free_all(d);
    lokid_store_free(d->store);
    free(d);
}

struct lokid_store *lokid_store_of(struct lokid *d)
{
    return d->store;
}

struct loop *lokid_loop(struct lokid *d)
{
    return d->loop;
}

struct faults *lokid_faults(struct lokid *d)
{
    return d->faults;
}

struct lokid_tails *lokid_tails(struct lokid *d)
{
    return &d->tails;
}

/* ---- streams and lines ---- */

static const char *label_value(const struct lokid_stream *s, const char *name)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, name) == 0)
            return s->labels[i].value;
    return "";
}

static bool matches(const struct logql *q, const struct lokid_stream *s)
{
    for (size_t i = 0; q && i < q->matcher_count; i++)
        if (!logql_matches(&q->matchers[i], str_of(label_value(s, q->matchers[i].name))))
            return false;
    return true;
}

struct lokid_stream *lokid_select(struct lokid *d, const struct logql *q, int64_t from, int64_t to,
                                  size_t *count)
{
    size_t histories = history_count(d->history), pushed = lokid_store_count(d->store);
    struct lokid_stream *list = mem_array(histories + pushed + 1, sizeof *list);
    int64_t now = clock_now(), first, last;
    *count = 0;
    for (size_t i = 0; i < histories; i++) {
        const struct history_stream *h = history_at(d->history, i);
        struct lokid_stream s = {h->labels, h->label_count, h, NULL};
        if (h->from < to && h->to > from && h->from <= now && from <= now && matches(q, &s))
            list[(*count)++] = s;
    }
    for (size_t i = 0; i < pushed; i++) {
        struct lokid_stream s = {.pushed = lokid_store_at(d->store, i)};
        s.labels = lokid_store_labels(s.pushed, &s.label_count);
        lokid_store_span(s.pushed, &first, &last);
        if (first < to && last >= from && matches(q, &s))
            list[(*count)++] = s;
    }
    return list;
}

struct pass {
    bool (*each)(void *context, const struct lokid_line *line);
    void *context;
};

static bool pass_on(void *context, int64_t time, struct str text)
{
    const struct pass *p = context;
    struct lokid_line line = {time, text, NULL, 0};
    return p->each(p->context, &line);
}

void lokid_read(struct lokid *d, const struct lokid_stream *s, int64_t from, int64_t to,
                int64_t now, bool (*each)(void *context, const struct lokid_line *line),
                void *context)
{
    struct pass p = {each, context};
    if (s->pushed)
        lokid_store_read(s->pushed, from, to, each, context);
    else
        history_read(d->history, s->history, from, to > now ? now + 1 : to, pass_on, &p);
}

void lokid_set_line(struct logql_line *l, const struct lokid_stream *s,
                    const struct lokid_line *line, bool level)
{
    buf_clear(&l->scratch);
    l->count = 0;
    l->parsed = false;
    l->text = line->text;
    for (size_t i = 0; i < s->label_count; i++)
        l->list[l->count++] = (struct logql_label){str_of(s->labels[i].name),
                                                   str_of(s->labels[i].value), LOGQL_STREAM};
    for (size_t i = 0; i < line->meta_count && l->count < LOGQL_LABELS_MAX; i++)
        l->list[l->count++] = (struct logql_label){str_of(line->meta[i].name),
                                                   str_of(line->meta[i].value), LOGQL_STRUCTURED};
    if (level)
        l->list[l->count++] = (struct logql_label){
            str_of("detected_level"), str_of(logql_extract_level(line->text)), LOGQL_STRUCTURED};
}

/* ---- requests ---- */

const char *lokid_param(const struct reply *p, const char *name)
{
    const char *value = server_query(p->r, name);
    return value ? value : "";
}

/* Nanoseconds, seconds with a fraction, or RFC 3339. */
bool lokid_time(struct reply *p, const char *name, int64_t otherwise, int64_t *out)
{
    const char *text = lokid_param(p, name);
    double seconds;
    *out = otherwise;
    if (!*text)
        return true;
    if (str_to_int(str_of(text), out)) {
        if (strlen(text) <= 10)
            *out *= CLOCK_SECOND;
        return true;
    }
    if (strchr(text, '.') && str_to_double(str_of(text), &seconds)) {
        *out = (int64_t)(seconds * 1000 + 0.5) * CLOCK_MS;
        return true;
    }
    if (clock_parse(str_of(text), false, out))
        return true;
    char message[300];
    snprintf(message, sizeof message,
             "could not parse '%s' parameter: strconv.ParseInt: parsing \"%.200s\": invalid syntax",
             name, text);
    reply_text(p, 400, message);
    return false;
}

struct logql *lokid_query_param(struct reply *p)
{
    char error[600];
    struct logql *q = logql_parse(lokid_param(p, "query"), error, sizeof error);
    if (!q)
        reply_text(p, 400, error);
    return q;
}

bool lokid_wants_categories(const struct reply *p)
{
    const char *flags = server_header(p->r, "X-Loki-Response-Encoding-Flags");
    return flags && strstr(flags, "categorize-labels");
}

void lokid_json(struct reply *p, struct str json)
{
    reply_body(p, 200, "application/json; charset=UTF-8", NULL, json);
}

void lokid_stats(struct buf *out, size_t lines, size_t bytes, size_t returned)
{
    buf_printf(out,
               ",\"stats\":{\"summary\":{\"bytesProcessedPerSecond\":0,\"linesProcessedPerSecond\":"
               "0,\"totalBytesProcessed\":%zu,"
               "\"totalLinesProcessed\":%zu,\"execTime\":0.001,\"queueTime\":0,\"subqueries\":0,"
               "\"totalEntriesReturned\":%zu,"
               "\"splits\":0,\"shards\":1,\"totalPostFilterLines\":%zu,"
               "\"totalStructuredMetadataBytesProcessed\":0}}",
               bytes, lines, returned, returned);
}

/* Who has not said whose logs are meant is turned away before anything else. */
static bool check_tenant(const struct lokid *d, struct reply *p)
{
    const char *tenant = server_header(p->r, "X-Scope-OrgID");
    char text[300];
    if (!d->tenant)
        return true;
    if (!tenant || !*tenant) {
        reply_text(p, 401, "no org id\n");
        return false;
    }
    if (strchr(tenant, '|')) {
        reply_text(p, 500, "multiple org IDs present");
        return false;
    }
    for (const char *c = tenant; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("!-_.*'()", *c)) {
            snprintf(text, sizeof text,
                     "rpc error: code = Code(400) desc = tenant ID '%.200s' contains unsupported "
                     "character '%c'",
                     tenant, *c);
            reply_text(p, 400, text);
            return false;
        }
    return true;
}

static void format_query(struct reply *p)
{
    char error[600];
    struct logql *q = logql_parse(lokid_param(p, "query"), error, sizeof error);
    struct buf json;
    buf_init(&json, 1 << 20);
    struct json_out o = {.b = &json};
    json_out_object(&o, NULL);
    json_out_text(&o, "status", q ? "success" : "invalid-query");
    json_out_text(&o, q ? "data" : "error", q ? lokid_param(p, "query") : error);
    json_out_end_object(&o);
    buf_addc(&json, '\n');
    reply_body(p, q ? 200 : 400, "application/json; charset=utf-8", NULL, buf_str(&json));
    buf_free(&json);
    logql_free(q);
}

static void label_values(struct lokid *d, struct reply *p, const char *rest)
{
    const char *slash = strchr(rest, '/');
    if (!slash || strcmp(slash, "/values") != 0) {
        reply_text(p, 404, "404 page not found\n");
        return;
    }
    char *name = mem_dup_n(rest, (size_t)(slash - rest));
    lokid_labels(d, p, name);
    free(name);
}

void lokid_handle(struct lokid *d, struct reply *p)
{
    static const char api[] = "/loki/api/v1/";
    const char *path = p->path, *method = server_method(p->r);
    const char *rest = strncmp(path, api, sizeof api - 1) == 0 ? path + sizeof api - 1 : "";
    bool push = strcmp(rest, "push") == 0;
    bool known = strcmp(method, "GET") == 0 || strcmp(method, "POST") == 0;
    if (strcmp(path, "/ready") == 0) {
        reply_text(p, 200, "ready\n");
    } else if (strcmp(rest, "status/buildinfo") == 0) {
        reply_json(p, 200,
                   str_of("{\"version\":\"3.4.0\",\"revision\":\"\",\"branch\":\"\",\"buildUser\":"
                          "\"\",\"buildDate\":\"\",\"goVersion\":\"\"}"));
    } else if (!*rest) {
        reply_text(p, 404, "404 page not found\n");
    } else if (!known || (push && strcmp(method, "POST") != 0)) {
        reply_body(p, 405, NULL, NULL, (struct str){"", 0});
    } else if (!check_tenant(d, p)) {
        return;
    } else if (push) {
        lokid_push(d, p);
    } else if (strcmp(rest, "query_range") == 0) {
        lokid_query_range(d, p);
    } else if (strcmp(rest, "query") == 0) {
        lokid_query_instant(d, p);
    } else if (strcmp(rest, "labels") == 0 || strcmp(rest, "label") == 0) {
        lokid_labels(d, p, NULL);
    } else if (strncmp(rest, "label/", 6) == 0) {
        label_values(d, p, rest + 6);
    } else if (strcmp(rest, "series") == 0) {
        lokid_labels_series(d, p);
    } else if (strcmp(rest, "index/stats") == 0) {
        lokid_labels_stats(d, p);
    } else if (strcmp(rest, "tail") == 0) {
        lokid_tail(d, p);
    } else if (strcmp(rest, "format_query") == 0) {
        format_query(p);
    } else if (strcmp(rest, "patterns") == 0) {
        reply_body(p, 404, NULL, NULL, (struct str){"", 0}); /* off by default */
    } else {
        reply_text(p, 404, "404 page not found\n");
    }
}
