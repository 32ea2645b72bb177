/* The error windows of the shown day, of all rules; the first row is the whole day as a strip. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/number.h"
#include "text/spark.h"
#include "ui/moves.h"
#include "ui/pane.h"
#include "ui/shown_window.h"
#include "ui/window_rows.h"

enum {
    STRIP_MOST = 400,
    RULE_WIDTH = 14,
    COUNT_WIDTH = 6,
    DATE_WIDTH = 7,
    WIDE = 44,
    CHOSEN_WIDTH = 9
};

struct windows {
    struct list *list;
    struct window_rows rows;
    int sort;
    bool descending;
    uint64_t scope_changes;
};

static const char *rule_name(const struct pane *p, size_t rule)
{
    const struct model_windows *all = &p->host->model->windows;
    return rule < all->rule_count ? all->rules[rule] : "";
}

static void pane_open(struct pane *p)
{
    struct windows *w = p->state;
    w->list = list_new(&window_rows_source, &w->rows);
    w->sort = WINDOW_ROWS_BY_TIME;
}

static void pane_close(struct pane *p)
{
    struct windows *w = p->state;
    list_free(w->list);
    window_rows_free(&w->rows);
}

static bool is_chosen(const struct pane *p, const struct window_rows_row *r)
{
    const struct model *m = p->host->model;
    const char *rule;
    int64_t from;
    if (!shown_window_of(m, &rule, &from))
        return r->kind == WINDOW_ROWS_OPEN && scope_is_live(&m->scope);
    return r->kind != WINDOW_ROWS_OPEN && from == r->entry.from &&
           strcmp(rule, rule_name(p, r->rule)) == 0;
}

/* The cursor goes along when the window was chosen elsewhere: [ and ], undo. */
static void follow_scope(struct pane *p, struct windows *w)
{
    const struct scope *s = &p->host->model->scope;
    if (w->scope_changes == s->changes)
        return;
    for (size_t n = 0; !scope_is_live(s) && n < list_count(w->list); n++) {
        if (is_chosen(p, &w->rows.list[list_row(w->list, n)])) {
            list_move_to(w->list, n);
            w->scope_changes = s->changes;
            return;
        }
    }
    if (scope_is_live(s))
        w->scope_changes = s->changes;
}

static bool pane_sync(struct pane *p)
{
    struct windows *w = p->state;
    int64_t delay;
    window_rows_build(&w->rows, &p->host->model->windows, shown_window_width(p->host->model),
                      p->host->now);
    list_sync(w->list, w->rows.hash, 0, p->host->tick, true, &delay);
    follow_scope(p, w);
    return true;
}

static struct list *pane_list(struct pane *p)
{
    return ((struct windows *)p->state)->list;
}

/* The shown day's name: days are UTC's, said where the local ones are others. */
static int draw_day(const struct draw_area *body, int64_t day)
{
    char utc[CLOCK_TEXT], local[CLOCK_TEXT], text[CLOCK_TEXT];
    clock_format(day, true, "%d %b %H:%M", utc, sizeof utc);
    clock_format(day, false, "%d %b %H:%M", local, sizeof local);
    clock_format(day, true, strcmp(utc, local) == 0 ? "%d %b" : "%d %b UTC", text, sizeof text);
    return 1 + draw_texts(body, 1, 0, body->width - 1, DRAW_LEFT, ROLE_COLUMN, text) + 1;
}

/* The whole day in one row: lines by time, all rules together. */
static void draw_strip(const struct pane *p, const struct windows *w, const struct draw_area *body)
{
    double lines[WINDOW_ROWS_A_DAY], columns[STRIP_MOST];
    int64_t width = shown_window_width(p->host->model);
    size_t count = (size_t)(CLOCK_DAY / width);
    int x = draw_day(body, w->rows.day), room = body->width - x - 1;
    if (count > WINDOW_ROWS_A_DAY || room < 8)
        return;
    for (size_t i = 0; i < count; i++)
        lines[i] = NAN;
    for (size_t i = 0; i < w->rows.count; i++) {
        const struct window_rows_row *r = &w->rows.list[i];
        size_t at = (size_t)((r->entry.from - w->rows.day) / width);
        if (r->kind <= WINDOW_ROWS_OPEN && at < count)
            lines[at] = (isnan(lines[at]) ? 0 : lines[at]) + (double)r->entry.lines;
    }
    room = room < STRIP_MOST ? room : STRIP_MOST;
    spark_resample(lines, count, columns, room);
    double least = 0, most = NAN;
    spark_scale(columns, (size_t)room, &least, &most);
    for (int i = 0; i < room; i++)
        columns[i] /= most > 0 ? most : 1;
    draw_levels(body, x, 0, ROLE_BAR, columns, room);
}

static void draw_words(const struct draw_area *line, int x, const struct window_rows_row *r)
{
    const char *word = r->kind == WINDOW_ROWS_DUE ? "being collected" : "not collected";
    draw_texts(line, x, 0, line->width - x, DRAW_LEFT, ROLE_WARN, word);
}

static void draw_mark_of(const struct pane *p, const struct draw_area *line,
                         const struct window_rows_row *r, bool cursor)
{
    const struct window_entry *e = &r->entry;
    bool stored = r->kind == WINDOW_ROWS_STORED;
    if (r->kind == WINDOW_ROWS_OPEN)
        draw_glyph(line, 1, 0, ROLE_BAR_OPEN, GLYPH_LIVE);
    else if (!stored || !e->complete || e->truncated)
        draw_glyph(line, 1, 0, ROLE_WARN, stored ? GLYPH_WARN : GLYPH_UNKNOWN);
    pane_mark_row(p, line, cursor, is_chosen(p, r), CHOSEN_WIDTH);
}

/* Count, bar and, where there is room, the number of groups. */
static void draw_numbers(const struct draw_area *line, int x, const struct window_rows_row *r,
                         uint64_t most, bool wide)
{
    const struct window_entry *e = &r->entry;
    char text[NUMBER_TEXT];
    bool open = r->kind == WINDOW_ROWS_OPEN;
    draw_texts(line, x, 0, COUNT_WIDTH, DRAW_RIGHT, e->lines ? ROLE_TEXT : ROLE_DIM,
               number_count((double)e->lines, text));
    x += COUNT_WIDTH + 1;
    draw_bar(line, x, 0, line->width - x - (wide ? 12 : 1), open ? ROLE_BAR_OPEN : ROLE_BAR,
             most ? (double)e->lines / (double)most : 0);
    if (wide)
        draw_printf(line, line->width - 11, 0, 10, ROLE_DIM, "%" PRIu32 " groups", e->groups);
}

static void draw_row(const struct pane *p, const struct windows *w, const struct draw_area *line,
                     const struct window_rows_row *r, bool cursor)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    bool several = p->host->model->windows.rule_count > 1;
    bool wide = line->width >= (several ? WIDE + RULE_WIDTH : WIDE);
    int x = 3, rule = !several ? 0 : wide ? RULE_WIDTH : RULE_WIDTH / 2;
    clock_format(r->entry.from, false, "%H:%M", from, sizeof from);
    if (r->kind == WINDOW_ROWS_OPEN)
        str_copy(to, sizeof to, "-now");
    else
        clock_format(r->entry.to, false, "-%H:%M", to, sizeof to);
    x += draw_texts(line, x, 0, 5, DRAW_LEFT, ROLE_TEXT, from);
    if (wide)
        draw_texts(line, x, 0, 6, DRAW_LEFT, ROLE_DIM, to);
    x += wide ? 7 : 1;
    draw_texts(line, x, 0, rule, DRAW_LEFT, ROLE_SOURCE, rule_name(p, r->rule));
    x += several ? rule + 1 : 0;
    if (r->kind >= WINDOW_ROWS_DUE)
        draw_words(line, x, r);
    else
        draw_numbers(line, x, r, w->rows.most, wide);
    draw_mark_of(p, line, r, cursor);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct windows *w = p->state;
    char text[PANE_TEXT];
    p->first_row = 1;
    if (!list_count(w->list)) {
        const char *why = p->host->model->windows.rule_count
                              ? "No windows of this day yet: the collector writes one every ten "
                                "minutes. [ goes back in time."
                              : "No rules: the collector's configuration names what counts as an "
                                "error.";
        draw_message(body, ROLE_DIM,
                     pane_empty_text(p, &p->host->model->windows.upstream, "windows", why, text));
        return;
    }
    draw_strip(p, w, body);
    size_t rows = body->height > 1 ? (size_t)body->height - 1 : 0, top = list_top(w->list, rows);
    for (size_t i = 0; i < rows && top + i < list_count(w->list); i++) {
        struct draw_area line = draw_sub(body, 0, 1 + (int)i, body->width, 1);
        draw_row(p, w, &line, &w->rows.list[list_row(w->list, top + i)],
                 top + i == list_cursor(w->list));
    }
}

static bool enter(struct pane *p, const struct window_rows_row *r)
{
    if (r->kind >= WINDOW_ROWS_DUE) {
        pane_say(p, ROLE_WARNING, "This window was not collected: the store has no lines of it. %s",
                 "kubeboard collect --from/--to does it again.");
        return true;
    }
    if (r->kind == WINDOW_ROWS_OPEN)
        moves_live(p->host->moves);
    else
        moves_window(p->host->moves, rule_name(p, r->rule), r->entry.from, r->entry.to);
    pane_show(p, "groups");
    return true;
}

static bool action(struct pane *p, enum keys_action a)
{
    struct windows *w = p->state;
    if (a == ACTION_ENTER && list_count(w->list))
        return enter(p, &w->rows.list[list_row(w->list, list_cursor(w->list))]);
    if (a == ACTION_SORT) {
        w->sort = w->sort + 1 == WINDOW_ROWS_SORTS ? WINDOW_ROWS_BY_TIME : w->sort + 1;
        w->descending = false;
    } else if (a == ACTION_SORT_REVERSE) {
        w->descending = !w->descending;
    } else {
        return false;
    }
    list_sort(w->list, w->sort, w->descending);
    return true;
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct windows *w = p->state;
    size_t shown = list_count(w->list);
    if (shown == w->rows.count)
        snprintf(out, PANE_TEXT, "%zu", shown);
    else
        snprintf(out, PANE_TEXT, "%zu/%zu", shown, w->rows.count);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->windows.upstream;
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    static const char *const words[] = {"lines", "rule"};
    const struct windows *w = p->state;
    const struct upstream *open = &p->host->model->windows.open_upstream;
    char state[PANE_TEXT];
    if (open->state <= UPSTREAM_LIVE || upstream(p)->state != UPSTREAM_LIVE)
        snprintf(out, PANE_TEXT, "%s%s", w->sort < 0 ? "" : words[w->sort],
                 w->sort < 0 && w->descending ? "oldest first" : "");
    else
        snprintf(out, PANE_TEXT, "the open one: %s",
                 upstream_text(open, p->host->now, state, sizeof state));
}

/* "13:30-13:40 errors: 1204 lines, 12 groups, incomplete; connection refused …" */
static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct windows *w = p->state;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    out[0] = '\0';
    if (!list_count(w->list))
        return;
    const struct window_rows_row *r = &w->rows.list[list_row(w->list, list_cursor(w->list))];
    clock_format(r->entry.from, false, "%H:%M", from, sizeof from);
    clock_format(r->entry.to, false, "%H:%M", to, sizeof to);
    if (r->kind >= WINDOW_ROWS_DUE)
        snprintf(out, PANE_TEXT, "%s-%s %s: %s", from, to, rule_name(p, r->rule),
                 r->kind == WINDOW_ROWS_DUE ? "being collected" : "not collected");
    else
        snprintf(
            out, PANE_TEXT, "%s-%s %s: %" PRIu64 " line%s, %" PRIu32 " group%s%s%s%s%s%s", from, to,
            rule_name(p, r->rule), r->entry.lines, r->entry.lines == 1 ? "" : "s", r->entry.groups,
            r->entry.groups == 1 ? "" : "s", r->kind == WINDOW_ROWS_OPEN ? ", open" : "",
            r->kind == WINDOW_ROWS_STORED && !r->entry.complete ? ", incomplete" : "",
            r->entry.truncated ? ", truncated" : "", r->entry.top[0] ? "; " : "", r->entry.top);
}

const struct pane_ops windows_pane = {
    .name = "windows",
    .title = "Windows",
    .about = "Error windows of the day: ten minutes each, by rule. Enter opens one.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER,
    .private_size = sizeof(struct windows),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = pane_list,
    .action = action,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
