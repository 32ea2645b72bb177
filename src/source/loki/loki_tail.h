/*
 * Loki's tail WebSocket for one query: lines at once, but not all of them (it loses lines without a
 * word when a push holds more than about six matching streams), and for an hour at most. For the
 * first paint only: the truth is loki_follow.h's polling.
 */
#ifndef SOURCE_LOKI_TAIL_H
#define SOURCE_LOKI_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/line.h"
#include "source/loki/loki.h"

struct loki_tail;

enum loki_tail_end {
    LOKI_TAIL_AGAIN,   /* the hour is over, the server stopped, the network broke, a message was not
                          understood: open another */
    LOKI_TAIL_FULL,    /* ten tails a tenant are open: not before some minutes */
    LOKI_TAIL_REFUSED, /* the query or the credentials: never */
};

struct loki_tail_conf {
    const char *query; /* must have passed loki_check: a bad regular expression gives a tail that is
                          silent for ever */
    void *context;
    void (*opened)(void *context); /* may be NULL */
    void (*line)(void *context,
                 const struct line *line);        /* valid until it returns; in order of arrival */
    void (*dropped)(void *context, size_t lines); /* Loki says that it lost so many for us, some
                                                     minutes' worth at most. May be NULL */
    void (*closed)(void *context, enum loki_tail_end end,
                   const struct err *err); /* once; the tail is gone afterwards */
};

struct loki_tail *
loki_tail_open(struct loki *l,
               const struct loki_tail_conf *conf); /* from the server's now on, no history */
void loki_tail_close(struct loki_tail *t);         /* no callback any more; NULL is allowed */

#endif
