/*
 * Counts what a follow has shown again later: each finished minute after 1, 10 and 60 minutes, and
 * spans in which the server was away. Where Loki has more lines than were shown, they are read
 * again and the missing ones given out, as late ones. What can't be counted or told apart is said.
 */
#ifndef SOURCE_LOKI_RECHECK_H
#define SOURCE_LOKI_RECHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/line.h"
#include "source/loki/loki.h"
#include "source/loki/loki_ledger.h"

struct loki_recheck;

struct loki_recheck_conf {
    const char *query;
    struct loki_ledger *ledger; /* what was shown; late lines are noted there */
    int64_t since;              /* nothing before it is checked */
    void *context;
    void (*line)(void *context,
                 const struct line *line); /* late lines, and LINE_NOTICE for what happened */
};
struct loki_recheck *loki_recheck_new(struct loki *l, const struct loki_recheck_conf *conf);
void loki_recheck_free(struct loki_recheck *r); /* NULL is allowed; also from `line` */
void loki_recheck_pause(struct loki_recheck *r, bool pause);

/* Everything before `time` has been shown: its minutes are due in their turn. */
void loki_recheck_shown(struct loki_recheck *r, int64_t time);
/* One further check of [from, to), some seconds after `to`, when it has been shown: the server was
 * away. */
void loki_recheck_span(struct loki_recheck *r, int64_t from, int64_t to);
/* Whether the minute in which `time` lies was found whole once: a line that comes now is late. */
bool loki_recheck_is_late(const struct loki_recheck *r, int64_t time);

#endif
