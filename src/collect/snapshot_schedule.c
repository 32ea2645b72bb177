#include "collect/snapshot_schedule.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "store/window_store.h"

enum { SOON_MS = 200 };

struct snapshot_schedule {
    struct snapshot_schedule_conf conf;
    struct loop_timer *timer;
    struct window_store_op *op;
    struct snapshot *snapshot;
    struct backoff backoff;
    int64_t at; /* being taken */
};

void snapshot_schedule_free(struct snapshot_schedule *s)
{
    if (!s)
        return;
    window_store_cancel(s->op);
    snapshot_free(s->snapshot);
    loop_timer_free(s->timer);
    free(s);
}

static int64_t now_of(const struct snapshot_schedule *s)
{
    return s->conf.now ? s->conf.now(s->conf.context) : clock_now();
}

static void plan(struct snapshot_schedule *s, const struct err *err)
{
    int64_t now = now_of(s), next = clock_align(now, s->conf.width) + s->conf.width;
    bool early = now - s->at < s->conf.width / 2;
    if (s->conf.once)
        return;
    if (err->kind && early) {
        loop_timer_set(s->timer, backoff_next(&s->backoff, err));
        return;
    }
    backoff_reset(&s->backoff);
    loop_timer_set(s->timer, (next - now) / CLOCK_MS + 1);
}

static void settle(struct snapshot_schedule *s, size_t objects, size_t missing, bool again,
                   const struct err *err)
{
    int64_t at = s->at;
    plan(s, err);
    if (s->conf.done)
        s->conf.done(s->conf.context, at, objects, missing, again, err);
}

static void on_taken(void *context, size_t objects, size_t missing, const struct err *err)
{
    struct snapshot_schedule *s = context;
    s->snapshot = NULL;
    settle(s, objects, missing, false, err);
}

static void on_times(void *context, const int64_t *times, size_t count, const struct err *err)
{
    struct snapshot_schedule *s = context;
    (void)times;
    s->op = NULL;
    if (err->kind || count) {
        settle(s, 0, 0, true, err);
        return;
    }
    struct snapshot_conf conf = s->conf.snapshot;
    conf.at = s->at;
    conf.events_from = s->at - s->conf.width;
    conf.context = s;
    conf.done = on_taken;
    s->snapshot = snapshot_start(&conf);
}

static void start(void *context)
{
    struct snapshot_schedule *s = context;
    int64_t now = now_of(s);
    if (!now) {
        loop_timer_set(s->timer, SOON_MS);
        return;
    }
    s->at = clock_align(now, s->conf.width);
    s->op = window_store_list_snapshots(s->conf.snapshot.store, s->at, s->at + 1, s, on_times);
}

struct snapshot_schedule *snapshot_schedule_start(const struct snapshot_schedule_conf *conf)
{
    struct snapshot_schedule *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->timer = loop_timer_new(conf->loop, start, s);
    loop_timer_set(s->timer, 0);
    return s;
}
