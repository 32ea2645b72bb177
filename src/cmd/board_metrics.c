#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board_feed.h"
#include "source/prometheus.h"
#include "source/prometheus_keeper.h"

struct board_metrics {
    struct prometheus *prometheus;
    struct model *model;
    struct prometheus_keeper *keeper;
};

static void on_change(void *context)
{
    struct board_metrics *b = context;
    b->model->metrics = *prometheus_upstream(b->prometheus);
    b->model->dirty = true;
}

struct board_metrics *board_metrics_start(struct prometheus *p, struct model *m)
{
    struct board_metrics *b = mem_alloc(sizeof *b);
    b->prometheus = p;
    b->model = m;
    upstream_connecting(&m->metrics);
    struct prometheus_keeper_conf conf = {.series = m->series,
                                          .step = MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND,
                                          .context = b,
                                          .changed = on_change};
    b->keeper = prometheus_keeper_start(p, &conf);
    return b;
}

void board_metrics_free(struct board_metrics *b)
{
    if (!b)
        return;
    prometheus_keeper_stop(b->keeper);
    free(b);
}

void board_metrics_show(struct board_metrics *b, int64_t from, int64_t to)
{
    prometheus_keeper_show(b->keeper, from, to);
}

bool board_metrics_settled(const struct board_metrics *b)
{
    return !b || prometheus_keeper_settled(b->keeper);
}
