/* The windows of a day as bars over its hours, a lane a rule. */
#ifndef UI_DAY_CHART_H
#define UI_DAY_CHART_H

#include "ui/draw.h"
#include "ui/errors/window_rows.h"
#include "ui/table/list.h"

struct day_chart {
    const struct window_rows *rows;
    struct list *list; /* which of them are kept */
    size_t rules;
    int64_t width; /* of a window, ns */
};

/* Rows that the chart takes of a pane of that height, its line of hours too. */
int day_chart_height(const struct day_chart *c, int height);
void day_chart_draw(const struct day_chart *c, const struct draw_area *a);

#endif
