/* The collector's own figures, as Prometheus reads them (CONTRACT.md, "The collector's HTTP"). */
#ifndef COLLECT_METRICS_H
#define COLLECT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "collect/window_job.h"

struct metrics;
struct window_store;

enum metrics_source {
    METRICS_LOKI,
    METRICS_KUBERNETES,
    METRICS_PROMETHEUS,
    METRICS_STORE,
    METRICS_SOURCES
};
enum { METRICS_RULES = 256 }; /* told apart */

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m); /* NULL is allowed */

/* A window ended; `to` and `lines` count when it was stored. */
void metrics_window(struct metrics *m, const char *rule, enum window_job_result result, int64_t to,
                    uint64_t lines);
/* A source answered, or did not. One that was never told of is left out. */
void metrics_source(struct metrics *m, enum metrics_source source, bool up);
/* Loki's clock less ours, ns. Never told: left out. */
void metrics_clock(struct metrics *m, int64_t offset);
void metrics_leader(struct metrics *m, bool leads);
bool metrics_leads(const struct metrics *m);

/* Prometheus' text format. store NULL: without its figures. Reads /proc/self. */
void metrics_write(const struct metrics *m, const struct window_store *store, struct buf *out);

#endif
