/*
 * Loki's own count of a query's lines, or of those that differ, over any span: in parts, as long as
 * the server takes them, some of them counted side by side.
 */
#ifndef SOURCE_LOKI_TALLY_H
#define SOURCE_LOKI_TALLY_H

#include <stdint.h>

#include "base/err.h"
#include "source/loki/loki.h"

struct loki_tally;

/* As loki_count, from and to being whole milliseconds; tried again after errors that may pass.
 * `done` once, never from inside the call, gone afterwards. */
struct loki_tally *
loki_tally_start(struct loki *l, const char *query, int64_t from, int64_t to,
                 void (*done)(void *context, uint64_t count, const struct err *err), void *context);
/* As loki_count_distinct; about so many lines are to be expected. */
struct loki_tally *
loki_tally_distinct(struct loki *l, const char *query, int64_t from, int64_t to, uint64_t lines,
                    void (*done)(void *context, uint64_t count, const struct err *err),
                    void *context);
void loki_tally_free(struct loki_tally *t); /* cancels, without callbacks; NULL is allowed */

#endif
