/*
 * A live query without loss: a range query each second, overlapping the last one, is the truth; the
 * tail WebSocket shows lines earlier when few streams match; finished minutes are counted again
 * after 1, 10 and 60 minutes and read again when they differ. Every line is given out once.
 */
#ifndef SOURCE_LOKI_FOLLOW_H
#define SOURCE_LOKI_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"
#include "model/upstream.h"
#include "source/loki/loki.h"

struct loki_follow;

enum loki_follow_lane {
    LOKI_FOLLOW_RANGE, /* reading what was before now */
    LOKI_FOLLOW_POLL,  /* a range query each second */
    LOKI_FOLLOW_TAIL,  /* that, and the tail before it */
};

struct loki_follow_state {
    struct upstream
        upstream; /* of this query: FAILED or DENIED with the server's text when it is refused */
    enum loki_follow_lane lane;
    const char *lane_name; /* "range", "poll", "tail+poll": for model_logs.lane */
    double per_second;     /* lines/s given out, of the last 10 s */
    int64_t lag; /* ns between the newest line's time and its arrival, median of the last polls; in
                    a poll that takes long, how far it is behind; -1 unknown */
    uint64_t lines, late, gaps; /* given out: all, the late ones among them, gap rows */
    uint64_t tail_lines;        /* of which the tail brought first */
};

struct loki_follow_conf {
    const char *query;
    int64_t since;   /* wall ns of the server: from there on; 0: from now. What was before now comes
                        first, in order */
    int interval_ms; /* between polls; 0: 1,000 */
    int patience_ms; /* without an answer a poll is given up for one over another connection; 0:
                        10,000. Twice as long each time, and more for a server that is slow */
    bool no_tail;
    void *context;
    /* Log lines, LINE_GAP (a span that could not be read for good; time: its start) and LINE_NOTICE
     * (a drop, a refill, a late block). Those of one poll are in time order; between polls a line
     * may be up to some seconds older than the one before. Valid until it returns; labels as long
     * as they are held. It may pause or stop the follow. */
    void (*line)(void *context, const struct line *line);
    /* When state or lane changed, and after each poll. May be NULL. A refused query (400) ends the
     * polling: state says FAILED with ERR_REFUSED and nothing more comes; all else is tried again
     * for ever, with backoff. */
    void (*changed)(void *context, const struct loki_follow_state *state);
};

struct loki_follow *
loki_follow_start(struct loki *l,
                  const struct loki_follow_conf *conf); /* never NULL; never calls back at once */
void loki_follow_pause(struct loki_follow *f,
                       bool pause);           /* back pressure; nothing is lost, it is read later */
void loki_follow_stop(struct loki_follow *f); /* frees it, without callbacks; NULL is allowed */
const struct loki_follow_state *loki_follow_state(const struct loki_follow *f);

#endif
