/*
 * Lists and single objects. A list is made while the client reads it, some 64 KiB at a time, so
 * that 150,000 pods need no more memory than ten. Where a page ends is found before its head is
 * written, as the head holds the continue token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/world.h"

enum {
    PIECE = 64 << 10,
    TOKEN_MAX = 2000,
    TOKEN_MINUTES = 5,
    FUTURE_WAIT_MS = 3000,
    GZIP_FROM = 40 /* items */
};

struct lister {
    struct apiserver_call *call;
    struct apiserver_selector *selector;
    char *at_ns, *at_name;     /* the next object is the first one behind this key */
    char *last_ns, *last_name; /* of the page; NULL: to the end */
    char *only_ns;             /* "" : all */
    struct buf piece, packed;
    struct gzip *gzip;
    bool comma, done;
};

static void lister_drop(struct lister *l)
{
    apiserver_selector_free(l->selector);
    free(l->at_ns);
    free(l->at_name);
    free(l->last_ns);
    free(l->last_name);
    free(l->only_ns);
    gzip_free(l->gzip);
    buf_free(&l->piece);
    buf_free(&l->packed);
    free(l);
}

static void lister_over(void *context)
{
    struct lister *l = context;
    apiserver_call_free(l->call);
    lister_drop(l);
}

/* ---- continue tokens ---- */

static void write_token(struct buf *out, int64_t version, const char *ns, const char *name,
                        bool in_namespace)
{
    struct buf json;
    buf_init(&json, TOKEN_MAX);
    buf_printf(&json, "{\"v\":\"meta.k8s.io/v1\",\"rv\":%lld,\"start\":\"%s%s%s\\u0000\"}",
               (long long)version, in_namespace || !*ns ? "" : ns, in_namespace || !*ns ? "" : "/",
               name);
    base64_encode(out, buf_str(&json));
    buf_free(&json);
    while (out->n && out->p[out->n - 1] == '=')
        out->p[--out->n] = '\0';
    for (size_t i = 0; i < out->n; i++)
        out->p[i] = out->p[i] == '+' ? '-' : out->p[i] == '/' ? '_' : out->p[i];
}

/* False when it is no token of ours. */
static bool read_token(struct lister *l, const char *token, int64_t *version)
{
    struct buf text, json;
    buf_init(&text, TOKEN_MAX);
    buf_init(&json, TOKEN_MAX);
    for (const char *p = token; *p; p++)
        buf_addc(&text, (char)(*p == '-' ? '+' : *p == '_' ? '/' : *p));
    while (text.n % 4)
        buf_addc(&text, '=');
    struct json_doc *d = json_doc_new();
    const struct json *j =
        base64_decode(&json, buf_str(&text)) && json.n ? json_parse(d, json.p, json.n, NULL) : NULL;
    const char *start = json_string(j, "start", NULL);
    if (start) {
        *version = json_int(j, "rv", 0);
        const char *slash = *l->only_ns ? NULL : strchr(start, '/');
        free(l->at_ns);
        free(l->at_name);
        l->at_ns = slash ? mem_dup_n(start, (size_t)(slash - start)) : mem_dup(l->only_ns);
        l->at_name = mem_dup(slash ? slash + 1 : start);
    }
    json_doc_free(d);
    buf_free(&text);
    buf_free(&json);
    return start != NULL;
}

static void token_expired(struct apiserver_call *c, const struct lister *l)
{
    struct buf out, token;
    buf_init(&token, TOKEN_MAX);
    buf_init(&out, 4 * TOKEN_MAX);
    write_token(&token, -1, l->at_ns, l->at_name, *l->only_ns != '\0');
    apiserver_status_json(&out, 410, "Expired", NULL, buf_text(&token),
                          "The provided continue parameter is too old to display a consistent list "
                          "result. You can start a new "
                          "list without the continue parameter, or use the continue token in this "
                          "response to retrieve the "
                          "remainder of the results. Continuing with the provided token results in "
                          "an inconsistent list - "
                          "objects that were created, modified, or deleted between the time the "
                          "first chunk was returned and "
                          "now may show up in the list.");
    reply_body(c->p, 410, "application/json", apiserver_call_headers(), buf_str(&out));
    buf_free(&token);
    buf_free(&out);
}

/* ---- walking ---- */

static const struct pretend_object *next_object(struct lister *l, size_t *at)
{
    const struct apiserver_conf *conf = l->call->conf;
    enum pretend_kinds kind = (enum pretend_kinds)l->call->kind;
    const struct pretend_object *o;
    while ((o = shelf_at(conf->shelf, kind, (*at)++))) {
        if (*l->only_ns && strcmp(o->ns, l->only_ns) != 0)
            return NULL;
        if (apiserver_selector_matches(l->selector, conf->world, o, l->call->t))
            return o;
    }
    return NULL;
}

/* The first object behind the place that the lister has reached. */
static size_t find_place(const struct lister *l)
{
    const struct apiserver_conf *conf = l->call->conf;
    enum pretend_kinds kind = (enum pretend_kinds)l->call->kind;
    size_t i = shelf_lower(conf->shelf, kind, l->at_ns, l->at_name);
    const struct pretend_object *o = shelf_at(conf->shelf, kind, i);
    return i +
           (o && *l->at_name && strcmp(o->ns, l->at_ns) == 0 && strcmp(o->name, l->at_name) == 0);
}

/* Finds where a page of `limit` objects ends; the number of objects behind it. */
static size_t end_page(struct lister *l, size_t limit)
{
    const struct pretend_object *o = NULL, *last = NULL;
    size_t at = find_place(l), n = 0, rest = 0;
    while (n < limit && (o = next_object(l, &at))) {
        last = o;
        n++;
    }
    while (o && (o = next_object(l, &at)))
        rest++;
    if (rest) {
        l->last_ns = mem_dup(last->ns);
        l->last_name = mem_dup(last->name);
    }
    return rest;
}

/* What is ready to go out; gzip may keep all of a piece to itself. */
static struct buf *pack(struct lister *l)
{
    if (!l->gzip)
        return &l->piece;
    gzip_add(l->gzip, buf_str(&l->piece));
    buf_clear(&l->piece);
    if (l->done)
        gzip_finish(l->gzip);
    return &l->packed;
}

static void make_piece(struct lister *l)
{
    const struct pretend_object *o = NULL;
    size_t at = find_place(l);
    struct json_out out = {.b = &l->piece, .comma = l->comma};
    bool last = false;
    while (l->piece.n < PIECE && !last && (o = next_object(l, &at))) {
        apiserver_item_write(l->call, o, l->call->t, false, &out);
        free(l->at_ns);
        free(l->at_name);
        l->at_ns = mem_dup(o->ns);
        l->at_name = mem_dup(o->name);
        last = l->last_name && strcmp(l->last_name, o->name) == 0 && strcmp(l->last_ns, o->ns) == 0;
    }
    l->comma = out.comma;
    l->done = last || !o;
    if (l->done)
        buf_adds(&l->piece, "]}\n");
}

static void more(void *context)
{
    struct lister *l = context;
    struct buf *ready;
    do {
        make_piece(l);
        ready = pack(l);
    } while (!ready->n && !l->done);
    reply_add(l->call->p, buf_str(ready));
    buf_clear(ready);
    if (l->done)
        reply_end(l->call->p);
}

static void write_head(struct lister *l, size_t rest)
{
    const struct apiserver_conf *conf = l->call->conf;
    const struct pretend_kind *k = pretend_row((enum pretend_kinds)l->call->kind);
    struct json_out out = {.b = &l->piece};
    bool json = l->call->form == APISERVER_JSON, table = l->call->form == APISERVER_TABLE;
    json_out_object(&out, NULL);
    pretend_textf(&out, "kind", "%s%s",
                  json    ? k->kind
                  : table ? "Table"
                          : "PartialObjectMetadata",
                  table ? "" : "List");
    if (json)
        pretend_textf(&out, "apiVersion", "%s%s%s", k->group, *k->group ? "/" : "", k->version);
    else
        json_out_text(&out, "apiVersion", "meta.k8s.io/v1");
    json_out_object(&out, "metadata");
    pretend_textf(&out, "resourceVersion", "%llu", (unsigned long long)shelf_version(conf->shelf));
    if (l->last_name) {
        struct buf token;
        buf_init(&token, TOKEN_MAX);
        write_token(&token, (int64_t)shelf_version(conf->shelf), l->last_ns, l->last_name,
                    *l->only_ns != '\0');
        json_out_text(&out, "continue", buf_text(&token));
        /* 1.20 counts for objects and tables, and never what a selector leaves. */
        if (l->call->form != APISERVER_PARTIAL && apiserver_selector_empty(l->selector))
            json_out_int(&out, "remainingItemCount", (int64_t)rest);
        buf_free(&token);
    }
    json_out_end_object(&out);
    if (table)
        apiserver_item_columns(&out, l->call->kind);
    json_out_array(&out, table ? "rows" : "items");
    l->comma = false;
}

static void start_list(struct lister *l, size_t limit)
{
    struct apiserver_call *c = l->call;
    const char *accepts = server_header(c->p->r, "Accept-Encoding");
    size_t rest = limit ? end_page(l, limit) : 0;
    size_t count = shelf_count(c->conf->shelf, (enum pretend_kinds)c->kind);
    const char *headers[8];
    size_t n = 0;
    for (const char *const *h = apiserver_call_headers(); *h; h++)
        headers[n++] = *h;
    if (accepts && strstr(accepts, "gzip") &&
        (limit ? limit < count ? limit : count : count) > GZIP_FROM) {
        headers[n++] = "Content-Encoding: gzip";
        headers[n++] = "Vary: Accept-Encoding";
        l->gzip = gzip_new(&l->packed);
    }
    headers[n] = NULL;
    write_head(l, rest);
    reply_on_over(c->p, lister_over, l);
    reply_stream(c->p, 200, "application/json", headers);
    reply_on_empty(c->p, more, l);
}

static void future_version(struct reply *p, void *context)
{
    struct apiserver_call *c = context;
    struct buf out;
    char message[200];
    buf_init(&out, 4096);
    snprintf(message, sizeof message, "Timeout: Too large resource version: %s, current: %llu",
             apiserver_call_param(c, "resourceVersion"),
             (unsigned long long)shelf_version(c->conf->shelf));
    apiserver_status_json(&out, 504, "Timeout",
                          "{\"causes\":[{\"reason\":\"ResourceVersionTooLarge\",\"message\":\"Too "
                          "large resource version\"}],"
                          "\"retryAfterSeconds\":1}",
                          NULL, message);
    static const char *const headers[] = {"Cache-Control: no-cache, private", "Retry-After: 1",
                                          NULL};
    reply_body(p, 504, "application/json", headers, buf_str(&out));
    buf_free(&out);
}

static void free_call(void *context)
{
    apiserver_call_free(context);
}

/* False when it has answered already. */
static bool check_version(struct apiserver_call *c, const char *version)
{
    const struct shelf *shelf = c->conf->shelf;
    const char *match = apiserver_call_param(c, "resourceVersionMatch");
    int64_t wanted = 0;
    if (!*version && *match) {
        apiserver_status_match(c, "unless resourceVersion is provided");
        return false;
    }
    if (!*version)
        return true;
    if (!str_to_int(str_of(version), &wanted) || wanted < 0) {
        apiserver_status(c, 500, NULL, NULL,
                         "resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing "
                         "\"%s\": invalid syntax",
                         version, version);
        return false;
    }
    if ((uint64_t)wanted > shelf_version(shelf)) {
        reply_on_over(c->p, free_call, c);
        reply_later(c->p, FUTURE_WAIT_MS, future_version, c);
        return false;
    }
    if (strcmp(match, "Exact") == 0 && (uint64_t)wanted < shelf_oldest(shelf)) {
        apiserver_status(c, 410, "Expired", NULL,
                         "The resourceVersion for the provided list is too old.");
        return false;
    }
    return true;
}

static struct lister *lister_new(struct apiserver_call *c, struct apiserver_selector *selector)
{
    struct lister *l = mem_alloc(sizeof *l);
    l->call = c;
    l->selector = selector;
    l->only_ns = mem_dup(c->ns);
    l->at_ns = mem_dup(c->ns);
    l->at_name = mem_dup("");
    buf_init(&l->piece, 16 << 20);
    buf_init(&l->packed, 16 << 20);
    return l;
}

void apiserver_list(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    const char *limit_text = apiserver_call_param(c, "limit"),
               *token = apiserver_call_param(c, "continue");
    const char *version = apiserver_call_param(c, "resourceVersion");
    int64_t limit = 0, token_version = 0;
    if (*limit_text && !str_to_int(str_of(limit_text), &limit)) {
        apiserver_status(c, 400, "BadRequest", NULL,
                         "strconv.ParseInt: parsing \"%s\": invalid syntax", limit_text);
        return;
    }
    struct apiserver_selector *selector = apiserver_selector_asked(c);
    if (!selector)
        return;
    if (!*token && !check_version(c, version)) {
        apiserver_selector_free(selector);
        return;
    }
    struct lister *l = lister_new(c, selector);
    if (*token && !read_token(l, token, &token_version)) {
        lister_drop(l);
        apiserver_status(c, 400, "BadRequest", NULL,
                         "invalid continue token: continue key is not valid: invalid character 'x' "
                         "looking for beginning of value");
        return;
    }
    bool old =
        token_version > 0 &&
        (uint64_t)token_version < shelf_version_before(conf->shelf, TOKEN_MINUTES * CLOCK_MINUTE);
    if (*token && token_version >= 0 &&
        (old || faults_on(conf->faults, FAULTS_GONE, SANDBOX_KUBE))) {
        token_expired(c, l);
        lister_drop(l);
        apiserver_call_free(c);
        return;
    }
    start_list(l, strcmp(version, "0") == 0 && !*token ? 0 : (size_t)(limit > 0 ? limit : 0));
}
