/* The groups of a window: what the error lines say, whether that is new, how often, in which windows
 * and where. Enter opens one: ui/errors/group_page.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/number.h"
#include "triage/comparison.h"
#include "ui/errors/badge_look.h"
#include "ui/errors/group_goal.h"
#include "ui/errors/group_page.h"
#include "ui/errors/shown_window.h"
#include "ui/errors/template_draw.h"
#include "ui/errors/trend_draw.h"
#include "ui/log/fields.h"
#include "ui/log/level_look.h"
#include "ui/moves.h"
#include "ui/table/row_pane.h"

enum {
    COUNT_WIDTH = 6,
    SPARK_FROM = 40, /* widths from which on the trend, the minutes and the places are shown */
    MINUTES_FROM = 100,
    WHERE_FROM = 72,
    MINUTES_WIDTH = 10,
};

struct groups {
    struct row_pane rows_shown;
    struct group_rows rows;
    struct group_page page;
    struct fields *fields;
};

static void pane_open(struct pane *p)
{
    struct groups *g = p->state;
    row_pane_open(&g->rows_shown, &group_rows_source, &g->rows, GROUP_ROWS_BY_COUNT,
                  GROUP_ROWS_SORTS);
    group_page_init(&g->page);
    g->fields = fields_new();
}

static void pane_close(struct pane *p)
{
    struct groups *g = p->state;
    row_pane_close(&g->rows_shown);
    group_rows_free(&g->rows);
    group_page_free(&g->page);
    fields_free(g->fields);
}

static const struct group_rows_row *page_row(const struct groups *g)
{
    return group_rows_find(&g->rows, g->page.id);
}

static bool pane_sync(struct pane *p)
{
    struct groups *g = p->state;
    int64_t delay;
    g->rows.reversed = g->rows_shown.descending;
    group_rows_build(&g->rows, p->host->model);
    list_sync(g->rows_shown.list, g->rows.hash, 0, p->host->tick, true, &delay);
    if (g->page.open)
        group_page_build(&g->page, p->host->model, page_row(g), p->width);
    return true;
}

static struct list *pane_list(struct pane *p)
{
    struct groups *g = p->state;
    return g->page.open ? NULL : g->rows_shown.list;
}

/* The page is read from its top: nothing of it is sorted or left out. */
static unsigned flags_now(const struct pane *p)
{
    const struct groups *g = p->state;
    return p->ops->flags & ~(g->page.open ? (unsigned)(PANE_SORT | PANE_FILTER) : 0);
}

static bool search(struct pane *p, bool forward)
{
    struct groups *g = p->state;
    return g->page.open && group_page_search(&g->page, p->search.regex, forward);
}

static const struct group_rows_row *cursor_row(const struct groups *g)
{
    size_t i = row_pane_cursor(&g->rows_shown);
    return g->page.open ? page_row(g) : i == SIZE_MAX ? NULL : &g->rows.list[i];
}

/* ---- rows ---- */

/* "shop/checkout +2": the place with most lines and how many others there are. */
static void where_text(const struct group *g, char *out, size_t size)
{
    out[0] = '\0';
    if (!g)
        return;
    const struct tallies *t = g->workloads.count ? &g->workloads : &g->namespaces;
    size_t most = 0;
    for (size_t i = 1; i < t->count; i++)
        if (t->list[i].count > t->list[most].count)
            most = i;
    if (t->count == 1)
        snprintf(out, size, "%s", t->list[0].name);
    else if (t->count)
        snprintf(out, size, "%s +%zu", t->list[most].name, t->count - 1);
}

/* Trend, minutes and place, as far as there is room; returns the columns that are left for the text
 * and moves *x behind the rest. */
static int draw_numbers(const struct pane *p, const struct draw_area *line,
                        const struct group_rows_row *r, int *x)
{
    char text[PANE_TEXT];
    int where = line->width >= WHERE_FROM ? line->width / 4 : 0;
    int windows = line->width >= WHERE_FROM ? COMPARISON_TREND : COMPARISON_TREND / 2;
    if (line->width >= SPARK_FROM) {
        trend_draw(line, *x, windows, r, p->host->model->windows.pasts);
        *x += windows + 1;
    }
    if (line->width >= MINUTES_FROM && r->group)
        trend_draw_minutes(line, *x, MINUTES_WIDTH, r->group);
    *x += line->width >= MINUTES_FROM ? MINUTES_WIDTH + 1 : 0;
    if (where) {
        where_text(r->group, text, sizeof text);
        draw_texts(line, line->width - where, 0, where, DRAW_LEFT, ROLE_SOURCE, text);
    }
    return line->width - *x - (where ? where + 1 : 0);
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t i, bool cursor)
{
    const struct groups *g = p->state;
    const struct group_rows_row *r = &g->rows.list[i];
    bool chosen = r->group && strcmp(p->host->model->scope.group, r->group->id) == 0;
    char text[NUMBER_TEXT];
    int x = 1;
    draw_texts(line, x, 0, COUNT_WIDTH, DRAW_RIGHT, r->group ? ROLE_TEXT : ROLE_BADGE_GONE,
               number_count((double)r->count, text));
    x += COUNT_WIDTH + 1;
    draw_texts(line, x, 0, BADGE_LOOK_WIDTH, DRAW_LEFT, badge_look_role(r->badge),
               badge_word(r->badge));
    x += BADGE_LOOK_WIDTH + 1;
    draw_texts(line, x, 0, 1, DRAW_HARD, r->group ? level_look_role(r->level) : ROLE_BADGE_GONE,
               level_look_letter(r->level));
    x += 2;
    int room = draw_numbers(p, line, r, &x);
    if (r->group)
        template_draw(g->fields, line, x, room, r->text);
    else
        draw_texts(line, x, 0, room, DRAW_LEFT, ROLE_BADGE_GONE, r->text);
    pane_mark_row(p, line, cursor, chosen, line->width);
}

/* Whose state explains an empty pane: the chosen window's, else the open one's. */
static const struct upstream *upstream(struct pane *p)
{
    const struct model_windows *all = &p->host->model->windows;
    const char *rule;
    int64_t from;
    bool stored = shown_window_of(p->host->model, &rule, &from);
    return stored ? &all->chosen_upstream : &all->open_upstream;
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
    p->first_row = 0;
    if (g->page.open)
        group_page_draw(&g->page, p, body, page_row(g));
    else if (!list_count(g->rows_shown.list))
        pane_draw_empty(p, body, upstream(p), "groups", why_empty(p, g));
    else
        row_pane_draw(&g->rows_shown, p, body, 0, draw_row);
}

/* ---- keys ---- */

static void goal_of(const struct pane *p, struct group_goal *goal)
{
    const struct groups *g = p->state;
    const struct rule_labels *labels = p->host->labels;
    const char *name = "";
    enum group_page_kind kind = g->page.open ? group_page_at(&g->page, &name) : GROUP_PAGE_TEXT;
    group_goal_of(goal, cursor_row(g), labels);
    if (kind == GROUP_PAGE_POD)
        group_goal_pod(goal, name);
    else if (kind == GROUP_PAGE_NODE)
        group_goal_node(goal, name);
}

static bool enter(struct pane *p, struct groups *g)
{
    const struct group_rows_row *r = cursor_row(g);
    struct group_goal goal;
    const char *name = "";
    if (!r)
        return g->page.open;
    goal_of(p, &goal);
    if (!g->page.open) {
        group_page_show(&g->page, r->id);
        moves_group(p->host->moves, r->group ? r->group->id : "");
        return true;
    }
    switch (group_page_at(&g->page, &name)) {
    case GROUP_PAGE_SAMPLE:
        return group_goal_line(p, r->group);
    case GROUP_PAGE_WORKLOAD:
        return group_goal_workload(p, name);
    case GROUP_PAGE_POD:
        return group_goal_do(p, &goal, ACTION_TO_POD);
    case GROUP_PAGE_NODE:
        return group_goal_do(p, &goal, ACTION_TO_NODE);
    default:
        return true;
    }
}

/* Out of the page to the groups, out of a window's groups to the windows. */
static bool back(struct pane *p, struct groups *g)
{
    if (g->page.open) {
        moves_group(p->host->moves, "");
        g->page.open = false;
        return true;
    }
    if (p->filter.regex || p->search.regex || !p->host->model->scope.rule[0])
        return false;
    pane_show(p, "windows");
    return true;
}

static bool action(struct pane *p, enum keys_action a)
{
    struct groups *g = p->state;
    struct group_goal goal;
    if (a == ACTION_BACK)
        return back(p, g);
    if (a == ACTION_ENTER)
        return enter(p, g);
    goal_of(p, &goal);
    if (group_goal_do(p, &goal, a))
        return true;
    return g->page.open ? group_page_action(&g->page, a, p->height)
                        : row_pane_action(&g->rows_shown, a);
}

static bool object(struct pane *p, struct object_ref *out)
{
    struct group_goal goal;
    goal_of(p, &goal);
    return group_goal_object(&goal, out);
}

static bool copy(struct pane *p, struct buf *out)
{
    const struct group_rows_row *r = cursor_row(p->state);
    return r && buf_adds(out, r->text);
}

/* ---- title ---- */

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct groups *g = p->state;
    row_pane_counts(&g->rows_shown, g->rows.all, out);
}

static size_t count_badge(const struct groups *g, enum badge b)
{
    size_t n = 0;
    for (size_t i = 0; i < g->rows.count; i++)
        n += g->rows.list[i].badge == b;
    return n;
}

/* " · 3 new, 1 worse" */
static void say_badges(const struct groups *g, char *out, size_t size)
{
    static const enum badge told[] = {BADGE_NEW, BADGE_WORSE, BADGE_GONE};
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof told / sizeof *told && n < size; i++) {
        size_t count = count_badge(g, told[i]);
        if (count)
            n += (size_t)snprintf(out + n, size - n, "%s%zu %s", n ? ", " : "  ", count,
                                  badge_word(told[i]));
    }
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    static const char *const words[] = {"", "  new first", "  newest first", "  by level"};
    const struct groups *g = p->state;
    const struct model *m = p->host->model;
    char from[CLOCK_TEXT], to[CLOCK_TEXT], badges[100];
    const char *rule = "open";
    int64_t width = shown_window_width(m), start = clock_align(p->host->now, width);
    out[0] = '\0';
    if (!shown_window_of(m, &rule, &start) && !scope_is_live(&m->scope))
        return;
    if (g->rows.open && g->rows.count) /* the open window may be behind the clock */
        start = g->rows.list[0].window->from;
    clock_format(start, false, "%H:%M", from, sizeof from);
    clock_format(start + width, false, "%H:%M", to, sizeof to);
    say_badges(g, badges, sizeof badges);
    snprintf(out, PANE_TEXT, "%s %s-%s%s%s", rule, from, to, badges, words[g->rows_shown.sort]);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct groups *g = p->state;
    const struct group_rows_row *r = cursor_row(g);
    char where[PANE_TEXT / 2];
    out[0] = '\0';
    if (!r)
        return;
    where_text(r->group, where, sizeof where);
    if (g->page.open)
        snprintf(out, PANE_TEXT, "l its lines live, i pod, M node, m metrics");
    else
        snprintf(out, PANE_TEXT, "%s  %s  %s%s%s  %016" PRIx64, badge_look_words(r->badge),
                 r->window->rule, r->level == LEVEL_UNKNOWN ? "" : level_name(r->level),
                 r->level == LEVEL_UNKNOWN ? "" : "  ", where, r->id);
}

const struct pane_ops groups_pane = {
    .name = "groups",
    .title = "Groups",
    .about =
        "The messages of the chosen window, or of the open one: new, worse, known or gone. Enter "
        "opens one.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER | PANE_PLACES,
    .flags_now = flags_now,
    .private_size = sizeof(struct groups),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = pane_list,
    .search = search,
    .object = object,
    .copy = copy,
    .action = action,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
