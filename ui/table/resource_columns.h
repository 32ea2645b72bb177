/*
 * The columns of any kind, for a resource table: what kubectl prints first, in its order, then what
 * it prints in wide output, as wide as the rows need. Widths only grow while a kind is shown, so that
 * columns do not jump.
 */
#ifndef UI_RESOURCE_COLUMNS_H
#define UI_RESOURCE_COLUMNS_H

#include "ui/table/resource_table.h"

struct resource_columns {
    const struct kind *kind;
    struct resource_table_column list[RESOURCE_TABLE_COLUMNS];
    int cells[RESOURCE_TABLE_COLUMNS];  /* of the kind's, or -1 */
    int widest[RESOURCE_TABLE_COLUMNS]; /* columns of the longest text so far */
    size_t count;
    int core;          /* the highest rank of what kubectl prints without being asked for more */
    uint64_t measured; /* objects_changes that the widths are of */
};

void resource_columns_make(struct resource_columns *c, const struct kind *kind);
/* Takes over what rows there are now. */
void resource_columns_measure(struct resource_columns *c, const struct objects *t, int64_t now);

#endif
