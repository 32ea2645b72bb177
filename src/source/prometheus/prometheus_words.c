#include "source/prometheus/prometheus_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "source/name_list.h"

enum { PATH_MOST = 1 << 14, ANSWER_MOST = 16 << 20, PATIENCE_MS = 15 * 1000 };

struct prometheus_words {
    struct http_request *http;
    void *context;
    void (*done)(void *context, const char *const *values, size_t count, const struct err *err);
};

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *http_err)
{
    struct prometheus_words *w = context;
    struct err err = *http_err;
    struct json_doc *doc = json_doc_new();
    const struct json *answer = err.kind ? NULL : json_parse(doc, body.p, body.n, &err);
    size_t count;
    (void)r;
    (void)status;
    if (!err.kind && strcmp(json_string(answer, "status", ""), "success") != 0)
        err_set(&err, ERR_PROTOCOL, "", "check prometheus.url", "this is no Prometheus");
    const char **names = name_list_sorted(json_get(answer, "data"), &count);
    w->done(w->context, names, count, &err);
    free(names);
    json_doc_free(doc);
    free(w);
}

/* Whole seconds: the API takes them, and an answer may be kept by a proxy. */
static void add_seconds(struct buf *path, bool *first, const char *name, int64_t ns)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)(ns / CLOCK_SECOND));
    conn_query(path, first, name, text);
}

struct prometheus_words *prometheus_words_ask(struct prometheus *p, const char *label,
                                              const char *selector, int64_t from, int64_t to,
                                              void (*done)(void *context, const char *const *values,
                                                           size_t count, const struct err *err),
                                              void *context)
{
    struct prometheus_words *w = mem_alloc(sizeof *w);
    struct buf path;
    bool first = true;
    *w = (struct prometheus_words){.context = context, .done = done};
    buf_init(&path, PATH_MOST);
    buf_adds(&path, label ? "/api/v1/label/" : "/api/v1/labels");
    if (label) {
        conn_escape(&path, label, strlen(label), false);
        buf_adds(&path, "/values");
    }
    if (selector)
        conn_query(&path, &first, "match%5B%5D", selector);
    add_seconds(&path, &first, "start", from);
    add_seconds(&path, &first, "end", to);
    struct http_call call = {.target = prometheus_target(p),
                             .path = buf_text(&path),
                             .total_ms = PATIENCE_MS,
                             .max_body = ANSWER_MOST,
                             .context = w,
                             .done = on_done};
    w->http = http_send(prometheus_http(p), &call);
    buf_free(&path);
    return w;
}

void prometheus_words_cancel(struct prometheus_words *w)
{
    if (!w)
        return;
    http_cancel(w->http);
    free(w);
}
