/*
 * All lines of a span, forward and exactly once, as loki_extract gives them, at less cost to Loki
 * where they are a flood of many streams: then they are read in lanes, each a part of the pods, and
 * merged.
 */
#ifndef SOURCE_LOKI_LANES_H
#define SOURCE_LOKI_LANES_H

#include "source/loki_extract.h"

struct loki_lanes;

struct loki_lanes_conf {
    const char *query; /* a log query */
    int64_t from, to;  /* [from, to), wall ns of the server */
    int64_t limit;     /* lines at most; 0: all */
    const char
        *label;     /* whose values say which lane a stream is in: that of the pod; outlives it */
    uint64_t flood; /* lines still to come from which on it pays; 0: 50,000 */
    void *context;
    /* As loki_extract_conf has them; `line` may free the lanes. */
    void (*line)(void *context, const struct line *line);
    void (*done)(void *context, const struct loki_extract_result *result, const struct err *err);
};

/* Copies the query; never NULL. Of the result it sets lines, bytes and truncated. */
struct loki_lanes *loki_lanes_start(struct loki *l, const struct loki_lanes_conf *conf);
void loki_lanes_free(struct loki_lanes *x); /* cancels, without callbacks; NULL is allowed */

#endif
