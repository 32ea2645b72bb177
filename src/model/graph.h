/* The answer to one metric query: several series of numbers over one span, on one grid of steps. */
#ifndef MODEL_GRAPH_H
#define MODEL_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/labels.h"
#include "model/question.h"
#include "model/upstream.h"

enum { GRAPH_SERIES = 24, GRAPH_POINTS = 500 };

struct graph_series {
    const struct labels *labels; /* held; NULL: it has none */
    double *values;              /* `points` of the graph; NaN where there is none */
    double most;
};

struct graph {
    enum question_language language;
    char *query;            /* NULL: nothing was asked yet */
    int64_t from, to, step; /* the first and the last grid time; to was `now` when `live` */
    bool live;
    size_t points;
    struct graph_series series[GRAPH_SERIES]; /* those that reach highest */
    size_t count, total;                      /* total: that the server gave */
};

/* A step of a round length with which [from, to] has at most `points` steps. */
int64_t graph_step(int64_t from, int64_t to, size_t points);

/* An empty one; from and to are put on the step's grid. */
void graph_start(struct graph *g, enum question_language language, const char *query, int64_t from,
                 int64_t to, bool live);
void graph_clear(struct graph *g);
/* A point of a series (its points one after another, labels may be NULL); outside the span: passed
 * over. */
void graph_point(struct graph *g, const struct labels *labels, int64_t time, double value);
/* The highest value of all, NaN without any. */
double graph_most(const struct graph *g);
double graph_least(const struct graph *g);

#endif
