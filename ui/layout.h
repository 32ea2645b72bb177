/*
 * Where panes stand. A layout is text (layouts.def, or ui.layout itself):
 *
 *     30 nodes:35 pods:65 / 26 windows|groups:60 charts:40 / 44 logs
 *
 * rows from top to bottom with their share of the height, panes from left to right with their share
 * of the width; panes joined by | stand in one place, the one that had the focus last is seen. A
 * pane of log lines stands alone in its row: a scrolling pane beside another costs a terminal
 * twelve times the bytes.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { LAYOUT_PLACES = 12, LAYOUT_SHARED = 4, LAYOUT_LEAST_WIDTH = 80, LAYOUT_LEAST_HEIGHT = 24 };

struct layout_place {
    size_t panes[LAYOUT_SHARED]; /* indices into pane_table */
    size_t count;
    int x, y, width, height; /* of the area that layout_make was given */
};

struct layout {
    struct layout_place places[LAYOUT_PLACES];
    size_t count;
};

/* Places the panes of the layout `name` (or of the text, when it holds a blank) in width × height
 * cells; between neighbours one column is left for a line. most[i], when it is not NULL: rows that
 * the pane i has a use for, its title counted, 0: any number; what a row of panes does not need the
 * others get. False and *err (ERR_CONFIG) when it is unknown or wrong. */
bool layout_make(struct layout *l, const char *name, int width, int height, const int *most,
                 struct err *err);

const char *layout_list(size_t i); /* the i-th name, or NULL */

/* The place of a pane, or NULL. */
const struct layout_place *layout_find(const struct layout *l, size_t pane);

#endif
