/* Charts in rows of cells: one series as vertical bars, or as a line among others. */
#ifndef UI_CHART_H
#define UI_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "ui/draw.h"

/* Draws `count` values (NaN: a gap) over the whole area, `top` being its upper edge; what is higher is
 * cut off. */
void chart_draw(const struct draw_area *a, enum theme_role role, const double *values, size_t count,
                double top);

/* Draws a line through the values, `low` and `high` being the edges of the area; what lies outside is
 * drawn at them, NaN leaves a gap. Draw the one that is to be on top last. */
void chart_line(const struct draw_area *a, enum theme_role role, const double *values, size_t count,
                double low, double high);

/* The next round number (1, 2, 2.5, 5 times a power of ten) at or above a positive value. */
double chart_round(double value);

/* The axis below charts: a line with the times of both ends, and a mark at `moment` (0: none). */
void chart_axis(const struct draw_area *line, int64_t from, int64_t to, int64_t moment);

#endif
