/*
 * The lines of a span that one or several queries keep, in one order by time; at equal times the query
 * named first comes first. A line that two queries keep comes twice. Memory is that of the pages in
 * flight and some hundred lines a query.
 */
#ifndef CMD_LOGS_RANGE_H
#define CMD_LOGS_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"
#include "source/loki.h"

enum { LOGS_RANGE_QUERIES = 8 };

struct logs_range;

struct logs_range_conf {
    struct loki *loki;
    const char *const *queries; /* must outlive it */
    size_t count;               /* 1 to LOGS_RANGE_QUERIES */
    int64_t from, to;           /* [from, to) */
    int64_t limit;              /* of all lines together; 0: none, then Loki's count proves them */
    bool backward;
    void *context;
    void (*line)(void *context, const struct line *line);
    /* Once. ERR_AWAY when a query's lines are known to be incomplete. */
    void (*done)(void *context, const struct err *err);
};

struct logs_range *logs_range_start(const struct logs_range_conf *conf); /* never NULL */
void logs_range_free(
    struct logs_range *r); /* cancels; NULL is allowed; not from `line` or `done` */
/* Everything before it (backward: at or after it) was given out. */
int64_t logs_range_reached(const struct logs_range *r);

#endif
