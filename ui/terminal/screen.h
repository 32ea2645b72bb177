/* Where a grid of cells is shown: the terminal, or plain text. */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/terminal/cells.h"
#include "ui/theme.h"

struct screen {
    const char *name;
    /* Shows the grid; `to` is the implementer's: see its header. Never blocks but for a slow
     * terminal. */
    void (*show)(void *to, const struct cells *cells, const struct theme *theme);
};

#endif
