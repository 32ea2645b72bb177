/* The error groups that the scope shows, of the chosen window, else of the open ones (a group of
 * several rules once, as the rule has it that counts most lines of it), each with its
 * badge; behind them those that the window before had and this one has not. */
#ifndef UI_GROUP_ROWS_H
#define UI_GROUP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "triage/badge.h"
#include "ui/table/order.h"

struct group_rows_row {
    const struct window *window;
    const struct group *group; /* NULL: it has gone */
    uint64_t id;
    const char *text; /* the template */
    enum level level;
    enum badge badge;
    uint64_t count; /* of the scope: of the chosen pod, node or namespace, else all; of a group that
                       has gone: in the window before */
};

enum {
    GROUP_ROWS_BY_COUNT,
    GROUP_ROWS_BY_BADGE,
    GROUP_ROWS_BY_FIRST,
    GROUP_ROWS_BY_LEVEL,
    GROUP_ROWS_SORTS
};

/* All zero is an empty one. */
struct group_rows {
    struct group_rows_row *list; /* pointers into the model: built anew before each use */
    size_t count, cap;
    size_t all;  /* groups without regard to pod, node and namespace */
    size_t gone; /* of `count` */
    uint64_t hash;
    bool open;     /* they are of open windows */
    bool reversed; /* set by the pane: the list is shown so; what has gone stays at its end */
};

void group_rows_free(struct group_rows *g);
void group_rows_build(struct group_rows *g, const struct model *m);

/* The row of that group, NULL: none. */
const struct group_rows_row *group_rows_find(const struct group_rows *g, uint64_t id);

/* For a list over a struct group_rows, sorted by GROUP_ROWS_BY_…. */
extern const struct order_source group_rows_source;

#endif
