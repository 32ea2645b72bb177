/* The collector: rounds of due windows, each done in turn, oldest first. */
#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "collect/window_job.h"
#include "model/rule.h"
#include "model/window.h"

struct collector;
struct loki;
struct loop;
struct redactor;
struct window_store;

struct collector_round {
    size_t stored, kept, failed, incomplete; /* windows */
    uint64_t lines;
};

struct collector_conf {
    struct loop *loop;
    struct loki *loki;
    struct window_store *store;
    const char *cluster;
    const struct rule *rules; /* at least one */
    size_t rule_count;
    const struct rule_labels *labels;
    struct redactor *redactor; /* NULL: nothing is redacted */
    int64_t width, grace, catch_up;
    int64_t again_from,
        again_to;   /* do these windows again instead of what is due; both 0: what is due */
    bool force;     /* with again: even when fewer lines come */
    bool reprocess; /* the processed objects anew out of the raw ones; Loki is not asked (may be
                       NULL). Of again's span, or all */
    bool once; /* one round (that is tried three times where that may help), then `round_done` for
                       the last time */
    void *context;
    /* A window ended, one way or the other. May be NULL. */
    void (*window_done)(void *context, const struct rule *rule, int64_t from,
                        enum window_job_result result, const struct window *w,
                        const struct err *err);
    /* A round ended. err: it broke off (the store or Loki is away) and is tried again by itself,
     * unless `once`. May be NULL. */
    void (*round_done)(void *context, const struct collector_round *round, const struct err *err);
};

/* A window at which rounds break off so often and for so long is passed over until the others are
 * done. */
enum { COLLECTOR_STUCK_TIMES = 3 };
#define COLLECTOR_STUCK_SPAN (10 * INT64_C(60000000000))

/* Everything that conf points to must outlive it. Starts the first round at once; a running one
 * comes each `width`, `grace` behind the boundary. Never calls back from inside. */
struct collector *collector_start(const struct collector_conf *conf);
void collector_free(struct collector *c); /* cancels what runs; NULL is allowed */

#endif
