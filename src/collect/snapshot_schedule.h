/* A snapshot at each window's end. */
#ifndef COLLECT_SNAPSHOT_SCHEDULE_H
#define COLLECT_SNAPSHOT_SCHEDULE_H

#include "collect/snapshot.h"

struct loop;
struct snapshot_schedule;

struct snapshot_schedule_conf {
    struct loop *loop;
    struct snapshot_conf snapshot; /* at, events_from, context and done are the schedule's to set */
    int64_t width;                 /* of a window */
    bool once;                     /* the one of now, then `done` for the last time */
    void *context;
    /* What time it is; 0: not known yet, it is asked again soon. NULL: by our own clock. */
    int64_t (*now)(void *context);
    /* After each; err: it is tried again, until half of the window has passed. `again`: it was
     * stored already. May be NULL. */
    void (*done)(void *context, int64_t at, size_t objects, size_t missing, bool again,
                 const struct err *err);
};

/* Takes the one of the last window's end at once, when it is not stored. */
struct snapshot_schedule *snapshot_schedule_start(const struct snapshot_schedule_conf *conf);
void snapshot_schedule_free(struct snapshot_schedule *s); /* NULL is allowed */

#endif
