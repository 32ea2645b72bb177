/*
 * Which lines of a follow have been given out: exactly for the seconds that are still being read
 * again, by a 32-bit print a line for older ones, so that late lines can be told from known ones;
 * and how many. Bounded in bytes, but for the prints of the seconds that are still being read: the
 * oldest seconds lose their prints first, and what has no prints any more can only be counted.
 */
#ifndef SOURCE_LOKI_LEDGER_H
#define SOURCE_LOKI_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/line.h"

struct loki_ledger;

struct loki_ledger *loki_ledger_new(size_t max_bytes);
void loki_ledger_free(struct loki_ledger *l); /* NULL is allowed */

enum loki_ledger_answer {
    LOKI_LEDGER_NEW,   /* noted; it was not there */
    LOKI_LEDGER_KNOWN, /* it was given out before */
    LOKI_LEDGER_LOST,  /* nobody knows: its second has lost its prints, or lies before the ledger's
                          begin */
};
/* Notes a line by its labels, time and text. */
enum loki_ledger_answer loki_ledger_add(struct loki_ledger *l, const struct line *line);

/* Seconds before `time` are not read again each time: they are kept as prints from now on. */
void loki_ledger_settle(struct loki_ledger *l, int64_t time);
/* Forgets everything before `time`. */
void loki_ledger_forget(struct loki_ledger *l, int64_t time);

/* How many lines were noted in [from, to), whole seconds (forgotten ones are not counted). */
uint64_t loki_ledger_count(const struct loki_ledger *l, int64_t from, int64_t to);
/* Whether all of [from, to) can still be told apart. */
bool loki_ledger_knows(const struct loki_ledger *l, int64_t from, int64_t to);
size_t loki_ledger_bytes(const struct loki_ledger *l);

#endif
