/*
 * How large the lines of a span are, asked of Loki without their text: where a page was too large,
 * so that the next ones are not cut by guess.
 */
#ifndef SOURCE_LOKI_SIZES_H
#define SOURCE_LOKI_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/loki/loki.h"

struct loki_sizes;

/* Asks for the sizes of a page's lines: the first of [from, to) in its direction, as many as the
 * server gives a page. `done` once, never from inside the call; known: they are. */
struct loki_sizes *loki_sizes_ask(struct loki *l, const char *query, int64_t from, int64_t to,
                                  bool backward, void (*done)(void *context, bool known),
                                  void *context);
/* Cancels what is under way; NULL is allowed. */
void loki_sizes_free(struct loki_sizes *s);
/* How many of the first lines of [from, to) hold at most `bytes` together: at least 1, INT_MAX when
 * all do; 0 when the span begins (backward: ends) where no sizes are known. */
int loki_sizes_fit(const struct loki_sizes *s, int64_t from, int64_t to, size_t bytes);

#endif
