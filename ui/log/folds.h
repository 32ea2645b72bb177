/*
 * Stack traces folded under their first line, by the rule of the grouping
 * (triage/grouping/continuation.h): a line that continues the one before it in its stream is not
 * shown unless its head was unfolded.
 */
#ifndef UI_FOLDS_H
#define UI_FOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/line.h"

enum { FOLDS_OPEN_MOST = 256 };

/* Says of line i, and of those of its stream between its head and it, whether each continues another.
 * Looks back over some thousand lines at most. */
void folds_tell(const struct lines *l, size_t i,
                void (*told)(void *context, size_t line, bool joined), void *context);
/* The first line of the trace that line i stands in; i itself when it is none's part. */
size_t folds_head(const struct lines *l, size_t i);

struct folds {
    uint64_t open[FOLDS_OPEN_MOST]; /* ids of heads; the oldest falls out */
    size_t count;
};
bool folds_is_open(const struct folds *f, uint64_t head);
void folds_turn(struct folds *f, uint64_t head);

#endif
