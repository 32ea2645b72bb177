#include "cmd/board/board_feeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
#include "kube/access/client.h"

/* A source that never was made: a pane shows no place, and here the place is a file that the reader
 * has to mend. */
static void mark_wrong(struct upstream *u, const struct err *err)
{
    struct err placed = *err;
    if (err->where[0]) {
        char *what = mem_printf("%s: %s", err->where, err->what);
        str_copy(placed.what, sizeof placed.what, what);
        free(what);
    }
    upstream_failed(u, &placed, 0);
}

/* A source that is not configured, or wrongly: its panes say so, the others work. */
static void mark_off(struct upstream *u, const struct err *err)
{
    if (err->kind != ERR_OFF)
        mark_wrong(u, err);
    else
        *u = (struct upstream){.state = UPSTREAM_OFF, .err = *err};
}

static void start_server(struct board_feeds *f)
{
    struct err ignored;
    struct read_api *api = wire_server(f->wire, &ignored);
    if (api)
        f->server =
            board_server_start(api, f->wire->loop, f->model, !wire_prometheus(f->wire, &ignored));
}

static void start_kube(struct board_feeds *f)
{
    struct err err;
    if (f->server)
        return;
    struct client *c = wire_client(f->wire, &err);
    struct model *m = f->model;
    if (!c) {
        struct resource *all[] = {&m->pods, &m->nodes, &m->namespaces, &m->events};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            mark_wrong(&all[i]->upstream, &err);
        return;
    }
    const struct conn *conn = &client_context(c)->conn;
    if (conn->insecure)
        m->insecure = mem_printf("the certificate of %s is not verified", conn->url);
    f->kube = board_kube_start(c, m, m->scope.namespace_);
    f->resource = board_resource_start(c, wire_discovery(f->wire, &err), m);
}

static void start_logs(struct board_feeds *f)
{
    struct err err;
    struct loki *l = wire_loki(f->wire, &err);
    if (l)
        f->logs = board_logs_new(l, f->model);
    if (!l && f->server)
        err_set(&err, ERR_OFF, "loki", "set loki.url in the configuration, or KUBEBOARD_LOKI_URL",
                "the collector has no log lines, and no Loki is configured");
    if (!l)
        mark_off(&f->model->logs.upstream, &err);
}

static void start_metrics(struct board_feeds *f)
{
    struct err err, none;
    struct prometheus *p = wire_prometheus(f->wire, &err);
    struct board_metrics_conf conf = {
        .prometheus = p, .client = f->server ? NULL : wire_client(f->wire, &none), .wire = f->wire};
    if (p)
        f->metrics = board_metrics_start(&conf, f->model);
    else if (!f->server)
        mark_off(&f->model->metrics, &err);
}

static void start_windows(struct board_feeds *f)
{
    struct err err;
    const struct config *config = f->wire->config;
    struct board_windows_conf conf = {.loop = f->wire->loop,
                                      .source = wire_windows(f->wire, &err),
                                      .loki = f->wire->loki,
                                      .cluster = wire_cluster(f->wire),
                                      .rules = config->collector.rules,
                                      .rule_count = config->collector.rule_count,
                                      .labels = &config->loki_labels,
                                      .width = config->collector.window};
    if (!conf.source.ops)
        mark_off(&f->model->windows.upstream, &err);
    f->windows = board_windows_start(&conf, f->model);
}

static void start_broken(struct board_feeds *f)
{
    struct err err;
    if (f->server) /* it judges the snapshots */
        return;
    struct client *c = wire_client(f->wire, &err);
    struct discovery *d = c ? wire_discovery(f->wire, &err) : NULL;
    if (d)
        f->broken = board_broken_start(c, d, f->model, f->model->scope.namespace_);
    else
        mark_wrong(&f->model->broken.upstream, &err);
}

static void start_pod_logs(struct board_feeds *f)
{
    struct err err;
    struct client *c = wire_client(f->wire, &err);
    if (c)
        f->pod_logs = board_pod_logs_new(c, f->model);
    else
        mark_wrong(&f->model->containers.upstream, &err);
}

static void start_page(struct board_feeds *f)
{
    struct err err;
    struct client *c = wire_client(f->wire, &err);
    struct discovery *d = c ? wire_discovery(f->wire, &err) : NULL;
    if (d)
        f->page = board_page_new(c, d, f->model);
    else
        mark_wrong(&f->model->page.upstream, &err);
}

static void start_operations(struct board_feeds *f)
{
    struct err err;
    struct client *c = f->server ? NULL : wire_client(f->wire, &err);
    if (c && f->say && options_has(f->options, OPTION_WRITE))
        f->operations = board_operations_start(
            &(struct board_operations_conf){.client = c,
                                            .discovery = wire_discovery(f->wire, &err),
                                            .model = f->model,
                                            .cluster = wire_cluster(f->wire),
                                            .context = f->screen,
                                            .say = f->say,
                                            .shell = f->shell});
}

/* These say themselves where Loki or Prometheus is not there. */
static void start_query(struct board_feeds *f)
{
    struct board_query_conf conf = {.loki = f->wire->loki,
                                    .prometheus = f->wire->prometheus,
                                    .budget = f->wire->config->loki_budget};
    f->query = board_query_new(&conf, f->model);
}

static void start_volume(struct board_feeds *f)
{
    f->volume = board_volume_new(f->wire->loki, f->wire->config->loki_budget, f->model);
}

static void start_graph(struct board_feeds *f)
{
    f->graph = board_graph_new(f->wire->loki, f->wire->prometheus, f->model);
}

static void stop_kube(struct board_feeds *f)
{
    board_resource_free(f->resource);
    board_kube_free(f->kube);
    f->resource = NULL;
    f->kube = NULL;
}

static bool kube_settled(const struct board_feeds *f)
{
    return board_kube_settled(f->kube) && board_resource_settled(f->resource);
}

/* What starts only when someone asks for it is never waited for. */
static bool always(const struct board_feeds *f)
{
    (void)f;
    return true;
}

#define STOPS(name)                                                                                \
    static void stop_##name(struct board_feeds *f)                                                 \
    {                                                                                              \
        board_##name##_free(f->name);                                                              \
        f->name = NULL;                                                                            \
    }
#define SETTLES(name)                                                                              \
    static bool name##_settled(const struct board_feeds *f)                                        \
    {                                                                                              \
        return board_##name##_settled(f->name);                                                    \
    }
STOPS(server)
STOPS(broken)
STOPS(logs)
STOPS(metrics)
STOPS(windows)
STOPS(operations)
STOPS(query)
STOPS(graph)
STOPS(page)
STOPS(volume)
STOPS(pod_logs)
SETTLES(server)
SETTLES(broken)
SETTLES(logs)
SETTLES(metrics)
SETTLES(windows)
SETTLES(query)
SETTLES(page)
SETTLES(volume)
SETTLES(pod_logs)

/* Each row stands on those above it. */
static const struct feed {
    void (*start)(struct board_feeds *f);
    void (*stop)(struct board_feeds *f);
    bool (*settled)(const struct board_feeds *f);
} feeds[] = {
    {start_server, stop_server, server_settled},
    {start_kube, stop_kube, kube_settled},
    {start_broken, stop_broken, broken_settled},
    {start_logs, stop_logs, logs_settled},
    {start_metrics, stop_metrics, metrics_settled},
    {start_windows, stop_windows, windows_settled},
    {start_operations, stop_operations, always},
    {start_query, stop_query, query_settled},
    {start_graph, stop_graph, always},
    {start_page, stop_page, page_settled},
    {start_volume, stop_volume, volume_settled},
    {start_pod_logs, stop_pod_logs, pod_logs_settled},
};

enum { FEEDS = sizeof feeds / sizeof *feeds };

void board_feeds_start(struct board_feeds *f)
{
    for (size_t i = 0; i < FEEDS; i++)
        feeds[i].start(f);
}

void board_feeds_stop(struct board_feeds *f)
{
    for (size_t i = FEEDS; i-- > 0;)
        feeds[i].stop(f);
}

bool board_feeds_settled(const struct board_feeds *f)
{
    for (size_t i = 0; i < FEEDS; i++)
        if (!feeds[i].settled(f))
            return false;
    return true;
}

void board_feeds_note(struct board_feeds *f)
{
    struct model_logs *logs = &f->model->logs;
    f->model->clock_offset = f->wire->client ? client_clock_offset(f->wire->client) : 0;
    const char *way = wire_found(f->wire, WELL_KNOWN_LOKI), *ns = f->model->scope.namespace_;
    if (f->kube)
        board_kube_scope(f->kube, ns);
    if (f->broken)
        board_broken_scope(f->broken, ns);
    if (strcmp(logs->way, way) == 0)
        return;
    str_copy(logs->way, sizeof logs->way, way);
    f->model->dirty = true;
}
