/*
 * The log pane's lines from the API server, one container's at a time, in the place of Loki's. Who
 * asks Loki again ends it; where there is no Loki the pane is then as empty as it was before.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "kube/pod_containers.h"
#include "kube/pod_logs.h"
#include "model/pod_log_wish.h"
#include "net/loop.h"

enum { TAIL = 5000, RATE_MS = 2000, POD_LONGEST = 16 << 20 };

struct board_pod_logs {
    struct client *client;
    struct model *model;
    struct pod_logs *logs;
    struct loop_timer *rate;
    uint64_t counted; /* lines at the last tick */
    int64_t counted_at;
    struct client_request *request; /* of a pod's containers */
};

/* ---- lines ---- */

static void on_line(void *context, const struct line *line)
{
    struct board_pod_logs *b = context;
    struct model_logs *m = &b->model->logs;
    uint64_t dropped = lines_dropped(m->lines);
    lines_add(m->lines, line);
    m->arrived++;
    m->older.let_go += lines_dropped(m->lines) - dropped;
    b->model->dirty = true;
}

static void on_changed(void *context)
{
    struct board_pod_logs *b = context;
    struct model_logs *m = &b->model->logs;
    m->upstream = *pod_logs_upstream(b->logs);
    if (m->upstream.state != UPSTREAM_CONNECTING)
        m->loading = false;
    b->model->dirty = true;
}

/* What ends a follow is told where the reader looks: below the last line. */
static void on_done(void *context, const struct err *err)
{
    struct board_pod_logs *b = context;
    struct model_logs *m = &b->model->logs;
    size_t n = lines_count(m->lines);
    char text[sizeof err->what + 64];
    m->loading = false;
    loop_timer_stop(b->rate);
    m->per_second = 0;
    if (err->kind) {
        upstream_failed(&m->upstream, err, 0);
        snprintf(text, sizeof text, "the log ends here: %s", err->what);
        struct line line = {.time = n ? lines_at(m->lines, n - 1).time : clock_now(),
                            .kind = LINE_NOTICE,
                            .text = str_of(text)};
        if (n)
            lines_add(m->lines, &line);
    } else {
        upstream_live(&m->upstream);
    }
    b->model->dirty = true;
}

static void count_rate(void *context)
{
    struct board_pod_logs *b = context;
    int64_t now = clock_monotonic();
    uint64_t count = pod_logs_count(b->logs);
    double seconds = (double)(now - b->counted_at) / (double)CLOCK_SECOND;
    double rate = seconds > 0 ? (double)(count - b->counted) / seconds : 0;
    if (rate != b->model->logs.per_second)
        b->model->dirty = true;
    b->model->logs.per_second = rate;
    b->counted = count;
    b->counted_at = now;
    loop_timer_set(b->rate, RATE_MS);
}

static void stop(struct board_pod_logs *b)
{
    pod_logs_free(b->logs);
    b->logs = NULL;
    loop_timer_stop(b->rate);
}

void board_pod_logs_stop(struct board_pod_logs *b)
{
    struct model_logs *m = &b->model->logs;
    if (!m->from_pod)
        return;
    stop(b);
    lines_clear(m->lines);
    free(m->query);
    m->query = NULL;
    m->from_pod = m->loading = false;
    m->per_second = 0;
    m->lane[0] = '\0';
    m->older = m->newer = (struct model_edge){0};
    m->upstream = m->loki;
    b->model->dirty = true;
}

static void open_pane(struct board_pod_logs *b, const struct pod_log_wish *w, const char *text)
{
    struct model_logs *m = &b->model->logs;
    char *copy = mem_dup(text);
    if (!m->from_pod)
        m->loki = m->upstream;
    lines_clear(m->lines);
    lines_drop_oldest(m->lines, true);
    free(m->query);
    m->query = copy;
    m->from_pod = m->loading = true;
    m->from = 0;
    m->to = w->previous ? clock_now() : 0;
    m->at = 0;
    m->arrived = 0;
    m->per_second = 0;
    m->lag = -1;
    m->older = (struct model_edge){0};
    m->newer = (struct model_edge){.state = w->previous ? MODEL_EDGE_NONE : MODEL_EDGE_LIVE,
                                   .time = INT64_MAX};
    m->upstream = (struct upstream){.changes = m->upstream.changes + 1};
    upstream_connecting(&m->upstream);
    snprintf(m->lane, sizeof m->lane, "kube api");
    b->model->dirty = true;
}

void board_pod_logs_show(struct board_pod_logs *b, const char *text)
{
    struct pod_log_wish w;
    if (!text || !pod_log_wish_read(text, &w))
        return;
    stop(b);
    open_pane(b, &w, text);
    b->logs = pod_logs_start(b->client, &(struct pod_logs_conf){.namespace_ = w.namespace_,
                                                                .pod = w.pod,
                                                                .container = w.container,
                                                                .previous = w.previous,
                                                                .follow = !w.previous,
                                                                .tail = w.previous ? -1 : TAIL,
                                                                .context = b,
                                                                .line = on_line,
                                                                .changed = on_changed,
                                                                .done = on_done});
    b->counted = 0;
    b->counted_at = clock_monotonic();
    if (!w.previous)
        loop_timer_set(b->rate, RATE_MS);
}

/* ---- containers ---- */

static void on_pod(void *context, struct http_request *r, int status, struct str body,
                   const struct err *err)
{
    struct board_pod_logs *b = context;
    struct pod_parts *c = &b->model->containers;
    struct json_doc *doc = json_doc_new();
    struct err wrong = *err;
    (void)r;
    (void)status;
    b->request = NULL;
    const struct json *pod = err->kind ? NULL : json_parse(doc, body.p, body.n, &wrong);
    if (pod) {
        pod_containers_read(c, pod);
        upstream_live(&c->upstream);
    } else {
        upstream_failed(&c->upstream, &wrong, 0);
    }
    json_doc_free(doc);
    c->changes++;
    b->model->dirty = true;
}

void board_pod_logs_containers(struct board_pod_logs *b, const char *text)
{
    struct pod_parts *c = &b->model->containers;
    struct str rest = str_of(text), ns;
    client_cancel(b->request);
    str_cut(&rest, '/', &ns);
    *c = (struct pod_parts){.changes = c->changes + 1};
    snprintf(c->namespace_, sizeof c->namespace_, "%.*s", (int)ns.n, ns.p);
    snprintf(c->pod, sizeof c->pod, "%.*s", (int)rest.n, rest.p);
    upstream_connecting(&c->upstream);
    char *path = kinds_path(&kind_pod.kind, c->namespace_, c->pod);
    b->request = client_send(
        b->client,
        &(struct http_call){.path = path, .max_body = POD_LONGEST, .context = b, .done = on_pod});
    free(path);
    b->model->dirty = true;
}

/* ---- the feed ---- */

struct board_pod_logs *board_pod_logs_new(struct client *c, struct model *m)
{
    struct board_pod_logs *b = mem_alloc(sizeof *b);
    b->client = c;
    b->model = m;
    b->rate = loop_timer_new(client_loop(c), count_rate, b);
    return b;
}

void board_pod_logs_free(struct board_pod_logs *b)
{
    if (!b)
        return;
    stop(b);
    client_cancel(b->request);
    loop_timer_free(b->rate);
    free(b);
}

bool board_pod_logs_settled(const struct board_pod_logs *b)
{
    return !b || (!b->request && (!b->logs || upstream_settled(pod_logs_upstream(b->logs))));
}
