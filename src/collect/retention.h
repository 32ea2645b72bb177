/* What is older than collector.retain goes: once a day, whole days of raw lines, windows and
 * snapshots, and what killed writers left behind. The catalogue stays: its ids are for ever. */
#ifndef COLLECT_RETENTION_H
#define COLLECT_RETENTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct retention;
struct window_store;

enum retention_kind { RETENTION_RAW, RETENTION_PROCESSED, RETENTION_SNAPSHOTS, RETENTION_KINDS };

struct retention_conf {
    struct loop *loop;
    struct window_store *store;
    int64_t keep[RETENTION_KINDS]; /* ns; 0: for ever. Windows that may be due again must be kept */
    int64_t first_ms; /* until the first time; then once a day, after a failure once an hour */
    void *context;
    /* What time it is; NULL: by our own clock. */
    int64_t (*now)(void *context);
    /* After each time: objects that went, by kind; `left`: what killed writers had left. May be
     * NULL. */
    void (*done)(void *context, const size_t removed[RETENTION_KINDS], size_t left,
                 const struct err *err);
};

struct retention *retention_start(const struct retention_conf *conf);
void retention_free(struct retention *r); /* cancels; NULL is allowed */

#endif
