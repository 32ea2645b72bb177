/*
 * All lines of a span that one or several queries keep, exactly once, in one order: by time; at
 * equal times the query named first comes first, and its lines have the order of loki_extract. A
 * line that two queries keep comes twice. A flood of many streams is read in lanes. At most three
 * requests are under way, and memory is that of some pages, whatever the span.
 */
#ifndef SOURCE_LOKI_MERGE_H
#define SOURCE_LOKI_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"
#include "source/loki/loki.h"

enum { LOKI_MERGE_QUERIES = 8 };

struct loki_merge;

struct loki_merge_result { /* of one query */
    uint64_t lines, bytes; /* given out */
    int64_t reached;       /* everything before it (backward: at or after it) was given out, and
                              nothing else */
    struct err err;        /* why it went no further */
};

struct loki_merge_conf {
    const char *const *queries; /* log queries; copied */
    size_t count;               /* 1 to LOKI_MERGE_QUERIES */
    int64_t from, to;           /* [from, to), wall ns of the server */
    bool backward;     /* newest first: what one query has is the exact reverse of forward */
    int64_t limit;     /* of all lines together; 0: all */
    const char *label; /* by whose values streams are preferably put into lanes: that of the pod;
                          outlives it */
    uint64_t flood;    /* as the lines of loki_flood_new; 0: 50,000 */
    void *context;
    /* line and its text last until it returns, labels as long as they are held. It may free the
     * merge. */
    void (*line)(void *context, const struct line *line);
    /* Once, never from inside loki_merge_start; gone afterwards. A result for each query; truncated:
     * the limit ended it, and there was at least one line more. */
    void (*done)(void *context, const struct loki_merge_result *results, bool truncated);
};

struct loki_merge *loki_merge_start(struct loki *l, const struct loki_merge_conf *conf);
void loki_merge_free(struct loki_merge *m); /* cancels, without callbacks; NULL is allowed */
/* Everything before it (backward: at or after it) was given out: progress. */
int64_t loki_merge_reached(const struct loki_merge *m);

#endif
