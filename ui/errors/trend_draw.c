#include "ui/errors/trend_draw.h"

#include <math.h>

#include "text/spark.h"
#include "triage/comparison.h"
#include "ui/log/level_look.h"

enum { MINUTES = 60, COLUMNS = 60 };

static void draw(const struct draw_area *line, int x, int width, enum theme_role role,
                 const double *values, size_t count)
{
    double columns[COLUMNS], least = 0, most = 0;
    width = width < COLUMNS ? width : COLUMNS;
    for (size_t i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    if (!count || most <= least || width < 1)
        return;
    spark_resample(values, count, columns, width);
    for (int i = 0; i < width; i++)
        columns[i] /= most;
    draw_levels(line, x, 0, role, columns, width);
}

void trend_draw(const struct draw_area *line, int x, int width, const struct group_rows_row *row,
                const struct pasts *pasts)
{
    double values[COMPARISON_TREND];
    enum { COUNT = COMPARISON_TREND };
    int windows = width < COUNT ? width : COUNT, each = windows > 0 ? width / windows : 0;
    if (windows < 1)
        return;
    comparison_trend(row->window, pasts, row->id, row->group ? row->group->count : 0, values,
                     (size_t)windows);
    for (int i = 0; i < windows; i++)
        if (isnan(values[i]))
            draw_fill(line, x + i * each, 0, each, ROLE_DIM, GLYPH_DOT);
    draw(line, x, windows * each, row->group ? level_look_role(row->level) : ROLE_BADGE_GONE,
         values, (size_t)windows);
}

void trend_draw_minutes(const struct draw_area *line, int x, int width, const struct group *g)
{
    double values[MINUTES];
    size_t count = g->minutes < MINUTES ? g->minutes : MINUTES;
    for (size_t i = 0; i < count; i++)
        values[i] = g->per_minute[i];
    width = (size_t)width > count ? (int)count * (width / (int)(count ? count : 1)) : width;
    draw(line, x, width, level_look_role(g->level), values, count);
}
