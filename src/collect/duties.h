/* What the one collector that writes does: windows, snapshots, events, retention; and what it says
 * of them in the log and in its figures. */
#ifndef COLLECT_DUTIES_H
#define COLLECT_DUTIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "collect/collector.h"
#include "collect/retention.h"

struct client;
struct duties;
struct metrics;
struct prometheus;

enum duties_events { DUTIES_EVENTS_LOKI, DUTIES_EVENTS_WRITTEN, DUTIES_EVENTS_OFF };

struct duties_conf {
    struct collector_conf collector; /* context and callbacks are the duties' to set */
    struct client *client;           /* NULL: no snapshots and no events */
    struct prometheus *prometheus;   /* NULL: snapshots without usage */
    bool snapshots;
    enum duties_events events;
    int64_t keep[RETENTION_KINDS]; /* ns */
    struct metrics *metrics;
    void *context;
    void (*write)(void *context, struct str line); /* DUTIES_EVENTS_WRITTEN: an event */
    /* With collector.once: all is done that was due. `incomplete`: a window failed or is known to
     * lack lines; `partly`: a snapshot failed. Else never. */
    void (*done)(void *context, bool incomplete, bool partly, const struct err *err);
    /* The collector stands still (why), or no more (NULL). May be NULL. */
    void (*health)(void *context, const char *why);
};

/* Everything that conf points to must outlive it. Never calls back from inside. */
struct duties *duties_start(const struct duties_conf *conf);
void duties_free(struct duties *d); /* cancels what runs; NULL is allowed */

#endif
