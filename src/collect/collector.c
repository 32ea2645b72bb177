/*
 * A round: the catalogue is read, the store is asked what is due, each due window is done, one at a time (their order
 * decides which window sees a message first, so it is always the same). A source that is away ends the round; the next
 * one begins where it stopped, since what is due is read from the store each time.
 */
#include "collect/collector.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/due.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki.h"
#include "store/window_store.h"

struct collector {
    struct collector_conf conf;
    struct loop_timer *timer;
    struct backoff backoff;
    struct catalogue *catalogue;
    struct due *due;
    struct due_window *list;
    size_t count, at;
    struct window_job *job;
    struct loki_call *recount;
    struct window_store_op *op;
    struct collector_round round;
};

static void forget_round(struct collector *c)
{
    due_free(c->due);
    window_job_free(c->job);
    loki_cancel(c->recount);
    window_store_cancel(c->op);
    catalogue_free(c->catalogue);
    free(c->list);
    c->due = NULL;
    c->job = NULL;
    c->recount = NULL;
    c->op = NULL;
    c->catalogue = NULL;
    c->list = NULL;
    c->count = c->at = 0;
}

void collector_free(struct collector *c)
{
    if (!c)
        return;
    forget_round(c);
    loop_timer_free(c->timer);
    free(c);
}

/* Until `grace` behind the next boundary: when the window that is open now may be read. */
static int64_t until_next(const struct collector *c)
{
    int64_t now = loki_now(c->conf.loki), width = c->conf.width;
    int64_t next = clock_align(now - c->conf.grace, width) + width + c->conf.grace;
    return (next - now) / CLOCK_MS + 1;
}

static void end_round(struct collector *c, const struct err *err)
{
    struct collector_round round = c->round;
    forget_round(c);
    if (!c->conf.once) {
        if (err->kind) {
            loop_timer_set(c->timer, backoff_next(&c->backoff, err));
        } else {
            backoff_reset(&c->backoff);
            loop_timer_set(c->timer, until_next(c));
        }
    }
    if (c->conf.round_done)
        c->conf.round_done(c->conf.context, &round, err);
}

static void next_window(struct collector *c);

static const struct due_window *current(const struct collector *c)
{
    return &c->list[c->at];
}

static const struct rule *current_rule(const struct collector *c)
{
    return &c->conf.rules[current(c)->rule];
}

/* Whether the rest of the round makes sense: one rule that Loki refuses says nothing of the others. */
static bool ends_round(const struct err *err)
{
    return err->kind && err->kind != ERR_REFUSED && err->kind != ERR_LIMIT &&
           err->kind != ERR_USAGE;
}

static void tell(struct collector *c, enum window_job_result result, const struct window *w,
                 const struct err *err)
{
    c->round.stored += result == WINDOW_JOB_STORED;
    c->round.kept += result == WINDOW_JOB_KEPT;
    c->round.failed += result == WINDOW_JOB_FAILED;
    c->round.incomplete += result == WINDOW_JOB_STORED && w && !w->complete && !w->truncated;
    c->round.lines += result == WINDOW_JOB_STORED && w ? w->lines : 0;
    if (c->conf.window_done)
        c->conf.window_done(c->conf.context, current_rule(c), current(c)->from, result, w, err);
}

static void go_on(struct collector *c, const struct err *err)
{
    if (ends_round(err)) {
        end_round(c, err);
        return;
    }
    c->at++;
    next_window(c);
}

static void on_job(void *context, enum window_job_result result, const struct window *w,
                   const struct err *err)
{
    struct collector *c = context;
    c->job = NULL;
    tell(c, result, w, err);
    go_on(c, err);
}

static void extract(struct collector *c)
{
    const struct collector_conf *conf = &c->conf;
    struct window_job_conf job = {.extraction = {.loki = conf->loki,
                                                 .cluster = conf->cluster,
                                                 .rule = current_rule(c),
                                                 .labels = conf->labels,
                                                 .from = current(c)->from,
                                                 .to = current(c)->to,
                                                 .redactor = conf->redactor},
                                  .store = conf->store,
                                  .catalogue = c->catalogue,
                                  .force = conf->force,
                                  .context = c,
                                  .done = on_job};
    c->job = window_job_start(&job);
}

static void on_recount(void *context, uint64_t counted, const struct err *err)
{
    struct collector *c = context;
    c->recount = NULL;
    if (err->kind) {
        tell(c, WINDOW_JOB_FAILED, NULL, err);
        go_on(c, err);
    } else if (counted > current(c)->counted || counted > current(c)->lines) {
        extract(c);
    } else {
        go_on(c, err);
    }
}

static void recount(struct collector *c)
{
    struct buf query;
    buf_init(&query, 64 * 1024);
    rule_counted(current_rule(c), c->conf.labels, &query);
    c->recount =
        loki_count(c->conf.loki, buf_text(&query), current(c)->from, current(c)->to, on_recount, c);
    buf_free(&query);
}

static void on_reindexed(void *context, const struct err *err)
{
    struct collector *c = context;
    c->op = NULL;
    go_on(c, err);
}

static void on_unindexed(void *context, struct window *w, const struct err *err)
{
    struct collector *c = context;
    c->op = NULL;
    if (w)
        c->op = window_store_index(c->conf.store, w, c, on_reindexed);
    else if (err->kind == ERR_PROTOCOL || err->kind == ERR_NOT_FOUND)
        extract(c); /* broken, or gone meanwhile: make it again */
    else
        go_on(c, err);
    window_free(w);
}

static void next_window(struct collector *c)
{
    struct err none = {0};
    if (c->at == c->count) {
        end_round(c, &none);
        return;
    }
    switch (current(c)->kind) {
    case DUE_EXTRACT:
        extract(c);
        break;
    case DUE_RECOUNT:
        recount(c);
        break;
    case DUE_REINDEX:
        c->op = window_store_load(c->conf.store, current_rule(c)->name, current(c)->from, c,
                                  on_unindexed);
        break;
    }
}

static void on_due(void *context, const struct due_window *list, size_t count,
                   const struct err *err)
{
    struct collector *c = context;
    c->due = NULL;
    if (err->kind) {
        end_round(c, err);
        return;
    }
    c->list = mem_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        c->list[i] = list[i];
        if (c->conf.again_to)
            c->list[i].kind = DUE_EXTRACT;
    }
    c->count = count;
    next_window(c);
}

static void on_catalogue(void *context, struct catalogue *yours, bool rebuilt,
                         const struct err *err)
{
    struct collector *c = context;
    c->op = NULL;
    if (err->kind) {
        end_round(c, err);
        return;
    }
    if (rebuilt)
        log_event(LOG_WARN,
                  "the catalogue of groups was missing or broken: made again from the windows",
                  "cluster", c->conf.cluster, NULL);
    c->catalogue = yours;
    int64_t now = loki_now(c->conf.loki);
    bool again = c->conf.again_to != 0;
    struct due_conf due = {.store = c->conf.store,
                           .rules = c->conf.rules,
                           .rule_count = c->conf.rule_count,
                           .width = c->conf.width,
                           .from = again ? c->conf.again_from : now - c->conf.catch_up,
                           .to = again && c->conf.again_to < now ? c->conf.again_to : now - (again ? 0 : c->conf.grace),
                           .recount_from = again ? 0 : now - c->conf.grace - DUE_RECOUNT_SPAN,
                           .context = c,
                           .done = on_due};
    c->due = due_start(&due);
}

static void start_round(void *context)
{
    struct collector *c = context;
    c->round = (struct collector_round){0};
    c->op = window_store_load_catalogue(c->conf.store, c, on_catalogue);
}

struct collector *collector_start(const struct collector_conf *conf)
{
    struct collector *c = mem_alloc(sizeof *c);
    c->conf = *conf;
    c->timer = loop_timer_new(conf->loop, start_round, c);
    loop_timer_set(c->timer, 0);
    return c;
}
