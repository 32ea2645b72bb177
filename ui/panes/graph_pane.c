/* The chart of a metric query that was typed: a line for each of the highest series, with a legend. One
 * series alone is drawn as bars. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/number.h"
#include "ui/chart.h"
#include "ui/moves.h"
#include "ui/pane.h"

enum { SCALE_WIDTH = 8, REFRESH_SECONDS = 5, AGAIN_SECONDS = 10, COLOURS = 6, LEGEND_NUMBERS = 30 };

struct graphs {
    char *asked;
    enum question_language language;
    int64_t from, to; /* to 0: live */
    int64_t asked_at; /* tick */
};

static void pane_close(struct pane *p)
{
    struct graphs *g = p->state;
    free(g->asked);
}

static void ask(struct pane *p, struct graphs *g, const char *query)
{
    const struct scope *s = &p->host->model->scope;
    g->to = s->at;
    g->from = scope_is_live(s) ? p->host->now - moves_span(p->host->moves) : s->from;
    g->asked_at = p->host->tick;
    intents_push(p->host->model->intents,
                 g->language == QUESTION_PROMQL ? INTENT_GRAPH_PROMQL : INTENT_GRAPH, query,
                 g->from, g->to);
}

/* How long a live graph stays as it is. */
static int64_t patience(const struct model *m)
{
    int64_t refresh = REFRESH_SECONDS * CLOCK_SECOND;
    if (m->graph_upstream.state != UPSTREAM_LIVE)
        return AGAIN_SECONDS * CLOCK_SECOND;
    return m->graph.step > refresh ? m->graph.step : refresh;
}

static bool pane_sync(struct pane *p)
{
    struct graphs *g = p->state;
    const struct model *m = p->host->model;
    const struct scope *s = &m->scope;
    enum question_language language;
    const char *query = moves_graph_query(p->host->moves, &language);
    if (!query)
        return true;
    bool other = !g->asked || strcmp(g->asked, query) != 0 || g->language != language ||
                 g->to != s->at || (s->at && g->from != s->from);
    int64_t due = g->asked_at + patience(m);
    if (other) {
        char *old = g->asked;
        g->asked = mem_dup(query);
        g->language = language;
        free(old);
        ask(p, g, query);
    } else if (!s->at && !m->graph_loading && p->host->tick >= due &&
               m->graph_upstream.state != UPSTREAM_DENIED &&
               m->graph_upstream.err.kind != ERR_REFUSED) {
        ask(p, g, query);
    } else if (!s->at && !m->graph_loading) {
        pane_wake(p, due - p->host->tick);
    }
    return true;
}

/* Whether all series have this label with this value: then it tells nothing. */
static bool is_common(const struct graph *g, const struct label *l)
{
    for (size_t i = 0; i < g->count; i++)
        if (!g->series[i].labels ||
            strcmp(labels_value(g->series[i].labels, l->name), l->value) != 0)
            return false;
    return g->count > 1;
}

static void series_name(const struct graph *g, const struct labels *labels, struct buf *out)
{
    for (uint32_t i = 0; labels && i < labels->count; i++)
        if (!is_common(g, &labels->list[i]))
            buf_printf(out, "%s%s=%s", out->n ? " " : "", labels->list[i].name,
                       labels->list[i].value);
    if (!out->n)
        buf_adds(out, "all");
}

static int compare_most(const void *a, const void *b)
{
    double x = (*(const struct graph_series *const *)a)->most,
           y = (*(const struct graph_series *const *)b)->most;
    return isnan(x) != isnan(y) ? (isnan(x) ? 1 : -1) : (x < y) - (x > y);
}

static double newest(const struct graph *g, const struct graph_series *s)
{
    for (size_t i = g->points; i-- > 0;)
        if (!isnan(s->values[i]))
            return s->values[i];
    return NAN;
}

static enum theme_role colour(size_t i)
{
    return (enum theme_role)(ROLE_SERIES_1 + (int)(i % COLOURS));
}

/* "a ─ pod=web-1      now 12  peak 40": a row a series; what does not fit is counted. */
static void draw_legend(const struct draw_area *a, const struct graph *g,
                        const struct graph_series *const *order)
{
    char now[NUMBER_TEXT], most[NUMBER_TEXT];
    struct buf name;
    buf_init(&name, 1 << 16);
    int rows = a->height < (int)g->count ? a->height : (int)g->count;
    for (int i = 0; i < rows; i++) {
        struct draw_area line = draw_sub(a, 0, i, a->width, 1);
        size_t rest = g->total - (size_t)i;
        if (i == a->height - 1 && rest > 1) {
            draw_printf(&line, 1, 0, line.width - 1, ROLE_DIM, "and %zu more series", rest);
            break;
        }
        char letter[] = {(char)('a' + i), '\0'};
        draw_texts(&line, 1, 0, 1, DRAW_HARD, colour((size_t)i), letter);
        draw_glyph(&line, 3, 0, colour((size_t)i), GLYPH_HLINE);
        buf_clear(&name);
        series_name(g, order[i]->labels, &name);
        int room = line.width - 6 - LEGEND_NUMBERS;
        draw_text(&line, 5, 0, room, DRAW_MIDDLE, ROLE_TEXT, buf_str(&name));
        draw_printf(&line, 5 + room + 1, 0, LEGEND_NUMBERS, ROLE_AXIS, "now %-8s peak %s",
                    number_count(newest(g, order[i]), now), number_count(order[i]->most, most));
    }
    buf_free(&name);
}

static void draw_scale(const struct draw_area *a, double low, double high)
{
    char text[NUMBER_TEXT];
    const double values[] = {high, (high + low) / 2, low};
    const int rows[] = {0, (a->height - 1) / 2, a->height - 1};
    for (int i = 0; i < 3; i++)
        if (!i || rows[i] > rows[i - 1] + (i == 1 ? 1 : 0))
            draw_texts(a, 0, rows[i], SCALE_WIDTH - 1, DRAW_RIGHT, ROLE_AXIS,
                       number_count(values[i], text));
}

static void draw_plot(const struct draw_area *a, const struct graph *g,
                      const struct graph_series *const *order)
{
    double most = graph_most(g), least = graph_least(g);
    double high = most > 0 ? chart_round(most) : 0, low = least < 0 ? -chart_round(-least) : 0;
    if (high <= low)
        high = low + 1;
    struct draw_area scale = draw_sub(a, 0, 0, SCALE_WIDTH, a->height);
    struct draw_area plot = draw_sub(a, SCALE_WIDTH, 0, a->width - SCALE_WIDTH - 2, a->height);
    draw_scale(&scale, low, high);
    if (g->count == 1 && low >= 0) {
        chart_draw(&plot, colour(0), order[0]->values, g->points, high);
        return;
    }
    for (size_t i = g->count; i-- > 0;) {
        chart_line(&plot, colour(i), order[i]->values, g->points, low, high);
        double last = order[i]->values[g->points - 1];
        char letter[] = {(char)('a' + (int)i), '\0'};
        if (!isnan(last)) {
            double share = (last - low) / (high - low);
            share = share < 0 ? 0 : share > 1 ? 1 : share;
            draw_texts(a, a->width - 1, a->height - 1 - (int)lround(share * (a->height - 1)), 1,
                       DRAW_HARD, colour(i), letter);
        }
    }
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    const struct model *m = p->host->model;
    const struct graph *g = &m->graph;
    const struct graph_series *order[GRAPH_SERIES];
    enum question_language language;
    if (!moves_graph_query(p->host->moves, &language)) {
        draw_message(body, ROLE_DIM,
                     "No metric query was asked: :promql QUERY, or :logql with a metric query such "
                     "as sum by (app) (rate({namespace=\"shop\"}[5m])).");
        return;
    }
    if (!g->count || m->graph_upstream.state == UPSTREAM_FAILED) {
        pane_draw_empty(p, body, &m->graph_upstream, "numbers",
                        m->graph_loading ? "Loading numbers."
                                         : "The query gives no numbers in this time.");
        return;
    }
    for (size_t i = 0; i < g->count; i++)
        order[i] = &g->series[i];
    qsort(order, g->count, sizeof *order, compare_most);
    int legend = (int)g->count < body->height / 3 ? (int)g->count : body->height / 3;
    struct draw_area plot = draw_sub(body, 0, 0, body->width, body->height - legend - 1);
    struct draw_area axis =
        draw_sub(body, SCALE_WIDTH, plot.height, body->width - SCALE_WIDTH - 2, 1);
    struct draw_area below = draw_sub(body, 0, plot.height + 1, body->width, legend);
    draw_plot(&plot, g, order);
    chart_axis(&axis, g->from, g->to, m->scope.at);
    draw_legend(&below, g, order);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct graph *g = &p->host->model->graph;
    snprintf(out, PANE_TEXT, "%zu", g->total);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct model *m = p->host->model;
    enum question_language language;
    const char *query = moves_graph_query(p->host->moves, &language);
    char step[CLOCK_TEXT] = "";
    if (m->graph.step)
        clock_age(m->graph.step, step);
    snprintf(out, PANE_TEXT, "%s%s%s%s%.900s",
             m->graph_loading && !m->graph.count ? "loading  " : "", step[0] ? "a point each " : "",
             step, step[0] ? "  " : "", query ? query : "");
}

static bool copy(struct pane *p, struct buf *out)
{
    enum question_language language;
    const char *query = moves_graph_query(p->host->moves, &language);
    return query && buf_adds(out, query);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->graph_upstream;
}

const struct pane_ops graph_pane = {
    .name = "graph",
    .title = "Graph",
    .about = "The series of a metric query (:promql, :logql): the highest ones, with a legend.",
    .private_size = sizeof(struct graphs),
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .copy = copy,
    .counts = counts,
    .note = note,
    .upstream = upstream,
};
