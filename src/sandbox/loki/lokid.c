#include "sandbox/loki/lokid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"

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
