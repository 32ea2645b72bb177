/* How often a group came: over the windows up to the shown one, and in its minutes. */
#ifndef UI_TREND_DRAW_H
#define UI_TREND_DRAW_H

#include "ui/draw.h"
#include "ui/errors/group_rows.h"

/* A column or more a window, the shown one last; a dot where a window is not known. */
void trend_draw(const struct draw_area *line, int x, int width, const struct group_rows_row *row,
                const struct pasts *pasts);
void trend_draw_minutes(const struct draw_area *line, int x, int width, const struct group *g);

#endif
