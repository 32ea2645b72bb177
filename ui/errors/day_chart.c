#include "ui/errors/day_chart.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "text/spark.h"
#include "ui/chart.h"

enum {
    COLUMNS = 400,
    LANES = 6,
    LANE_MOST = 6,
    NAME_WIDTH = 12,
    NAME_LEAST = 5,
    NARROW = 40,
    TALL = 12
};

/* The rules that rows are kept of. */
static size_t kept_rules(const struct day_chart *c, bool kept[MODEL_RULES])
{
    size_t n = 0;
    memset(kept, 0, MODEL_RULES * sizeof *kept);
    for (size_t i = 0; i < list_count(c->list); i++) {
        size_t rule = c->rows->list[list_row(c->list, i)].rule;
        n += !kept[rule];
        kept[rule] = true;
    }
    return n;
}

int day_chart_height(const struct day_chart *c, int height)
{
    bool kept[MODEL_RULES];
    int lanes = (int)kept_rules(c, kept), room = height / 3;
    lanes = lanes < LANES ? lanes : LANES;
    if (!lanes || room < 1)
        return 0;
    if (room <= lanes || height < TALL)
        return 1;
    int each = (room - 1) / lanes;
    return lanes * (each < LANE_MOST ? each : LANE_MOST) + 1;
}

/* Lines by time of one rule (SIZE_MAX: all), those of open windows apart. */
static void gather(const struct day_chart *c, size_t rule, double *closed, double *open,
                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        closed[i] = open[i] = NAN;
    for (size_t i = 0; i < list_count(c->list); i++) {
        const struct window_rows_row *r = &c->rows->list[list_row(c->list, i)];
        size_t at = (size_t)((r->entry.from - c->rows->day) / c->width);
        if (r->kind > WINDOW_ROWS_OPEN || at >= count || (rule != SIZE_MAX && r->rule != rule))
            continue;
        double *to = r->kind == WINDOW_ROWS_OPEN ? open : closed;
        to[at] = (isnan(to[at]) ? 0 : to[at]) + (double)r->lines;
    }
}

static double largest(const double *a, const double *b, size_t count, double most)
{
    for (size_t i = 0; i < count; i++) {
        most = a[i] > most ? a[i] : most;
        most = b[i] > most ? b[i] : most;
    }
    return most;
}

static void draw_lane(const struct day_chart *c, const struct draw_area *a, size_t rule, double top)
{
    double closed[WINDOW_ROWS_A_DAY], open[WINDOW_ROWS_A_DAY], columns[COLUMNS];
    size_t count = (size_t)(CLOCK_DAY / c->width);
    int width = a->width < COLUMNS ? a->width : COLUMNS;
    struct draw_area area = draw_sub(a, 0, 0, width, a->height);
    gather(c, rule, closed, open, count);
    top = top > 0 ? top : largest(closed, open, count, 1);
    spark_resample(closed, count, columns, width);
    chart_draw(&area, ROLE_BAR, columns, (size_t)width, top);
    spark_resample(open, count, columns, width);
    chart_draw(&area, ROLE_BAR_OPEN, columns, (size_t)width, top);
}

/* The day's name: days are UTC's, said where the local ones are others. */
static int draw_day(const struct draw_area *line, int64_t day)
{
    char utc[CLOCK_TEXT], local[CLOCK_TEXT], text[CLOCK_TEXT];
    clock_format(day, true, "%d %b %H:%M", utc, sizeof utc);
    clock_format(day, false, "%d %b %H:%M", local, sizeof local);
    clock_format(day, true, strcmp(utc, local) == 0 ? "%d %b" : "%d %b UTC", text, sizeof text);
    return 1 + draw_texts(line, 1, 0, line->width - 1, DRAW_LEFT, ROLE_COLUMN, text) + 1;
}

static int cursor_column(const struct day_chart *c, int width)
{
    const struct window_rows_row *r = &c->rows->list[list_row(c->list, list_cursor(c->list))];
    return (int)((r->entry.from - c->rows->day) / CLOCK_MINUTE * width / (24 * 60));
}

/* The hours below, as many as fit, and the place of the cursor's window. */
static void draw_hours(const struct day_chart *c, const struct draw_area *line, int x, int width)
{
    static const int steps[] = {1, 2, 3, 6, 12, 24};
    size_t k = 0;
    char text[CLOCK_TEXT];
    int mark = x + cursor_column(c, width);
    draw_day(line, c->rows->day);
    while (k + 1 < sizeof steps / sizeof *steps && width * steps[k] / 24 < 4)
        k++;
    for (int hour = 0; hour < 24; hour += steps[k]) {
        clock_format(c->rows->day + hour * CLOCK_HOUR, false, "%H", text, sizeof text);
        int at = x + width * hour / 24;
        if (mark < at - 1 || mark > at + 2)
            draw_texts(line, at, 0, 2, DRAW_HARD, ROLE_AXIS, text);
    }
    draw_glyph(line, mark, 0, ROLE_CHOSEN, GLYPH_ASCENDING);
}

static double top_of_all(const struct day_chart *c)
{
    double most = 1;
    for (size_t i = 0; i < list_count(c->list); i++) {
        const struct window_rows_row *r = &c->rows->list[list_row(c->list, i)];
        most = (double)r->lines > most ? (double)r->lines : most;
    }
    return most;
}

void day_chart_draw(const struct day_chart *c, const struct draw_area *a)
{
    bool kept[MODEL_RULES];
    size_t rules = kept_rules(c, kept), lanes = rules < LANES ? rules : LANES, lane = 0;
    if ((size_t)(CLOCK_DAY / c->width) > WINDOW_ROWS_A_DAY || a->width < NAME_LEAST + 8)
        return;
    int each = a->height > 1 ? (a->height - 1) / (int)lanes : 0, x = 8;
    if (!each) {
        x = draw_day(a, c->rows->day);
        struct draw_area area = draw_sub(a, x, 0, a->width - x - 1, 1);
        draw_lane(c, &area, SIZE_MAX, 0);
        return;
    }
    x = c->rules > 1 && a->width >= NARROW ? NAME_WIDTH + 1 : x;
    for (size_t i = 0; i < c->rules && lane < lanes; i++) {
        if (!kept[i])
            continue;
        int y = (int)lane++ * each;
        struct draw_area area = draw_sub(a, x, y, a->width - x - 1, each);
        if (c->rules > 1)
            draw_texts(a, 1, y + each - 1, x - 2, DRAW_LEFT, ROLE_SOURCE, c->rows->rules[i]);
        draw_lane(c, &area, i, top_of_all(c));
    }
    struct draw_area hours = draw_sub(a, 0, (int)lanes * each, a->width, 1);
    draw_hours(c, &hours, x, a->width - x - 1);
}
