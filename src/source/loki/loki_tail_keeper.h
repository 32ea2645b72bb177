/*
 * A tail (loki_tail.h) for as long as it shows all: it is opened while few streams match the query,
 * closed when there are more, and opened again when it ends.
 */
#ifndef SOURCE_LOKI_TAIL_KEEPER_H
#define SOURCE_LOKI_TAIL_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/labels.h"
#include "model/line.h"
#include "source/loki/loki.h"

struct loki_tail_keeper;

/* The keeper may be freed from inside each of these. */
struct loki_tail_keeper_conf {
    const char *query; /* as loki_tail_conf's; it must outlive the keeper */
    void *context;
    void (*line)(void *context, const struct line *line); /* of a stream that was seen, else it is
                                                             left to the polls */
    void (*dropped)(void *context, size_t lines);         /* as loki_tail_conf's */
    void (*changed)(void *context);                       /* it opened, or ended by itself */
};
struct loki_tail_keeper *loki_tail_keeper_new(struct loki *l,
                                              const struct loki_tail_keeper_conf *conf);
void loki_tail_keeper_free(struct loki_tail_keeper *k); /* NULL is allowed */

/* A poll brought a line of that stream. */
void loki_tail_keeper_see(struct loki_tail_keeper *k, const struct labels *stream);
/* Opens or closes the tail as the number of streams asks for: to be called after each poll. */
void loki_tail_keeper_choose(struct loki_tail_keeper *k);
bool loki_tail_keeper_is_open(const struct loki_tail_keeper *k); /* connected */

#endif
