/* The groups of a window: what the error lines say, how often, in which minutes, where. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/number.h"
#include "text/spark.h"
#include "ui/fields.h"
#include "ui/group_rows.h"
#include "ui/level_look.h"
#include "ui/moves.h"
#include "ui/pane.h"
#include "ui/reader.h"
#include "ui/shown_window.h"
#include "ui/template_draw.h"

enum {
    COUNT_WIDTH = 6,
    SPARK_MOST = 10,
    WHERE_FROM = 72, /* width from which on the column of places is shown */
    TALLY_MOST = 10, /* names of each kind in the sample */
    MINUTES = 60,
};
struct groups {
    struct list *list;
    struct group_rows rows;
    struct reader reader;
    struct fields *fields;
    int sort;
    bool descending;
};

static void pane_open(struct pane *p)
{
    struct groups *g = p->state;
    g->list = list_new(&group_rows_source, &g->rows);
    list_sort(g->list, g->sort, false);
    reader_init(&g->reader);
    g->fields = fields_new();
}

static void pane_close(struct pane *p)
{
    struct groups *g = p->state;
    list_free(g->list);
    group_rows_free(&g->rows);
    reader_free(&g->reader);
    fields_free(g->fields);
}

static bool pane_sync(struct pane *p)
{
    struct groups *g = p->state;
    int64_t delay;
    group_rows_build(&g->rows, p->host->model);
    list_sync(g->list, g->rows.hash, 0, p->host->tick, true, &delay);
    return true;
}

static struct list *pane_list(struct pane *p)
{
    struct groups *g = p->state;
    return g->reader.open ? NULL : g->list;
}

static const struct group_rows_row *cursor_row(const struct groups *g)
{
    size_t n = list_cursor(g->list);
    return n < list_count(g->list) ? &g->rows.list[list_row(g->list, n)] : NULL;
}

/* ---- rows ---- */

static void draw_minutes(const struct draw_area *line, int x, int width, const struct group *g)
{
    double values[MINUTES], columns[SPARK_MOST], least = 0, most = 0;
    size_t count = g->minutes < MINUTES ? g->minutes : MINUTES;
    for (size_t i = 0; i < count; i++) {
        values[i] = g->per_minute[i];
        most = values[i] > most ? values[i] : most;
    }
    if (!count || most <= least)
        return;
    width = (size_t)width > count ? (int)count : width;
    spark_resample(values, count, columns, width);
    for (int i = 0; i < width; i++)
        columns[i] /= most;
    draw_levels(line, x, 0, level_look_role(g->level), columns, width);
}

/* "shop/checkout +2": the place with most lines and how many others there are. */
static void where_text(const struct group *g, char *out, size_t size)
{
    const struct tallies *t = g->workloads.count ? &g->workloads : &g->namespaces;
    size_t most = 0;
    for (size_t i = 1; i < t->count; i++)
        if (t->list[i].count > t->list[most].count)
            most = i;
    if (!t->count)
        out[0] = '\0';
    else if (t->count == 1)
        snprintf(out, size, "%s", t->list[0].name);
    else
        snprintf(out, size, "%s +%zu", t->list[most].name, t->count - 1);
}

static void draw_row(const struct pane *p, const struct draw_area *line,
                     const struct group_rows_row *r, bool cursor)
{
    const struct group *g = r->group;
    bool chosen = strcmp(p->host->model->scope.group, g->id) == 0;
    char text[PANE_TEXT];
    int x = 1, where = line->width >= WHERE_FROM ? line->width / 4 : 0;
    int spark = line->width >= 40 ? SPARK_MOST : line->width >= 30 ? SPARK_MOST / 2 : 0;
    draw_texts(line, x, 0, COUNT_WIDTH, DRAW_RIGHT, ROLE_TEXT,
               number_count((double)r->count, text));
    x += COUNT_WIDTH + 1;
    draw_texts(line, x, 0, 1, DRAW_HARD, level_look_role(g->level), level_look_letter(g->level));
    x += 2;
    if (spark)
        draw_minutes(line, x, spark, g);
    x += spark ? spark + 1 : 0;
    const struct groups *groups = p->state;
    template_draw(groups->fields, line, x, line->width - x - (where ? where + 1 : 0),
                  g->template_text);
    if (where) {
        where_text(g, text, sizeof text);
        draw_texts(line, line->width - where, 0, where, DRAW_LEFT, ROLE_SOURCE, text);
    }
    pane_mark_row(p, line, cursor, chosen, line->width);
}

/* Whose state explains an empty pane: the chosen window's, else the open one's. */
static const struct upstream *upstream(struct pane *p)
{
    const struct model_windows *all = &p->host->model->windows;
    return scope_is_live(&p->host->model->scope) ? &all->open_upstream : &all->chosen_upstream;
}

static const char *why_empty(const struct pane *p, const struct groups *g)
{
    const struct scope *s = &p->host->model->scope;
    if (g->rows.all)
        return "No error group is of what is chosen. Esc widens the scope.";
    if (scope_is_live(s))
        return "No errors in the open window so far. [ goes to the window before.";
    if (!p->host->model->windows.rule_count)
        return "No rules: the collector's configuration names what counts as an error.";
    return shown_window_get(p->host->model) ? "No error lines in this window."
                                            : "The window is on its way.";
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct groups *g = p->state;
    char text[PANE_TEXT];
    p->first_row = 0;
    if (g->reader.open) {
        reader_draw(&g->reader, body);
        return;
    }
    if (!list_count(g->list)) {
        draw_message(body, ROLE_DIM,
                     pane_empty_text(p, upstream(p), "groups", why_empty(p, g), text));
        return;
    }
    size_t rows = (size_t)body->height, top = list_top(g->list, rows);
    for (size_t i = 0; i < rows && top + i < list_count(g->list); i++) {
        struct draw_area line = draw_sub(body, 0, (int)i, body->width, 1);
        draw_row(p, &line, &g->rows.list[list_row(g->list, top + i)],
                 top + i == list_cursor(g->list));
    }
}

/* ---- the sample ---- */

static void add_tallies(struct buf *out, const char *title, const struct tallies *t)
{
    bool used[TALLY_MOST * 8] = {false};
    size_t limit = sizeof used < t->count ? sizeof used : t->count;
    for (size_t n = 0; n < limit && n < TALLY_MOST; n++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < limit; i++)
            if (!used[i] && (best == SIZE_MAX || t->list[i].count > t->list[best].count))
                best = i;
        used[best] = true;
        buf_printf(out, "%-12s %8" PRIu64 "  %s\n", n ? "" : title, t->list[best].count,
                   t->list[best].name);
    }
    if (t->count > TALLY_MOST)
        buf_printf(out, "%-12s %8s  and %zu more\n", "", "", t->count - TALLY_MOST);
}

static void show_sample(struct groups *g, const struct group_rows_row *r)
{
    const struct group *group = r->group;
    struct buf *out = reader_open(&g->reader);
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    clock_format(group->first, false, "%H:%M:%S", first, sizeof first);
    clock_format(group->last, false, "%H:%M:%S %Z", last, sizeof last);
    buf_printf(out, "%s\n\n", group->template_text);
    buf_printf(out, "%-12s %s  %s, %" PRIu64 " lines, first %s, last %s\n", "group", group->id,
               level_name(group->level), group->count, first, last);
    add_tallies(out, "namespaces", &group->namespaces);
    add_tallies(out, "workloads", &group->workloads);
    add_tallies(out, "pods", &group->pods);
    add_tallies(out, "nodes", &group->nodes);
    buf_adds(out, "\nA line of it:\n");
    reader_add_line(out, group->sample_time, group->sample_labels,
                    (struct str){group->sample_text, group->sample_n});
}

static bool action(struct pane *p, enum keys_action a)
{
    struct groups *g = p->state;
    const struct group_rows_row *r = cursor_row(g);
    if (g->reader.open)
        return reader_action(&g->reader, a);
    if (a == ACTION_ENTER && r) {
        show_sample(g, r);
        moves_group(p->host->moves, r->group->id);
        return true;
    }
    if (a == ACTION_SORT) {
        g->sort = (g->sort + 1) % GROUP_ROWS_SORTS;
        g->descending = false;
    } else if (a == ACTION_SORT_REVERSE) {
        g->descending = !g->descending;
    } else {
        return false;
    }
    list_sort(g->list, g->sort, g->descending);
    return true;
}

/* ---- title ---- */

static bool copy(struct pane *p, struct buf *out)
{
    const struct groups *g = p->state;
    const struct group_rows_row *r = cursor_row(g);
    return g->reader.open ? buf_add(out, g->reader.text.p, g->reader.text.n)
                          : r && buf_adds(out, r->group->template_text);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct groups *g = p->state;
    size_t shown = list_count(g->list);
    if (shown == g->rows.all)
        snprintf(out, PANE_TEXT, "%zu", shown);
    else
        snprintf(out, PANE_TEXT, "%zu/%zu", shown, g->rows.all);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    static const char *const words[] = {"", "  newest first", "  by level"};
    const struct groups *g = p->state;
    const struct model *m = p->host->model;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    const char *rule = "open";
    int64_t width = shown_window_width(m), start = clock_align(p->host->now, width);
    out[0] = '\0';
    if (!shown_window_of(m, &rule, &start) && !scope_is_live(&m->scope))
        return;
    if (g->rows.open && g->rows.count) /* the open window may be behind the clock */
        start = g->rows.list[0].window->from;
    clock_format(start, false, "%H:%M", from, sizeof from);
    clock_format(start + width, false, "%H:%M", to, sizeof to);
    snprintf(out, PANE_TEXT, "%s %s-%s%s", rule, from, to, words[g->sort]);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct groups *g = p->state;
    const struct group_rows_row *r = cursor_row(g);
    char where[PANE_TEXT / 2];
    str_copy(out, PANE_TEXT, g->reader.open ? "A sample: Esc goes back to the groups." : "");
    if (!r || g->reader.open)
        return;
    where_text(r->group, where, sizeof where);
    snprintf(out, PANE_TEXT, "%s  %s  %s", r->group->id, level_name(r->group->level), where);
}

const struct pane_ops groups_pane = {
    .name = "groups",
    .title = "Groups",
    .about = "The messages of the chosen window, or of the open one. Enter shows a sample.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER,
    .private_size = sizeof(struct groups),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = pane_list,
    .copy = copy,
    .action = action,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
