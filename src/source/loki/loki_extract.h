/*
 * All lines of a span, exactly once, in order, however many share a nanosecond; some requests in
 * flight at a time. Lines go out as they come: memory is that of the pages held, whatever the span.
 * That they are all is proved by Loki's own count (loki_tally.h).
 */
#ifndef SOURCE_LOKI_EXTRACT_H
#define SOURCE_LOKI_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"
#include "source/loki/loki.h"

struct loki_extract;

struct loki_extract_result {
    uint64_t lines;  /* given out */
    uint64_t bytes;  /* of their text */
    bool truncated;  /* the limit ended it, and there was at least one line more */
    int64_t reached; /* everything before it (backward: at or after it) was given out, and nothing
                         else: where to go on after an error */
    uint32_t requests;
    /* Of the last lines in Loki's JSON, and the longest answer (ns): the next extract's hints. */
    double line_bytes;
    int64_t slowest;
};

struct loki_extract_conf {
    const char *query; /* a log query */
    int64_t from, to;  /* [from, to), wall ns of the server */
    bool backward;     /* newest first: the exact reverse of forward */
    int64_t limit;     /* lines at most; 0: all */
    int in_flight;     /* requests at a time, 1 to 3; 0: 2 */
    size_t max_held; /* bytes of pages that wait for their turn; 0: 12 MiB. The one being given out
                        is not counted */
    double expect;   /* lines a second that are expected; 0: unknown. Saves a request over the whole
                        span */
    /* line_bytes and slowest of an extract of the same query; 0: unknown. They save a first page of
     * few lines, and tell a slow server from one that chokes on a page that is too large. */
    double expect_bytes;
    int64_t expect_slowest;
    size_t page_bytes; /* of Loki's JSON that a page aims at; 0: 2 MiB */
    int retries; /* tries again of one request after transient errors (with backoff); 0: 4; -1:
                  * none. A server that never answered anything is not tried again */
    void *context;
    /* In (time, labels as text, order of the push) order; where a server shuffles (loki_shuffles),
     * more than 12 lines of a stream on one nanosecond by their text instead of the push. line and
     * its text last until it returns, labels as long as they are held. It may pause or free the
     * extract. */
    void (*line)(void *context, const struct line *line);
    /* Instead of `line`, for who takes the lines himself and says when to ask: something has come.
     * He may do all that is below in it. */
    void (*changed)(void *context);
    /* The end, exactly once, never from inside loki_extract_start; the extract is gone afterwards.
     * err is never NULL. An error behind some lines: result says how far it came. */
    void (*done)(void *context, const struct loki_extract_result *result, const struct err *err);
};

struct loki_extract *
loki_extract_start(struct loki *l, const struct loki_extract_conf *conf); /* copies; never NULL */
/* Back pressure: no line is given out while paused, and requests stop when enough is held. Resuming
 * never calls back at once. */
void loki_extract_pause(struct loki_extract *x, bool pause);
void loki_extract_free(struct loki_extract *x); /* cancels, without callbacks; NULL is allowed */
int64_t loki_extract_reached(const struct loki_extract *x); /* as in the result, so far: progress */

/* With `changed`: the next line, valid until another is taken or the extract freed. False: it has not
 * come yet, or there is none. */
bool loki_extract_head(struct loki_extract *x, struct line *line);
void loki_extract_take(struct loki_extract *x, const struct line *line); /* the head */
/* Where the next request would begin (backward: end). False: it has none to send now. */
bool loki_extract_wants(const struct loki_extract *x, int64_t *time);
void loki_extract_ask(struct loki_extract *x);          /* sends it; it must want to */
int loki_extract_asking(const struct loki_extract *x);  /* requests under way */
size_t loki_extract_held(const struct loki_extract *x); /* bytes of pages that wait */

#endif
