/*
 * Which lines a follow has given out: exactly for the last seconds, which every poll reads again,
 * and by minute for the last hour, so that late lines can be told from those that were shown.
 * Bounded: what is forgotten first is said.
 */
#ifndef SOURCE_LOKI_SEEN_H
#define SOURCE_LOKI_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/line.h"

struct loki_seen;

enum {
    LOKI_SEEN_HASHES = 1000000
}; /* remembered for the minutes, eight bytes each; the oldest minute goes first */

/* Lines before `from` are none of ours: the minutes begin with the first whole one. */
struct loki_seen *loki_seen_new(int64_t from);
void loki_seen_free(struct loki_seen *s); /* NULL is allowed */

/* Notes the line; false when it was noted before (same stream, time and text). */
bool loki_seen_add(struct loki_seen *s, const struct line *line);
/* The exact memory of lines before `time` may go: no poll reads them again. The minutes stay. */
void loki_seen_forget(struct loki_seen *s, int64_t time);

/* A finished minute whose lines are to be counted again at `now`: 1, 10 and 60 minutes after its
 * end. */
struct loki_seen_minute {
    int64_t start;
    uint64_t lines; /* given out */
    bool known;     /* which ones is known too */
};
bool loki_seen_due(struct loki_seen *s, int64_t now, struct loki_seen_minute *out);
void loki_seen_counted(struct loki_seen *s,
                       int64_t start); /* this count was taken: the next is due later */
/* A known minute is about to be read again, once: then loki_seen_add_late for each of its lines,
 * which notes it, or is false when it was given out before. */
void loki_seen_late(struct loki_seen *s, int64_t start);
bool loki_seen_add_late(struct loki_seen *s, const struct line *line);
/* The lines of a minute whose lines are not known are `lines` now: it is not asked for again for
 * these. */
void loki_seen_set(struct loki_seen *s, int64_t start, uint64_t lines);

size_t loki_seen_bytes(const struct loki_seen *s);

#endif
