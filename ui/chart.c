#include "ui/chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/spark.h"

enum { TIME_WIDTH = 5 };

void chart_draw(const struct draw_area *a, enum theme_role role, const double *values, size_t count,
                double top)
{
    if (a->width <= 0 || a->height <= 0 || !(top > 0))
        return;
    double *columns = mem_array((size_t)a->width, sizeof *columns);
    double *row = mem_array((size_t)a->width, sizeof *row);
    spark_resample(values, count, columns, a->width);
    for (int y = 0; y < a->height; y++) {
        int below = a->height - 1 - y; /* rows under this one */
        for (int x = 0; x < a->width; x++) {
            double v = columns[x] / top * a->height - below;
            bool seen = v > 0 || (below == 0 && columns[x] >= 0);
            row[x] = isnan(columns[x]) || !seen ? NAN : v > 1 ? 1 : v;
        }
        draw_levels(a, 0, y, role, row, a->width);
    }
    free(columns);
    free(row);
}

/* The row of a value, 0 the lowest; −1 for NaN. */
static int row_of(double v, double low, double high, int height)
{
    if (isnan(v))
        return -1;
    double share = (v - low) / (high - low);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return (int)lround(share * (height - 1));
}

void chart_line(const struct draw_area *a, enum theme_role role, const double *values, size_t count,
                double low, double high)
{
    if (a->width <= 0 || a->height <= 0 || !(high > low))
        return;
    double *columns = mem_array((size_t)a->width, sizeof *columns);
    int last = a->height - 1;
    spark_resample(values, count, columns, a->width);
    for (int x = 0, before = -1; x < a->width; x++) {
        int row = row_of(columns[x], low, high, a->height);
        if (row >= 0 && (before < 0 || before == row)) {
            draw_glyph(a, x, last - row, role, GLYPH_HLINE);
        } else if (row >= 0) {
            bool up = row > before;
            draw_glyph(a, x, last - before, role, up ? GLYPH_ARC_UP : GLYPH_ARC_DOWN);
            draw_glyph(a, x, last - row, role, up ? GLYPH_ARC_FROM_BELOW : GLYPH_ARC_FROM_ABOVE);
            for (int y = (up ? before : row) + 1; y < (up ? row : before); y++)
                draw_glyph(a, x, last - y, role, GLYPH_VLINE);
        }
        before = row;
    }
    free(columns);
}

double chart_round(double value)
{
    static const double steps[] = {1, 2, 2.5, 5, 10};
    if (!(value > 0) || !isfinite(value))
        return 1;
    double unit = pow(10, floor(log10(value)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (value <= unit * steps[i])
            return unit * steps[i];
    return unit * 10;
}

void chart_axis(const struct draw_area *line, int64_t from, int64_t to, int64_t moment)
{
    char text[CLOCK_TEXT];
    bool inside = moment > from && moment <= to;
    int x = inside ? (int)((double)(moment - from) / (double)(to - from) * (line->width - 1)) : 0;
    draw_fill(line, 0, 0, line->width, ROLE_AXIS, GLYPH_HLINE);
    if (!inside || x > 2 * TIME_WIDTH)
        draw_texts(line, 0, 0, TIME_WIDTH, DRAW_LEFT, ROLE_AXIS,
                   clock_format(from, false, "%H:%M", text, sizeof text));
    if (!inside || x < line->width - TIME_WIDTH - 2)
        draw_texts(line, line->width - TIME_WIDTH, 0, TIME_WIDTH, DRAW_LEFT, ROLE_AXIS,
                   clock_format(to, false, "%H:%M", text, sizeof text));
    if (!inside)
        return;
    draw_glyph(line, x, 0, ROLE_STRONG, GLYPH_ASCENDING);
    clock_format(moment, false, "%H:%M", text, sizeof text);
    draw_texts(line, x > TIME_WIDTH ? x - TIME_WIDTH : x + 1, 0, TIME_WIDTH, DRAW_LEFT, ROLE_STRONG,
               text);
}
