/* A grid of character cells: what panes draw into (through ui/draw.h) and what a screen shows. */
#ifndef UI_CELLS_H
#define UI_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/theme.h"

enum { CELLS_TEXT = 20 }; /* bytes of one grapheme cluster; of a longer one the first code points */

struct cells_cell {
    char text[CELLS_TEXT];
    uint8_t n;     /* bytes of text; 0: the right half of a wide character */
    uint8_t width; /* columns: 1 or 2 */
    uint8_t role;  /* enum theme_role */
    uint8_t over;  /* a role laid over it (cursor row, search hit), or ROLE_TEXT for none */
};

struct cells {
    int width, height;
    struct cells_cell *list;
    bool plain_glyphs;      /* borders, bars and marks in ASCII */
    bool ascii;             /* the locale is not UTF-8: nothing but ASCII may be shown */
    int cursor_x, cursor_y; /* where the terminal's cursor stands; x < 0: hidden */
};

void cells_init(struct cells *c);
void cells_free(struct cells *c);
/* Gives the grid a size (each side cut to 1 … 1,000) and clears it. */
void cells_resize(struct cells *c, int width, int height);
void cells_clear(struct cells *c);

/* Puts one safe cluster; outside the grid it is passed over. Halves of wide characters that it cuts
 * become blanks; a wide one in the last column too. */
void cells_put(struct cells *c, int x, int y, const char *text, size_t n, int width,
               enum theme_role role);
/* Lays a role over `width` cells. */
void cells_over(struct cells *c, int x, int y, int width, enum theme_role over);

struct cells_cell *cells_at(const struct cells *c, int x, int y); /* NULL outside */

#endif
