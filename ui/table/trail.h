/*
 * The way by which one came from pane to pane: Esc goes back along it. A step into a pane keeps what
 * was chosen before it, so that going back also widens the scope again.
 */
#ifndef UI_TRAIL_H
#define UI_TRAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/scope.h"

enum { TRAIL_DEPTH = 16 }; /* of more the oldest falls out */

struct trail_step {
    size_t from, to; /* panes; the same one when it shows something else */
    bool zoomed;     /* `from` was */
    struct scope before, after;
};

struct trail {
    struct trail_step list[TRAIL_DEPTH];
    size_t count;
};

void trail_push(struct trail *t, const struct trail_step *step);
const struct trail_step *trail_newest(const struct trail *t); /* NULL: none */
/* Takes the newest step; false: there is none. */
bool trail_pop(struct trail *t, struct trail_step *out);
/* Whether both are about the same namespace, node and workload. */
bool trail_same(const struct scope *a, const struct scope *b);

#endif
