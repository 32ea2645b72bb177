#include "model/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

int64_t graph_step(int64_t from, int64_t to, size_t points)
{
    static const int64_t seconds[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                                      600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400};
    size_t last = sizeof seconds / sizeof *seconds - 1, i = 0;
    while (i < last && (to - from) / (seconds[i] * CLOCK_SECOND) >= (int64_t)points)
        i++;
    int64_t step = seconds[i] * CLOCK_SECOND;
    while ((to - from) / step >= (int64_t)points)
        step *= 2;
    return step;
}

void graph_clear(struct graph *g)
{
    for (size_t i = 0; i < g->count; i++) {
        labels_drop(g->series[i].labels);
        free(g->series[i].values);
    }
    free(g->query);
    *g = (struct graph){0};
}

void graph_start(struct graph *g, enum question_language language, const char *query, int64_t from,
                 int64_t to, bool live)
{
    char *copy = mem_dup(query);
    graph_clear(g);
    g->language = language;
    g->query = copy;
    g->live = live;
    g->step = graph_step(from, to, GRAPH_POINTS - 1);
    g->from = clock_align(from, g->step);
    g->to = clock_align(to, g->step);
    g->points = (size_t)((g->to - g->from) / g->step) + 1;
}

static void drop_series(struct graph *g, size_t i)
{
    labels_drop(g->series[i].labels);
    free(g->series[i].values);
    g->count--;
    memmove(&g->series[i], &g->series[i + 1], (g->count - i) * sizeof *g->series);
}

/* One more than are kept can be held while they come: before a new one the lowest gives way. */
static struct graph_series *begin_series(struct graph *g, const struct labels *labels)
{
    g->total++;
    if (g->count == GRAPH_SERIES) {
        size_t lowest = 0;
        for (size_t i = 1; i < g->count; i++)
            if (!(g->series[i].most >= g->series[lowest].most))
                lowest = i;
        drop_series(g, lowest);
    }
    struct graph_series *s = &g->series[g->count++];
    *s = (struct graph_series){labels_hold(labels), mem_array(g->points, sizeof *s->values), NAN};
    for (size_t i = 0; i < g->points; i++)
        s->values[i] = NAN;
    return s;
}

void graph_point(struct graph *g, const struct labels *labels, int64_t time, double value)
{
    struct graph_series *s = g->count ? &g->series[g->count - 1] : NULL;
    if (!s || s->labels != labels)
        s = begin_series(g, labels);
    if (time < g->from || time > g->to)
        return;
    s->values[(time - g->from) / g->step] = value;
    if (isfinite(value) && !(s->most >= value))
        s->most = value;
}

double graph_most(const struct graph *g)
{
    double most = NAN;
    for (size_t i = 0; i < g->count; i++)
        if (!(most >= g->series[i].most))
            most = g->series[i].most;
    return most;
}

double graph_least(const struct graph *g)
{
    double least = NAN;
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < g->points; k++)
            if (isfinite(g->series[i].values[k]) && !(least <= g->series[i].values[k]))
                least = g->series[i].values[k];
    return least;
}
