/*
 * Prometheus has the history; where there is none, or it never answered, metrics.k8s.io is polled
 * until it does.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/board/board_feed.h"
#include "cmd/board/board_usage.h"
#include "cmd/wire.h"
#include "source/prometheus/prometheus.h"
#include "source/prometheus/prometheus_keeper.h"

struct board_metrics {
    struct board_metrics_conf conf;
    struct model *model;
    struct prometheus_keeper *keeper;
    struct board_usage *usage; /* while Prometheus has nothing */
    bool usage_told;
    struct upstream polled; /* of metrics.k8s.io */
};

static void show_state(struct board_metrics *b)
{
    struct model *m = b->model;
    const struct upstream *u = prometheus_upstream(b->conf.prometheus);
    bool polled = b->usage && b->polled.data;
    /* A Prometheus that should be there and is not is said, whatever else measures. */
    m->metrics = polled && u->state == UPSTREAM_OFF ? b->polled : *u;
    str_copy(m->metrics_way, sizeof m->metrics_way,
             polled ? "metrics.k8s.io" : wire_found(b->conf.wire, WELL_KNOWN_PROMETHEUS));
    m->dirty = true;
}

static void on_usage(void *context, const struct err *err)
{
    struct board_metrics *b = context;
    b->usage_told = true;
    if (err->kind)
        upstream_failed(&b->polled, err, 0);
    else
        upstream_live(&b->polled);
    show_state(b);
}

static bool never_answered(const struct upstream *u)
{
    return !u->data &&
           (u->state == UPSTREAM_OFF || u->state == UPSTREAM_FAILED || u->state == UPSTREAM_DENIED);
}

static void on_change(void *context)
{
    struct board_metrics *b = context;
    const struct upstream *u = prometheus_upstream(b->conf.prometheus);
    if (!b->usage && b->conf.client && never_answered(u)) {
        b->usage = board_usage_start(b->conf.client, b->model, on_usage, b);
        b->usage_told = false;
    } else if (b->usage && u->state == UPSTREAM_LIVE) {
        board_usage_free(b->usage);
        b->usage = NULL;
    }
    show_state(b);
}

struct board_metrics *board_metrics_start(const struct board_metrics_conf *conf, struct model *m)
{
    struct board_metrics *b = mem_alloc(sizeof *b);
    b->conf = *conf;
    b->model = m;
    upstream_connecting(&m->metrics);
    struct prometheus_keeper_conf keeper = {.series = m->series,
                                            .step = MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND,
                                            .context = b,
                                            .changed = on_change};
    b->keeper = prometheus_keeper_start(conf->prometheus, &keeper);
    return b;
}

void board_metrics_free(struct board_metrics *b)
{
    if (!b)
        return;
    board_usage_free(b->usage);
    prometheus_keeper_stop(b->keeper);
    free(b);
}

void board_metrics_show(struct board_metrics *b, int64_t from, int64_t to)
{
    prometheus_keeper_show(b->keeper, from, to);
    if (b->usage && !to)
        board_usage_refill(b->usage);
}

bool board_metrics_settled(const struct board_metrics *b)
{
    return !b || (prometheus_keeper_settled(b->keeper) && (!b->usage || b->usage_told));
}
