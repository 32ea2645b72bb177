/* A chart of one series in a few rows of vertical bars. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "ui/draw.h"

/* Draws `count` values (NaN: a gap) over the whole area, `top` being its upper edge; what is higher is
 * cut off. */
void chart_draw(const struct draw_area *a, enum theme_role role, const double *values, size_t count,
                double top);

/* The axis below charts: a line with the times of both ends, and a mark at `moment` (0: none). */
void chart_axis(const struct draw_area *line, int64_t from, int64_t to, int64_t moment);

#endif
