/* CPU and memory over the last hour, or around the moment: of the chosen pod, else of the chosen
 * node, else of all pods of the workload or of the namespace together, else of the nodes on average. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/ownership.h"
#include "text/number.h"
#include "text/spark.h"
#include "ui/chart.h"
#include "ui/moves.h"
#include "ui/pane.h"
#include "ui/table/measures.h"

enum { CHARTS = 2, SUM_MOST = 20000, BESIDE = 60, BESIDE_HEIGHT = 9 };

enum subject { OF_POD, OF_NODE, OF_WORKLOAD, OF_NAMESPACE, OF_CLUSTER };

struct chart_values {
    enum metric metric;
    double values[MEASURES_POINTS];
    size_t numbers;
    double limit; /* 0: none */
};

struct charts {
    struct chart_values list[CHARTS];
    enum subject subject;
    int64_t from, to;
    uint64_t seen; /* of what they were worked out */
    bool cut;      /* more pods than are added up */
};

static enum subject subject_of(const struct scope *s)
{
    return s->pod[0]          ? OF_POD
           : s->node[0]       ? OF_NODE
           : s->workload[0]   ? OF_WORKLOAD
           : s->namespace_[0] ? OF_NAMESPACE
                              : OF_CLUSTER;
}

static const struct object *pod_of(const struct model *m)
{
    const struct scope *s = &m->scope;
    const struct objects *t = m->pods.table;
    return t && s->pod[0] ? objects_find(t, str_of(s->pod_namespace), str_of(s->pod)) : NULL;
}

/* "REQUEST" or "LIMIT" of a pod, from its row; 0: none. */
static double set_for(const struct model *m, enum metric metric, const char *which)
{
    const struct object *o = pod_of(m);
    bool cpu = metric == METRIC_POD_CPU;
    char title[32];
    snprintf(title, sizeof title, "%s %s", cpu ? "CPU" : "MEMORY", which);
    int column = o ? objects_column(objects_kind(m->pods.table), title) : -1;
    return column < 0 ? 0 : (double)o->cells[column].number / (cpu ? 1000 : 1);
}

static bool is_part(const struct charts *c, const struct scope *s, const struct object *o)
{
    if (c->subject == OF_WORKLOAD)
        return strcmp(o->namespace_, s->workload_namespace) == 0 &&
               ownership_covers(s->workload, o->owner);
    return c->subject == OF_CLUSTER || strcmp(o->namespace_, s->namespace_) == 0;
}

/* Adds up the points of many rows; for nodes their average. */
static void combine(const struct model *m, struct charts *c, struct chart_values *v, int64_t end)
{
    const struct objects *t = c->subject == OF_CLUSTER ? m->nodes.table : m->pods.table;
    double points[MEASURES_POINTS];
    size_t counts[MEASURES_POINTS] = {0};
    char key[MEASURES_KEY];
    size_t rows = t && series_names(m->series[v->metric]) ? objects_count(t) : 0;
    c->cut = rows > SUM_MOST;
    for (size_t k = 0; k < MEASURES_POINTS; k++)
        v->values[k] = NAN;
    for (size_t i = 0; i < rows && i < SUM_MOST; i++) {
        const struct object *o = objects_at(t, i);
        if (!is_part(c, &m->scope, o))
            continue;
        measures_key(o->namespace_, o->name, key);
        if (!measures_points(m, v->metric, key, end, points, MEASURES_POINTS))
            continue;
        for (size_t k = 0; k < MEASURES_POINTS; k++) {
            if (isnan(points[k]))
                continue;
            v->values[k] = (isnan(v->values[k]) ? 0 : v->values[k]) + points[k];
            v->numbers += !counts[k]++;
        }
    }
    for (size_t k = 0; c->subject == OF_CLUSTER && k < MEASURES_POINTS; k++)
        v->values[k] /= counts[k] ? (double)counts[k] : 1;
}

static void work_out(const struct model *m, struct charts *c, int64_t now)
{
    const struct scope *s = &m->scope;
    static const enum metric metrics[][CHARTS] = {
        [OF_POD] = {METRIC_POD_CPU, METRIC_POD_MEMORY},
        [OF_NODE] = {METRIC_NODE_CPU, METRIC_NODE_MEMORY},
        [OF_WORKLOAD] = {METRIC_POD_CPU, METRIC_POD_MEMORY},
        [OF_NAMESPACE] = {METRIC_POD_CPU, METRIC_POD_MEMORY},
        [OF_CLUSTER] = {METRIC_NODE_CPU, METRIC_NODE_MEMORY},
    };
    char key[MEASURES_KEY];
    int64_t span = (int64_t)MEASURES_POINTS * MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND;
    c->to = scope_is_live(s) ? now : s->at + span / 4 < now ? s->at + span / 4 : now;
    c->from = c->to - span;
    c->cut = false;
    for (size_t i = 0; i < CHARTS; i++) {
        struct chart_values *v = &c->list[i];
        *v = (struct chart_values){.metric = metrics[c->subject][i]};
        v->limit = c->subject == OF_POD ? set_for(m, v->metric, "LIMIT") : 0;
        if (c->subject >= OF_WORKLOAD) {
            combine(m, c, v, c->to);
            continue;
        }
        if (c->subject == OF_POD)
            measures_key(s->pod_namespace, s->pod, key);
        else
            measures_key("", s->node, key);
        v->numbers = measures_points(m, v->metric, key, c->to, v->values, MEASURES_POINTS);
    }
}

static bool pane_sync(struct pane *p)
{
    struct charts *c = p->state;
    const struct model *m = p->host->model;
    int64_t step = (int64_t)MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND;
    c->subject = subject_of(&m->scope);
    uint64_t seen = m->scope.changes * 31 + (uint64_t)(p->host->now / step);
    for (int i = 0; i < METRIC_COUNT; i++)
        seen = seen * 31 + series_changes(m->series[i]);
    if (c->subject != OF_CLUSTER && c->subject != OF_NODE)
        seen = seen * 31 + (m->pods.table ? objects_count(m->pods.table) : 0);
    seen = seen * 31 + (m->nodes.table ? objects_count(m->nodes.table) : 0);
    if (seen != c->seen)
        work_out(m, c, p->host->now);
    c->seen = seen;
    return true;
}

/* The newest number, for the words above the chart. */
static double newest(const struct chart_values *v)
{
    for (size_t i = MEASURES_POINTS; i-- > 0;)
        if (!isnan(v->values[i]))
            return v->values[i];
    return NAN;
}

/* "CPU 250m  peak 410m  limit 500m" over the bars. */
static void draw_chart(const struct draw_area *a, const struct chart_values *v)
{
    bool cpu = v->metric == METRIC_POD_CPU || v->metric == METRIC_NODE_CPU;
    enum theme_role role = cpu ? ROLE_CPU : ROLE_MEMORY;
    char now[NUMBER_TEXT], most_text[NUMBER_TEXT], limit[NUMBER_TEXT], text[PANE_TEXT];
    double least = 0, most = NAN;
    spark_scale(v->values, MEASURES_POINTS, &least, &most);
    int x = draw_texts(a, 0, 0, 4, DRAW_LEFT, role, cpu ? "CPU" : "MEM") + 1;
    x += draw_texts(a, x, 0, a->width - x, DRAW_LEFT, ROLE_STRONG,
                    measures_text(v->metric, newest(v), now)) +
         2;
    measures_text(v->metric, v->numbers ? most : NAN, most_text);
    if (v->limit > 0)
        snprintf(text, sizeof text, "peak %s  limit %s", most_text,
                 measures_text(v->metric, v->limit, limit));
    else
        snprintf(text, sizeof text, "peak %s", most_text);
    draw_texts(a, x, 0, a->width - x, DRAW_LEFT, ROLE_AXIS, text);
    struct draw_area plot = draw_sub(a, 0, 1, a->width, a->height - 1);
    double top = v->limit > most ? v->limit : measures_scale(v->metric, most);
    if (!v->numbers)
        draw_texts(&plot, 0, 0, plot.width, DRAW_LEFT, ROLE_DIM, "no numbers in this time");
    else
        chart_draw(&plot, role, v->values, MEASURES_POINTS, top);
}

/* Charts beside each other where the pane is wide and low, else one under the other. */
static void draw_charts(const struct charts *c, const struct draw_area *body, int64_t moment)
{
    bool beside = body->width >= BESIDE && body->height < BESIDE_HEIGHT;
    int width = beside ? (body->width - 3) / CHARTS : body->width - 2;
    int axis = body->height >= 5;
    int height = beside ? body->height - axis : (body->height - axis) / CHARTS;
    for (int i = 0; i < CHARTS; i++) {
        int x = 1 + (beside ? i * (width + 1) : 0), y = beside ? 0 : i * height;
        struct draw_area part = draw_sub(body, x, y, width, height);
        draw_chart(&part, &c->list[i]);
        struct draw_area line = draw_sub(body, x, beside ? height : CHARTS * height, width, 1);
        if (axis && (beside || i + 1 == CHARTS))
            chart_axis(&line, c->from, c->to, moment);
    }
}

/* What a pod asked for and may use is known where nobody measures. Returns the row behind it. */
static int draw_set(const struct model *m, const struct charts *c, const struct draw_area *body)
{
    if (c->subject != OF_POD || !pod_of(m))
        return 0;
    for (int i = 0; i < CHARTS; i++) {
        enum metric metric = c->list[i].metric;
        double request = set_for(m, metric, "REQUEST"), limit = set_for(m, metric, "LIMIT");
        char number[2][NUMBER_TEXT], text[PANE_TEXT];
        bool cpu = metric == METRIC_POD_CPU;
        int x = 2 + draw_texts(body, 2, i, 4, DRAW_LEFT, cpu ? ROLE_CPU : ROLE_MEMORY,
                               cpu ? "CPU" : "MEM");
        snprintf(text, sizeof text, "request %s  limit %s",
                 request > 0 ? measures_text(metric, request, number[0]) : "none",
                 limit > 0 ? measures_text(metric, limit, number[1]) : "none");
        draw_texts(body, x + 1, i, body->width - x - 1, DRAW_LEFT, ROLE_TEXT, text);
    }
    return CHARTS;
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    const struct charts *c = p->state;
    const struct model *m = p->host->model;
    bool any = false;
    for (size_t i = 0; i < CHARTS; i++)
        any |= c->list[i].numbers > 0;
    if (!any) {
        int y = draw_set(m, c, body);
        struct draw_area rest = draw_sub(body, 0, y, body->width, body->height - y);
        pane_draw_empty(p, &rest, &m->metrics, "numbers",
                        "No CPU or memory numbers of this, in this time.");
        return;
    }
    draw_charts(c, body, m->scope.at);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct charts *c = p->state;
    const struct scope *s = &p->host->model->scope;
    switch (c->subject) {
    case OF_POD:
        snprintf(out, PANE_TEXT, "%s", s->pod);
        break;
    case OF_NODE:
        snprintf(out, PANE_TEXT, "%s", s->node);
        break;
    case OF_WORKLOAD:
        snprintf(out, PANE_TEXT, "%s%s", s->workload, c->cut ? " (a part of its pods)" : "");
        break;
    case OF_NAMESPACE:
        snprintf(out, PANE_TEXT, "%s%s", s->namespace_, c->cut ? " (a part of its pods)" : "");
        break;
    case OF_CLUSTER:
        snprintf(out, PANE_TEXT, "all nodes");
        break;
    }
    const char *way = p->host->model->metrics_way;
    size_t n = strlen(out);
    if (way[0])
        snprintf(out + n, PANE_TEXT - n, "  %s", way);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->metrics;
}

const struct pane_ops charts_pane = {
    .name = "charts",
    .title = "Metrics",
    .about = "CPU and memory of the pod, node, workload or namespace that is chosen, else of the "
             "cluster.",
    .summon = ACTION_METRICS,
    .private_size = sizeof(struct charts),
    .sync = pane_sync,
    .draw = pane_draw,
    .note = note,
    .upstream = upstream,
};
