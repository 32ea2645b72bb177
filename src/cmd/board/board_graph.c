/* Metric queries: each answer is gathered beside the graph that is shown and takes its place when it is
 * whole, so a refresh never shows half of one. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "source/loki/loki.h"
#include "source/prometheus/prometheus.h"

struct board_graph {
    struct loki *loki;
    struct prometheus *prometheus;
    struct model *model;
    struct graph coming;
    struct loki_call *logql;
    struct prometheus_call *promql;
};

struct board_graph *board_graph_new(struct loki *l, struct prometheus *p, struct model *m)
{
    struct board_graph *b = mem_alloc(sizeof *b);
    *b = (struct board_graph){.loki = l, .prometheus = p, .model = m};
    return b;
}

static void stop(struct board_graph *b)
{
    loki_cancel(b->logql);
    prometheus_cancel(b->promql);
    b->logql = NULL;
    b->promql = NULL;
}

void board_graph_free(struct board_graph *b)
{
    if (!b)
        return;
    stop(b);
    graph_clear(&b->coming);
    free(b);
}

static void on_point(void *context, const struct labels *labels, int64_t time, double value)
{
    struct board_graph *b = context;
    graph_point(&b->coming, labels, time, value);
}

static void finish(struct board_graph *b, const struct err *err)
{
    struct model *m = b->model;
    b->logql = NULL;
    b->promql = NULL;
    m->graph_loading = false;
    m->dirty = true;
    if (err->kind) {
        upstream_failed(&m->graph_upstream, err, 0);
        return;
    }
    upstream_live(&m->graph_upstream);
    graph_clear(&m->graph);
    m->graph = b->coming;
    b->coming = (struct graph){0};
}

static void on_logql(void *context, size_t series, const struct err *err)
{
    (void)series;
    finish(context, err);
}

static void on_promql(void *context, size_t series, const char *warnings, const struct err *err)
{
    (void)series;
    (void)warnings;
    finish(context, err);
}

void board_graph_show(struct board_graph *b, bool promql, const char *query, int64_t from,
                      int64_t to)
{
    struct model *m = b->model;
    struct graph *g = &b->coming;
    bool same = m->graph.query && strcmp(m->graph.query, query) == 0;
    stop(b);
    graph_start(g, promql ? QUESTION_PROMQL : QUESTION_LOGQL, query, from, to ? to : clock_now(),
                !to);
    if (!same)
        m->graph_upstream = (struct upstream){0};
    upstream_connecting(&m->graph_upstream);
    m->graph_loading = true;
    m->dirty = true;
    struct err off;
    if (promql ? !b->prometheus : !b->loki) {
        err_set(&off, ERR_CONFIG, "", "", "there is no %s to ask", promql ? "Prometheus" : "Loki");
        finish(b, &off);
    } else if (promql) {
        struct prometheus_query q = {.promql = g->query,
                                     .from = g->from,
                                     .to = g->to,
                                     .step = g->step,
                                     .context = b,
                                     .point = on_point,
                                     .done = on_promql};
        b->promql = prometheus_ask(b->prometheus, &q);
    } else {
        b->logql = loki_matrix(b->loki, g->query, g->from, g->to, g->step, on_point, on_logql, b);
    }
}
