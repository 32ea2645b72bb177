/* The error groups that the scope shows: of the chosen window, else of the open ones. */
#ifndef UI_GROUP_ROWS_H
#define UI_GROUP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "ui/order.h"

struct group_rows_row {
    const struct window *window;
    const struct group *group;
    uint64_t count; /* of the scope: of the chosen pod, node or namespace, else all */
};

enum { GROUP_ROWS_BY_COUNT, GROUP_ROWS_BY_FIRST, GROUP_ROWS_BY_LEVEL, GROUP_ROWS_SORTS };

/* All zero is an empty one. */
struct group_rows {
    struct group_rows_row *list; /* pointers into the model: built anew before each use */
    size_t count, cap;
    size_t all; /* groups without regard to pod, node and namespace */
    uint64_t hash;
    bool open; /* they are of open windows */
};

void group_rows_free(struct group_rows *g);
void group_rows_build(struct group_rows *g, const struct model *m);

/* For a list over a struct group_rows, sorted by GROUP_ROWS_BY_…. */
extern const struct order_source group_rows_source;

#endif
