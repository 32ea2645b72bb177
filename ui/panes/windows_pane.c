/* The error windows of the scope's day, of all rules: bars over its hours, and a row a window. Left and
 * right go to other days. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/number.h"
#include "ui/errors/day_chart.h"
#include "ui/errors/shown_window.h"
#include "ui/errors/window_rows.h"
#include "ui/log/fields.h"
#include "ui/moves.h"
#include "ui/table/row_pane.h"

enum { RULE_WIDTH = 14, COUNT_WIDTH = 6, WIDE = 44, CHOSEN_WIDTH = 9, BAR_LEAST = 5 };

struct windows {
    struct row_pane rows_shown;
    struct window_rows rows;
    uint64_t scope_changes;
    struct fields *fields;
};

static const char *rule_name(const struct pane *p, size_t rule)
{
    const struct model_windows *all = &p->host->model->windows;
    return rule < all->rule_count ? all->rules[rule] : "";
}

static void pane_open(struct pane *p)
{
    struct windows *w = p->state;
    row_pane_open(&w->rows_shown, &window_rows_source, &w->rows, WINDOW_ROWS_BY_TIME,
                  WINDOW_ROWS_SORTS);
    w->fields = fields_new();
}

static void pane_close(struct pane *p)
{
    struct windows *w = p->state;
    row_pane_close(&w->rows_shown);
    window_rows_free(&w->rows);
    fields_free(w->fields);
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
    for (size_t n = 0; !scope_is_live(s) && n < list_count(w->rows_shown.list); n++) {
        if (is_chosen(p, &w->rows.list[list_row(w->rows_shown.list, n)])) {
            list_move_to(w->rows_shown.list, n);
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
    window_rows_build(&w->rows, p->host->model, p->host->now);
    list_sync(w->rows_shown.list, w->rows.hash, 0, p->host->tick, true, &delay);
    follow_scope(p, w);
    return true;
}

static struct list *pane_list(struct pane *p)
{
    return ((struct windows *)p->state)->rows_shown.list;
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
    draw_texts(line, x, 0, COUNT_WIDTH, DRAW_RIGHT, r->lines ? ROLE_TEXT : ROLE_DIM,
               r->is_told ? number_count((double)r->lines, text) : "?");
    x += COUNT_WIDTH + 1;
    draw_bar(line, x, 0, line->width - x - (wide ? 12 : 1), open ? ROLE_BAR_OPEN : ROLE_BAR,
             most ? (double)r->lines / (double)most : 0);
    if (wide)
        draw_printf(line, line->width - 11, 0, 10, ROLE_DIM, "%" PRIu32 " groups", e->groups);
}

/* As long as the longest name, while a bar of a few columns is left beside it. */
static int rule_width(const struct pane *p, int width)
{
    const struct model_windows *all = &p->host->model->windows;
    int longest = 0, room = width - (3 + 5 + 1 + 1 + COUNT_WIDTH + 1 + BAR_LEAST);
    for (size_t i = 0; i < all->rule_count; i++)
        longest = (int)strlen(all->rules[i]) > longest ? (int)strlen(all->rules[i]) : longest;
    longest = longest < RULE_WIDTH ? longest : RULE_WIDTH;
    return longest < room ? longest : room > RULE_WIDTH / 2 ? room : RULE_WIDTH / 2;
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t i, bool cursor)
{
    const struct windows *w = p->state;
    const struct window_rows_row *r = &w->rows.list[i];
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    bool several = p->host->model->windows.rule_count > 1;
    bool wide = line->width >= (several ? WIDE + RULE_WIDTH : WIDE);
    int x = 3, rule = !several ? 0 : wide ? RULE_WIDTH : rule_width(p, line->width);
    clock_format(r->entry.from, false, "%H:%M", from, sizeof from);
    if (r->kind == WINDOW_ROWS_OPEN)
        str_copy(to, sizeof to, "-now");
    else
        clock_format(r->entry.to, false, "-%H:%M", to, sizeof to);
    x += draw_texts(line, x, 0, 5, DRAW_LEFT, ROLE_TEXT, from);
    if (wide)
        draw_texts(line, x, 0, 6, DRAW_LEFT, ROLE_DIM, to);
    x += wide ? 7 : 1;
    draw_texts(line, x, 0, rule, DRAW_MIDDLE, ROLE_SOURCE, rule_name(p, r->rule));
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
    const struct model *m = p->host->model;
    char why[PANE_TEXT / 2], day[CLOCK_TEXT];
    if (!list_count(w->rows_shown.list)) {
        p->first_row = 0;
        snprintf(
            why, sizeof why,
            m->windows.rule_count
                ? "No windows of %s: the collector writes one every ten minutes. < and > go to "
                  "other days."
                : "No rules: the collector's configuration names what counts as an error.",
            clock_format(w->rows.day, true, "%d %b", day, sizeof day));
        pane_draw_empty(p, body, &m->windows.upstream, "windows", why);
        return;
    }
    struct day_chart chart = {&w->rows, w->rows_shown.list, m->windows.rule_count,
                              shown_window_width(m)};
    int height = day_chart_height(&chart, body->height);
    struct draw_area top = draw_sub(body, 0, 0, body->width, height);
    if (height)
        day_chart_draw(&chart, &top);
    row_pane_draw(&w->rows_shown, p, body, height, draw_row);
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

static const struct window_rows_row *cursor_row(const struct windows *w)
{
    size_t i = row_pane_cursor(&w->rows_shown);
    return i == SIZE_MAX ? NULL : &w->rows.list[i];
}

static bool action(struct pane *p, enum keys_action a)
{
    struct windows *w = p->state;
    const struct window_rows_row *r = cursor_row(w);
    if (a == ACTION_ENTER && r)
        return enter(p, r);
    if (a != ACTION_LEFT && a != ACTION_RIGHT)
        return row_pane_action(&w->rows_shown, a);
    moves_day(p->host->moves, a == ACTION_LEFT ? -1 : 1, p->host->now);
    return true;
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct windows *w = p->state;
    row_pane_counts(&w->rows_shown, w->rows.count, out);
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
    int sort = w->rows_shown.sort;
    if (open->state <= UPSTREAM_LIVE || upstream(p)->state != UPSTREAM_LIVE)
        snprintf(out, PANE_TEXT, "%s%s", sort < 0 ? "" : words[sort],
                 sort < 0 && w->rows_shown.descending ? "oldest first" : "");
    else
        snprintf(out, PANE_TEXT, "the open one: %s",
                 upstream_text(open, p->host->now, state, sizeof state));
}

/* "13:30-13:40 errors: 1204 lines, 12 groups, incomplete; connection refused …" */
static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct windows *w = p->state;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    const struct window_rows_row *r = cursor_row(w);
    struct buf top;
    out[0] = '\0';
    if (!r)
        return;
    buf_init(&top, PANE_TEXT);
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
            r->entry.truncated ? ", truncated" : "", r->entry.top[0] ? "; " : "",
            fields_template(w->fields, str_of(r->entry.top), &top) ? buf_text(&top) : r->entry.top);
    buf_free(&top);
}

const struct pane_ops windows_pane = {
    .name = "windows",
    .title = "Windows",
    .about =
        "Error windows of a day: ten minutes each, by rule, of the chosen namespace. Enter opens "
        "one, < and > go to the day before and after.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER | PANE_SIDEWAYS,
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
