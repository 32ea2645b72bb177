/*
 * What `kubeboard logs` prints of a span: the lines of one or several queries as loki_merge gives
 * them, and the proof (loki_proof.h) that they are all, up to what may still arrive.
 */
#ifndef CMD_LOGS_RANGE_H
#define CMD_LOGS_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"

struct logs_range;

struct logs_range_conf {
    struct loki *loki;
    const char *const *queries; /* must outlive it */
    size_t count;               /* 1 to LOKI_MERGE_QUERIES */
    int64_t from, to;           /* [from, to) */
    int64_t limit;              /* of all lines together; 0: none, then Loki's count proves them */
    bool backward;
    void *context;
    void (*line)(void *context, const struct line *line);
    /* Loki counts so many lines more than there are: pushed again, and all of them were given. */
    void (*counted_again)(void *context, const char *query, uint64_t lines);
    /* Once. ERR_AWAY when a query's lines are known to be incomplete. */
    void (*done)(void *context, const struct err *err);
};

struct logs_range *logs_range_start(const struct logs_range_conf *conf); /* never NULL */
void logs_range_free(
    struct logs_range *r); /* cancels; NULL is allowed; not from `line` or `done` */
/* Everything before it (backward: at or after it) was given out. */
int64_t logs_range_reached(const struct logs_range *r);

#endif
