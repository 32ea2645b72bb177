#include "collect/duties.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/event_feed.h"
#include "collect/metrics.h"
#include "collect/snapshot_schedule.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "source/prometheus/prometheus.h"

enum { RETENTION_FIRST_MS = 60 * 1000, WATCH_MS = 60 * 1000, NUMBER = 32 };
#define CLOCK_DIFFERS (30 * CLOCK_SECOND)
#define STANDSTILL CLOCK_HOUR /* a window of a million lines needs a minute */

struct duties {
    struct duties_conf conf;
    struct collector *collector;
    struct snapshot_schedule *snapshots;
    struct event_feed *events;
    struct retention *retention;
    struct loop_timer *watch;
    int64_t offset; /* Loki's clock less ours, as told last */
    int64_t moved;  /* monotonic: when a window or a round ended last */
    bool rounds_done, snapshots_done, incomplete, partly, still;
    struct err err;
};

static const char *number(char text[NUMBER], uint64_t n)
{
    snprintf(text, NUMBER, "%llu", (unsigned long long)n);
    return text;
}

/* ---- once ---- */

static void maybe_done(struct duties *d)
{
    if (d->conf.collector.once && d->rounds_done && d->snapshots_done)
        d->conf.done(d->conf.context, d->incomplete, d->partly, &d->err);
}

/* ---- windows ---- */

static void on_window(void *context, const struct rule *rule, int64_t from,
                      enum window_job_result result, const struct window *w, const struct err *err)
{
    static const char *const results[] = {
        [WINDOW_JOB_STORED] = "stored", [WINDOW_JOB_KEPT] = "kept", [WINDOW_JOB_FAILED] = "failed"};
    struct duties *d = context;
    char time[CLOCK_TEXT], lines[NUMBER], groups[NUMBER], why[1024];
    const char *complete = !w ? NULL : w->complete ? "true" : "false";
    clock_rfc3339(from, false, time);
    d->moved = clock_monotonic();
    if (result == WINDOW_JOB_FAILED)
        log_event(LOG_ERROR, "window failed", "rule", rule->name, "from", time, "error",
                  err_line(err, why, sizeof why), NULL);
    else
        log_event(LOG_INFO, "window done", "rule", rule->name, "from", time, "result",
                  results[result], "lines", number(lines, w ? w->lines : 0), "groups",
                  number(groups, w ? w->group_count : 0), "complete", complete, NULL);
    metrics_window(d->conf.metrics, rule->name, result, w ? w->to : 0, w ? w->lines : 0);
    d->incomplete |= result == WINDOW_JOB_FAILED || (w && !w->complete && !w->truncated);
}

/* Windows go by Loki's clock whatever ours says; whoever reads logs and metrics should know. */
static void tell_of_clock(struct duties *d)
{
    int64_t offset = loki_clock_offset(d->conf.collector.loki);
    char seconds[NUMBER];
    bool differs = llabs(offset) >= CLOCK_DIFFERS, differed = llabs(d->offset) >= CLOCK_DIFFERS;
    metrics_clock(d->conf.metrics, offset);
    snprintf(seconds, sizeof seconds, "%lld", (long long)(offset / CLOCK_SECOND));
    if (differs && llabs(offset - d->offset) >= CLOCK_DIFFERS)
        log_event(LOG_WARN, "our clock is not Loki's: windows and snapshots go by Loki's",
                  "loki_ahead_seconds", seconds, NULL);
    else if (differed && !differs)
        log_event(LOG_INFO, "our clock is Loki's again", NULL);
    d->offset = offset;
}

static void on_round(void *context, const struct collector_round *round, const struct err *err)
{
    struct duties *d = context;
    char stored[NUMBER], kept[NUMBER], failed[NUMBER];
    d->moved = clock_monotonic();
    if (err->kind)
        log_err(LOG_ERROR, "round broke off", err);
    log_event(LOG_INFO, "round done", "stored", number(stored, round->stored), "kept",
              number(kept, round->kept), "failed", number(failed, round->failed), NULL);
    if (d->conf.collector.loki) {
        metrics_source(d->conf.metrics, METRICS_LOKI,
                       loki_upstream(d->conf.collector.loki)->state == UPSTREAM_LIVE);
        tell_of_clock(d);
    }
    d->rounds_done = true;
    d->err = *err;
    maybe_done(d);
}

/* ---- the others ---- */

static void on_snapshot(void *context, int64_t at, size_t objects, size_t missing, bool again,
                        const struct err *err)
{
    struct duties *d = context;
    char time[CLOCK_TEXT], count[NUMBER], lacks[NUMBER];
    clock_rfc3339(at, false, time);
    if (err->kind)
        log_err(LOG_ERROR, "snapshot failed", err);
    else if (!again)
        log_event(LOG_INFO, "snapshot done", "at", time, "objects", number(count, objects),
                  "missing", number(lacks, missing), NULL);
    if (!again)
        metrics_source(d->conf.metrics, METRICS_KUBERNETES, err->kind == ERR_NONE);
    if (!again && d->conf.prometheus)
        metrics_source(d->conf.metrics, METRICS_PROMETHEUS,
                       prometheus_upstream(d->conf.prometheus)->state == UPSTREAM_LIVE);
    d->snapshots_done = true;
    d->partly |= err->kind != ERR_NONE;
    maybe_done(d);
}

static void on_retention(void *context, const size_t removed[RETENTION_KINDS], size_t left,
                         const struct err *err)
{
    char raw[NUMBER], windows[NUMBER], snapshots[NUMBER], leftovers[NUMBER];
    (void)context;
    if (err->kind)
        log_err(LOG_ERROR, "retention broke off", err);
    log_event(LOG_INFO, "retention done", "raw", number(raw, removed[RETENTION_RAW]), "processed",
              number(windows, removed[RETENTION_PROCESSED]), "snapshots",
              number(snapshots, removed[RETENTION_SNAPSHOTS]), "leftovers", number(leftovers, left),
              NULL);
}

static void watch(void *context)
{
    struct duties *d = context;
    bool still = clock_monotonic() - d->moved > STANDSTILL + 2 * d->conf.collector.width;
    if (still != d->still && d->conf.health)
        d->conf.health(d->conf.context, still ? "the collector has stood still for an hour" : NULL);
    d->still = still;
    loop_timer_set(d->watch, WATCH_MS);
}

/* ---- start ---- */

/* The clock of the lines, so that windows and snapshots fit, and none is of the future. */
static int64_t servers_now(void *context)
{
    const struct duties *d = context;
    struct loki *loki = d->conf.collector.loki;
    if (loki && loki_upstream(loki)->state == UPSTREAM_CONNECTING)
        return 0;
    return loki ? loki_now(loki) : clock_now();
}

static void start_snapshots(struct duties *d)
{
    const struct duties_conf *c = &d->conf;
    struct snapshot_schedule_conf conf = {.loop = c->collector.loop,
                                          .snapshot = {.client = c->client,
                                                       .prometheus = c->prometheus,
                                                       .store = c->collector.store,
                                                       .redactor = c->collector.redactor},
                                          .width = c->collector.width,
                                          .once = c->collector.once,
                                          .context = d,
                                          .now = servers_now,
                                          .done = on_snapshot};
    d->snapshots = snapshot_schedule_start(&conf);
}

static void start_events(struct duties *d)
{
    const struct duties_conf *c = &d->conf;
    bool loki = c->events == DUTIES_EVENTS_LOKI;
    struct event_feed_conf conf = {.loop = c->collector.loop,
                                   .client = c->client,
                                   .store = c->collector.store,
                                   .redactor = c->collector.redactor,
                                   .loki = loki ? c->collector.loki : NULL,
                                   .context = c->context,
                                   .write = c->write};
    if (!loki || c->collector.loki)
        d->events = event_feed_start(&conf);
}

/* A clock of ours that jumped ahead must not cost what is kept: the earlier of ours and Loki's. */
static int64_t careful_now(void *context)
{
    const struct duties *d = context;
    int64_t ours = clock_now();
    int64_t servers = d->conf.collector.loki ? loki_now(d->conf.collector.loki) : ours;
    return servers < ours ? servers : ours;
}

static void start_retention(struct duties *d)
{
    struct retention_conf conf = {.loop = d->conf.collector.loop,
                                  .now = careful_now,
                                  .store = d->conf.collector.store,
                                  .first_ms = RETENTION_FIRST_MS,
                                  .context = d,
                                  .done = on_retention};
    for (int i = 0; i < RETENTION_KINDS; i++)
        conf.keep[i] = d->conf.keep[i];
    /* A window that went before it was due no more would be done again. */
    int64_t due = d->conf.collector.catch_up + CLOCK_DAY;
    if (conf.keep[RETENTION_PROCESSED] < due)
        conf.keep[RETENTION_PROCESSED] = due;
    d->retention = retention_start(&conf);
}

struct duties *duties_start(const struct duties_conf *conf)
{
    struct duties *d = mem_alloc(sizeof *d);
    bool once = conf->collector.once;
    d->conf = *conf;
    d->conf.collector.context = d;
    d->conf.collector.window_done = on_window;
    d->conf.collector.round_done = on_round;
    d->moved = clock_monotonic();
    d->watch = loop_timer_new(conf->collector.loop, watch, d);
    d->collector = collector_start(&d->conf.collector);
    d->snapshots_done = !conf->client || !conf->snapshots;
    if (!d->snapshots_done)
        start_snapshots(d);
    if (once)
        return d;
    if (conf->client && conf->events != DUTIES_EVENTS_OFF)
        start_events(d);
    start_retention(d);
    loop_timer_set(d->watch, WATCH_MS);
    return d;
}

void duties_free(struct duties *d)
{
    if (!d)
        return;
    collector_free(d->collector);
    snapshot_schedule_free(d->snapshots);
    event_feed_free(d->events);
    retention_free(d->retention);
    loop_timer_free(d->watch);
    free(d);
}
