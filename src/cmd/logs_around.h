/*
 * Lines with those about them: each match with some lines before and behind it from its own stream
 * (collect/around.h), all together in the order in which `logs` gives lines. Bounded: matches and
 * lines about them are held in memory, LOGS_AROUND_BYTES at most, and the context of a match reaches
 * LOGS_AROUND_MINUTES beyond the span at most. Beyond the bounds it ends with an error that says so,
 * after what it has.
 */
#ifndef CMD_LOGS_AROUND_H
#define CMD_LOGS_AROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"

enum { LOGS_AROUND_MOST = 1000, LOGS_AROUND_BYTES = 256 << 20, LOGS_AROUND_MINUTES = 10 };

struct logs_around;

struct logs_around_conf {
    struct loki *loki;
    int64_t from, to; /* of the matches */
    int lines;        /* before and behind each: 1 to LOGS_AROUND_MOST */
    bool backward;
    void *context;
    void (*line)(void *context, const struct line *line);
    void (*done)(void *context, const struct err *err); /* once */
};

struct logs_around *logs_around_new(const struct logs_around_conf *conf);
void logs_around_free(struct logs_around *a); /* cancels; NULL is allowed; not from `done` */

void logs_around_add(struct logs_around *a, const struct line *match);
/* After the last match; `err` is what came of asking for them, told at the end. May call `done` at
 * once. */
void logs_around_start(struct logs_around *a, const struct err *err);

#endif
