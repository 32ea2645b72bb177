#include "ui/log/logdraw.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/log/highlights.h"
#include "ui/log/level_look.h"
#include "ui/log/logsource.h"
#include "ui/terminal/sgr.h"

enum {
    SAFE_BYTES = 1 << 22,
    WRAP_BYTES = 1 << 14,
    HITS_MOST = 64,
    CURSOR_COLUMN = 1,
    FOLDED_MOST = 500,
    REACH_COLUMNS = 1 << 20,
    PATIENCE = 2 /* matches of a frame that may be given up */
};

/* What one frame is drawn with. Columns: 0: not shown. */
struct frame {
    const struct logdraw *how;
    struct logview *view;
    const struct pane *pane;
    const struct draw_area *all, *body; /* body: without the rows of the edges */
    int time, source, text, width;      /* text: where it begins; width: its columns */
    bool dates, ascii;                  /* ascii: no other character may be shown */
    size_t patience; /* regex_gave_up of the search at which nothing more is marked */
    int64_t now;
    struct logsource labels;
};

/* A line's text as it is shown. */
struct shown {
    struct buf safe;
    struct sgr colours;
    struct str text; /* in safe, without what is scrolled out on the left */
};

/* Only the letter of most levels is coloured, the text of the worst and the least too: a page of
 * errors stays readable. */
static enum theme_role text_role(enum level l)
{
    bool all = l == LEVEL_FATAL || l == LEVEL_DEBUG || l == LEVEL_TRACE;
    return all ? level_look_role(l) : ROLE_TEXT;
}

/* The date is shown only where lines are of another day than now. */
static void choose_columns(struct frame *f)
{
    const struct scope *s = &f->pane->host->model->scope;
    enum logdraw_times times = f->how->times;
    bool utc = times == LOGDRAW_UTC;
    int width = f->body->width;
    f->now = f->pane->host->now;
    f->dates =
        times < LOGDRAW_AGE && !clock_same_day(lines_at(f->view->lines, 0).time, f->now, utc);
    f->time = times == LOGDRAW_NONE ? 0 : times == LOGDRAW_AGE ? 7 : 13;
    f->time += (utc ? 1 : 0) + (f->dates ? 6 : 0);
    logsource_choose(&f->labels, f->view->lines, f->pane->host->labels, s->pod[0]);
    int each = width < 100 ? 14 : width < 160 ? 20 : 30, more = width < 100 ? 4 : each / 2;
    f->source = f->labels.columns ? each + more * (f->labels.columns - 1) : 0;
    f->text = CURSOR_COLUMN + f->time + (f->source ? f->source + 1 : 0) + 2;
    f->width = width - f->text > 1 ? width - f->text : 1;
}

static void draw_time(const struct frame *f, const struct draw_area *row, int64_t time)
{
    char text[CLOCK_TEXT], out[CLOCK_TEXT + 8];
    enum logdraw_times times = f->how->times;
    if (times == LOGDRAW_NONE)
        return;
    if (times == LOGDRAW_AGE) {
        clock_age(f->now > time ? f->now - time : 0, text);
        draw_texts(row, CURSOR_COLUMN, 0, f->time - 1, DRAW_RIGHT, ROLE_TIME, text);
        return;
    }
    bool utc = times == LOGDRAW_UTC;
    clock_format(time, utc, f->dates ? "%m-%d %T" : "%T", text, sizeof text);
    snprintf(out, sizeof out, "%s.%03d%s", text, (int)(time / CLOCK_MS % 1000), utc ? "Z" : "");
    draw_texts(row, CURSOR_COLUMN, 0, f->time - 1, DRAW_HARD, ROLE_TIME, out);
}

/* Made safe, with the colours that it brought along as roles. */
static void show_text(const struct frame *f, struct str text, struct shown *out)
{
    bool wrap = f->how->wrap;
    size_t most = wrap ? WRAP_BYTES : (size_t)(f->how->left + f->width) * 8 + 64;
    struct buf fields;
    buf_init(&fields, SAFE_BYTES);
    while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
        text.n--; /* blanks before the text stay: stack traces are indented */
    if (!f->how->raw && fields_line(f->how->fields, text, &fields))
        text = buf_str(&fields);
    while (text.n > most && most && ((unsigned char)text.p[most] & 0xc0) == 0x80)
        most--;
    if (text.n > most)
        text.n = most;
    buf_init(&out->safe, SAFE_BYTES);
    sgr_safe(&out->safe, text, f->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT, &out->colours);
    buf_free(&fields);
    size_t cut = wrap ? 0 : utf8_fit(buf_str(&out->safe), f->how->left, NULL);
    out->text = (struct str){buf_text(&out->safe) + cut, out->safe.n - cut};
}

/* Lays the log's own colours over a part of the text. */
static void lay_colours(const struct frame *f, const struct draw_area *row,
                        const struct shown *shown, struct str part)
{
    size_t from = (size_t)(part.p - buf_text(&shown->safe)), to = from + part.n;
    for (size_t i = 0; i < shown->colours.count; i++) {
        size_t a = shown->colours.spans[i].at;
        size_t b = i + 1 < shown->colours.count ? shown->colours.spans[i + 1].at : to;
        enum theme_role role = shown->colours.spans[i].role;
        a = a < from ? from : a;
        b = b > to ? to : b;
        if (a >= b || role == ROLE_TEXT)
            continue;
        int x = utf8_width((struct str){part.p, a - from});
        int width = utf8_width((struct str){part.p + (a - from), b - a});
        if (x < f->width)
            draw_over(row, f->text + x, 0, x + width > f->width ? f->width - x : width, role);
    }
}

static void mark_hits(const struct frame *f, const struct draw_area *row, struct str text,
                      struct regex *r, enum theme_role role)
{
    size_t from = 0, start, end;
    for (int i = 0; r && i < HITS_MOST && regex_find(r, text, from, &start, &end); i++) {
        int x = utf8_width((struct str){text.p, start});
        int width = utf8_width((struct str){text.p + start, end - start});
        if (x + width > f->width)
            width = f->width - x;
        draw_over(row, f->text + x, 0, width, role);
        from = end > start ? end : end + 1;
        if (from > text.n || x >= f->width)
            break;
    }
}

/* What is searched for lies over the words that are always marked. */
static void mark_all(const struct frame *f, const struct draw_area *row, struct str text)
{
    const struct highlights *h = f->pane->host->highlights;
    for (size_t i = 0; i < HIGHLIGHTS_MOST; i++)
        mark_hits(f, row, text, h->list[i].regex, highlights_role(i));
    struct regex *search = f->pane->search.regex;
    if (search && regex_gave_up(search) < f->patience)
        mark_hits(f, row, text, search, ROLE_MATCH);
}

/* A gap or a notice: a sentence over a line. */
static void draw_notice(const struct frame *f, const struct draw_area *row, const struct line *line)
{
    draw_time(f, row, line->time);
    int x = CURSOR_COLUMN + f->time;
    draw_fill(row, x, 0, row->width - x, ROLE_NOTICE, GLYPH_HLINE);
    draw_glyph(row, x + 2, 0, ROLE_NOTICE, GLYPH_NONE);
    x += 3 + draw_text(row, x + 3, 0, row->width - x - 6, DRAW_LEFT, ROLE_NOTICE, line->text);
    draw_glyph(row, x, 0, ROLE_NOTICE, GLYPH_NONE);
}

/* What stands before the text of a line's first row. */
static void draw_head(const struct frame *f, const struct draw_area *row, const struct line *line,
                      enum level level)
{
    draw_time(f, row, line->time);
    char source[LOGSOURCE_TEXT];
    int x = CURSOR_COLUMN + f->time;
    if (f->source)
        draw_texts(row, x, 0, f->source, DRAW_MIDDLE, ROLE_SOURCE,
                   logsource_text(&f->labels, f->pane->host->labels, line->labels, source));
    x += f->source ? f->source + 1 : 0;
    draw_texts(row, x, 0, 1, DRAW_HARD, level_look_role(level), level_look_letter(level));
    if (line->late)
        draw_glyph(row, x + 1, 0, ROLE_NOTICE, GLYPH_LATE);
    else if (f->how->left && !f->how->wrap)
        draw_glyph(row, x + 1, 0, ROLE_DIM, GLYPH_MORE_LEFT);
}

/* How many lines are folded away under this one, at the row's end. */
static void draw_folded(const struct frame *f, size_t i, const struct draw_area *row)
{
    char text[40];
    size_t n = logview_folded(f->view, i, FOLDED_MOST);
    if (!n)
        return;
    snprintf(text, sizeof text, " %s %zu%s more ", draw_mark(row, GLYPH_FOLDED), n,
             n == FOLDED_MOST ? "+" : "");
    int width = draw_width(row, text);
    if (width < f->width)
        draw_texts(row, row->width - width, 0, width, DRAW_HARD, ROLE_KEY, text);
}

static void draw_row(const struct frame *f, size_t i, const struct line *line,
                     const struct shown *shown, struct str part, int y, bool first)
{
    struct draw_area row = draw_sub(f->body, 0, y, f->body->width, 1);
    enum level level = logview_level(f->view, i);
    const struct marks *marks = f->pane->host->model->marks;
    bool cursor = i == f->view->cursor && f->pane->focused && !f->view->follow;
    bool log = line->kind == LINE_LOG;
    if (y < 0 || y >= f->body->height)
        return;
    if (!log) {
        draw_notice(f, &row, line);
    } else {
        if (first)
            draw_head(f, &row, line, level);
        draw_text(&row, f->text, 0, f->width, DRAW_LEFT, text_role(level), part);
        lay_colours(f, &row, shown, part);
    }
    if (cursor) {
        draw_glyph(&row, 0, 0, ROLE_TEXT, first ? GLYPH_CURSOR : GLYPH_NONE);
        draw_over(&row, 0, 0, row.width, ROLE_CURSOR);
    }
    if (log && first && marks_count(marks) && marks_find(marks, line) != SIZE_MAX)
        draw_glyph(&row, 0, 0, ROLE_MARK, GLYPH_MARK);
    if (log)
        mark_all(f, &row, part);
    if (log && first)
        draw_folded(f, i, &row);
}

/* Rows that one wrapped line may take: a very long one leaves room for others. */
static int rows_most(const struct frame *f)
{
    return f->body->height > 6 ? f->body->height / 2 : 3;
}

/* Draws a line from screen row y on, which may lie above the area; returns the rows that it needs.
 * Without `draw` it only counts. */
static int draw_line(const struct frame *f, size_t i, int y, bool draw)
{
    struct line line = lines_at(f->view->lines, i);
    struct shown shown;
    int rows = 0, most = rows_most(f);
    bool wrap = f->how->wrap && line.kind == LINE_LOG;
    if (!draw && !wrap)
        return 1;
    show_text(f, line.text, &shown);
    struct str rest = shown.text;
    do {
        bool whole = !wrap || rows + 1 == most; /* the last one is cut where it ends */
        struct str part = {rest.p, !whole && rest.n ? draw_wrap(rest, f->width) : rest.n};
        struct str row = part;
        if (!whole && row.n &&
            row.p[row.n - 1] == ' ') /* where it was wrapped: no column is left for it */
            row.n--;
        if (draw)
            draw_row(f, i, &line, &shown, row, y + rows, rows == 0);
        rest.p += part.n;
        rest.n -= part.n;
        rows++;
    } while (rest.n);
    buf_free(&shown.safe);
    return rows;
}

/* The line that stands at the top when line i is the last that fits; rows that it is cut by in
 * *above. */
static size_t top_for(const struct frame *f, size_t i, int *above)
{
    int rows = draw_line(f, i, 0, false), height = f->body->height;
    while (rows < height) {
        size_t before = i ? logview_next(f->view, i - 1, false) : SIZE_MAX;
        if (before == SIZE_MAX)
            break;
        i = before;
        rows += draw_line(f, i, 0, false);
    }
    *above = rows > height ? rows - height : 0;
    return i;
}

/* The rows from line i to the cursor's end, or more than `most`. */
static int rows_to_cursor(const struct frame *f, size_t i, int most)
{
    int rows = 0;
    while (i <= f->view->cursor && rows <= most) {
        rows += draw_line(f, i, 0, false);
        i = logview_next(f->view, i + 1, true);
    }
    return rows;
}

/* Where drawing begins. */
static size_t find_top(const struct frame *f, int *above)
{
    struct logview *v = f->view;
    int cut = 0, height = f->body->height;
    *above = 0;
    if (v->follow)
        return top_for(f, v->cursor, above);
    size_t top = logview_next(v, v->top < v->cursor ? v->top : v->cursor, true);
    if (top == SIZE_MAX || top > v->cursor)
        top = v->cursor;
    if (rows_to_cursor(f, top, height) > height)
        top = top_for(f, v->cursor, above);
    size_t last = logview_next(v, lines_count(v->lines) - 1, false);
    size_t lowest = last == SIZE_MAX ? top : top_for(f, last, &cut);
    if (top <= lowest)
        return top;
    *above = cut; /* no row stays empty at the bottom */
    return lowest;
}

static void draw_edge(const struct frame *f, int y, const char *text)
{
    struct draw_area row = draw_sub(f->all, 0, y, f->all->width, 1);
    draw_fill(&row, 0, 0, row.width, ROLE_DIM, GLYPH_HLINE);
    draw_glyph(&row, 2, 0, ROLE_DIM, GLYPH_NONE);
    int x = 3 + draw_texts(&row, 3, 0, row.width - 6, DRAW_LEFT, ROLE_DIM, text);
    draw_glyph(&row, x, 0, ROLE_DIM, GLYPH_NONE);
}

/* Whether nothing is shown before line i (or behind it). */
static bool is_end(const struct frame *f, size_t i, bool forward)
{
    bool was = f->view->unfinished;
    size_t next = logview_next(f->view, forward ? i + 1 : i - 1, forward);
    return next == SIZE_MAX && !f->view->unfinished && !was;
}

/* The line that is shown first when the rows of the edges take their room. */
static size_t place(struct frame *f, struct draw_area *body, int *above)
{
    const struct draw_area *all = f->all;
    size_t i = find_top(f, above);
    if (f->how->above[0] && !*above && is_end(f, i, false)) {
        *body = draw_sub(all, 0, 1, all->width, all->height - 1);
        i = find_top(f, above);
        if (!*above && is_end(f, i, false))
            return i;
        *body = *all; /* with a row less the first line is not seen any more */
        i = find_top(f, above);
    }
    return i;
}

static bool shows_last(const struct frame *f, size_t i, int above)
{
    int y = -above;
    size_t last = i;
    for (; i != SIZE_MAX && y < f->body->height; i = logview_next(f->view, i + 1, true)) {
        y += draw_line(f, i, y, false);
        last = i;
    }
    return y <= f->body->height && is_end(f, last, true);
}

void logdraw_draw(const struct logdraw *d, struct logview *v, struct pane *p,
                  const struct draw_area *all)
{
    struct draw_area body = *all, rows = *all;
    struct frame f = {.how = d, .view = v, .pane = p, .all = &rows, .body = &body};
    int above;
    f.ascii = body.cells->ascii;
    f.patience = p->search.regex ? regex_gave_up(p->search.regex) + PATIENCE : 0;
    choose_columns(&f);
    size_t i = place(&f, &body, &above);
    if (d->below[0] && shows_last(&f, i, above)) {
        rows.height--;
        body = rows;
        i = place(&f, &body, &above);
        draw_edge(&(struct frame){.all = all}, rows.height, d->below);
    }
    if (body.y > all->y)
        draw_edge(&f, 0, d->above);
    logview_set_top(v, i);
    for (int y = -above; y < body.height && i != SIZE_MAX; i = logview_next(v, i + 1, true))
        y += draw_line(&f, i, y, true);
}

void logdraw_reach(struct logdraw *d, struct logview *v, struct pane *p)
{
    struct draw_area body = {.width = p->width};
    struct logdraw all = *d;
    struct frame f = {
        .how = &all, .view = v, .pane = p, .all = &body, .body = &body, .ascii = p->host->ascii};
    struct shown shown;
    size_t start, end;
    if (d->wrap || !p->search.regex || !lines_count(v->lines))
        return;
    all.left = REACH_COLUMNS; /* the text is read up to there */
    choose_columns(&f);
    show_text(&f, lines_at(v->lines, v->cursor).text, &shown);
    struct str text = buf_str(&shown.safe);
    if (regex_find(p->search.regex, text, 0, &start, &end)) {
        int x = utf8_width((struct str){text.p, start});
        int to = x + utf8_width((struct str){text.p + start, end - start});
        bool seen = x >= d->left && (to <= d->left + f.width || x == d->left);
        if (!seen)
            d->left = to <= f.width ? 0 : x - f.width / 3 > 0 ? x - f.width / 3 : 0;
    }
    buf_free(&shown.safe);
}
