/*
 * The histogram reads every line of its span, so the index is asked first: above the budget nothing is
 * counted until the user wants it. A live one is counted whole once and then only at its right end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "source/loki/loki.h"
#include "source/loki/loki_volume.h"

struct board_volume {
    struct loki *loki;
    struct model *model;
    int64_t budget;
    struct loki_call *stats;
    struct loki_volume *call;
    int64_t from; /* where the counts on their way begin */
};

struct board_volume *board_volume_new(struct loki *l, int64_t budget, struct model *m)
{
    struct board_volume *b = mem_alloc(sizeof *b);
    *b = (struct board_volume){.loki = l, .model = m, .budget = budget};
    return b;
}

static void stop(struct board_volume *b)
{
    loki_cancel(b->stats);
    loki_volume_cancel(b->call);
    b->stats = NULL;
    b->call = NULL;
}

void board_volume_free(struct board_volume *b)
{
    if (!b)
        return;
    stop(b);
    free(b);
}

static void finish(struct board_volume *b, const struct err *err)
{
    struct volume *v = &b->model->volume;
    v->loading = false;
    b->model->dirty = true;
    if (err->kind)
        upstream_failed(&v->upstream, err, 0);
    else
        upstream_live(&v->upstream);
}

static void on_counts(void *context, enum volume_how how, const double (*counts)[LEVEL_COUNT],
                      size_t bins, const struct err *err)
{
    struct board_volume *b = context;
    struct volume *v = &b->model->volume;
    b->call = NULL;
    if (!err->kind) {
        v->how = how;
        volume_put(v, b->from, counts, bins);
    }
    finish(b, err);
}

static void count(struct board_volume *b, int64_t from)
{
    struct volume *v = &b->model->volume;
    b->from = from;
    v->loading = true;
    v->costly = false;
    struct loki_volume_conf conf = {.query = v->query,
                                    .from = from,
                                    .to = v->to,
                                    .step = v->step,
                                    .how = v->known ? v->how : VOLUME_BY_LABELS,
                                    .context = b,
                                    .done = on_counts};
    b->call = loki_volume_ask(b->loki, &conf);
}

static void on_stats(void *context, const struct loki_stats *stats, const struct err *err)
{
    struct board_volume *b = context;
    struct volume *v = &b->model->volume;
    b->stats = NULL;
    b->model->dirty = true;
    if (err->kind ||
        stats->bytes <= (uint64_t)b->budget) { /* an older Loki has no such statistics */
        count(b, v->from);
        return;
    }
    v->loading = false;
    v->costly = true;
    v->streams = stats->streams;
    v->bytes = stats->bytes;
    v->budget = (uint64_t)b->budget;
    upstream_live(&v->upstream);
}

/* Whether it is the histogram that is there, a little later. */
static bool goes_on(const struct volume *v, const char *query, int64_t from, int64_t to)
{
    int64_t span = clock_now() - from, present = (int64_t)v->bins * v->step;
    return v->known && v->live && !to && strcmp(v->query, query) == 0 &&
           span <= present + v->step && span >= present - 3 * v->step;
}

void board_volume_show(struct board_volume *b, const char *query, int64_t from, int64_t to,
                       bool whatever)
{
    struct volume *v = &b->model->volume;
    struct err off;
    stop(b);
    b->model->dirty = true;
    if (b->loki && goes_on(v, query, from, to)) {
        count(b, volume_slide(v, clock_now()));
        return;
    }
    volume_start(v, query, from, to ? to : clock_now(), !to);
    upstream_connecting(&v->upstream);
    if (!b->loki) {
        err_set(&off, ERR_CONFIG, "", "set loki.url", "there is no Loki to count");
        finish(b, &off);
    } else if (b->budget && !whatever) {
        v->loading = true;
        b->stats = loki_index_stats(b->loki, v->query, v->from, v->to, on_stats, b);
    } else {
        count(b, v->from);
    }
}

bool board_volume_settled(const struct board_volume *b)
{
    return !b || !b->model->volume.loading;
}
