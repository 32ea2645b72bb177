/* The state of an upstream as every pane's title shows it. DESIGN.md calls an upstream a source. */
#ifndef MODEL_UPSTREAM_H
#define MODEL_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum upstream_state {
    UPSTREAM_OFF,        /* not configured, or nothing of the kind is in the cluster */
    UPSTREAM_CONNECTING, /* asked, nothing has come yet */
    UPSTREAM_LIVE,
    UPSTREAM_SNAPSHOT, /* what is shown was stored at `since`: all there is to have */
    UPSTREAM_STALE,    /* was live until `since`; what is shown is as of then; we try again */
    UPSTREAM_DENIED,   /* err says what is missing */
    UPSTREAM_FAILED,   /* never was live; err says why; we try again at next_try */
};

struct upstream {
    enum upstream_state state;
    int64_t since; /* wall ns: when this state began (STALE: when data last came; SNAPSHOT: of when
                         it is) */
    int64_t data;  /* wall ns: when data last came; 0: never */
    int64_t next_try; /* monotonic ns, 0: none is planned */
    int each_s;       /* LIVE of what cannot be followed: s from look to look; 0: followed */
    struct err err;   /* the last failure; kind ERR_NONE while live */
    uint64_t changes; /* counts transitions, and new reasons of a failure: cheap to compare */
};

/* No effect when it was live: stale stays stale until data comes; none either when it failed because
 * the server is away: that stays said until it answers. */
void upstream_connecting(struct upstream *u);

/* Call it whenever data (or a bookmark, a heartbeat) has come. */
void upstream_live(struct upstream *u);

/* Data has come that was taken at that time: so old it is, and stays when nothing more comes. */
void upstream_snapshot(struct upstream *u, int64_t taken);

/* It is known to have been there at `when` (wall ns), though nothing came: counts while live. */
void upstream_seen(struct upstream *u, int64_t when);

/* ERR_DENIED becomes DENIED, ERR_OFF what never was live OFF; else what was ever live becomes STALE
 * since its last data, the rest FAILED. next_try as above. */
void upstream_failed(struct upstream *u, const struct err *err, int64_t next_try);

/* "off", "live", "live each 20s", "connecting", "stale 3m", "denied: …", "stale 3m, denied: …" (what
 * was seen before), "failed: … (again in 4s)". `now` is wall ns. Foreign text in it is not made safe
 * here. Returns out. */
char *upstream_text(const struct upstream *u, int64_t now, char *out, size_t size);
/* Has it answered, one way or the other? `--once` waits for this. */
bool upstream_settled(const struct upstream *u);

#endif
