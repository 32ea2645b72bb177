/*
 * Rows are held until `settle` of them have come; then each column is as wide as its widest cell. A
 * later cell that is wider is cut where lines have a width to keep; otherwise its column is as wide
 * from there on, as kubectl's watch has it.
 */
#include "text/table.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    GAP = 2,
    FLEXIBLE_MIN = 8,
    WIDEN_MAX = 160,      /* columns that a later cell widens its own to; a longer one stands out */
    CELL_MAX = 64 * 1024, /* bytes of one cell */
    HELD_MAX = 16 * 1024 * 1024 /* bytes of cells: more settles the widths early */
};

struct cell {
    size_t at, n; /* in bytes */
    int width;
};

struct table {
    struct buf *out;
    const struct table_column *columns;
    size_t count;
    struct table_options options;
    struct buf cell;  /* the one that is being added */
    struct buf bytes; /* of the cells held */
    struct cell *cells;
    size_t held, cap;
    int *widths;
    bool settled;
};

struct table *table_new(struct buf *out, const struct table_column *columns, size_t count,
                        const struct table_options *options)
{
    struct table *t = mem_alloc(sizeof *t);
    *t = (struct table){.out = out, .columns = columns, .count = count};
    if (options)
        t->options = *options;
    if (!t->options.settle)
        t->options.settle = TABLE_SETTLE;
    buf_init(&t->cell, CELL_MAX);
    buf_init(&t->bytes, HELD_MAX + count * CELL_MAX);
    t->widths = mem_array(count, sizeof *t->widths);
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    buf_free(&t->cell);
    buf_free(&t->bytes);
    free(t->cells);
    free(t->widths);
    free(t);
}

static void add_blanks(struct buf *out, int n)
{
    static const char blanks[] = "                                ";
    for (int piece; n > 0; n -= piece) {
        piece = n < (int)sizeof blanks - 1 ? n : (int)sizeof blanks - 1;
        buf_add(out, blanks, (size_t)piece);
    }
}

/* Adds the text, cut to `columns`; returns the columns used. */
static int add_cut(struct table *t, struct str text, int width, int columns)
{
    if (width <= columns) {
        buf_add(t->out, text.p, text.n);
        return width;
    }
    int used = 0;
    if (columns > 0) {
        buf_add(t->out, text.p, utf8_fit(text, columns - 1, &used));
        buf_adds(t->out, t->options.ascii ? "~" : "…");
        used++;
    }
    return used;
}

/* A line of `count` cells. */
static void print_line(struct table *t, const char *bytes, const struct cell *cells)
{
    bool limited = t->options.width > 0;
    int left = t->options.width, owed = 0; /* blanks due before the next cell that has text */
    for (size_t c = 0; c < t->count && (!limited || left > owed); c++) {
        const struct cell *cell = &cells[c];
        int room = limited ? left - owed : INT_MAX;
        int width = room < t->widths[c] ? room : t->widths[c];
        /* The last column has what is left of the line. */
        int most = !limited || c == t->count - 1 ? room : width;
        int shown = cell->width < most ? cell->width : most;
        int pad = shown < width ? width - shown : 0;
        int before = t->columns[c].right ? pad : 0;
        if (cell->n) {
            add_blanks(t->out, owed + before);
            left -= owed + before;
            owed = 0;
            int used = add_cut(t, (struct str){bytes + cell->at, cell->n}, cell->width, shown);
            /* A wide character that did not fit leaves a column over. */
            owed += shown - used;
            left -= used;
            owed += pad - before;
        } else {
            owed += pad;
        }
        owed += GAP;
    }
    buf_addc(t->out, '\n');
}

static void print_titles(struct table *t)
{
    struct buf titles;
    struct cell *cells = mem_array(t->count, sizeof *cells);
    buf_init(&titles, t->count * CELL_MAX);
    for (size_t c = 0; c < t->count; c++) {
        struct str title = str_of(t->columns[c].title);
        cells[c] = (struct cell){titles.n, title.n, utf8_width(title)};
        buf_add(&titles, title.p, title.n);
    }
    print_line(t, buf_text(&titles), cells);
    buf_free(&titles);
    free(cells);
}

/* The least that a column may shrink to. */
static int floor_of(const struct table *t, size_t c)
{
    const struct table_column *column = &t->columns[c];
    if (!column->flexible)
        return t->widths[c];
    return column->min ? column->min : FLEXIBLE_MIN;
}

/* Takes columns from the widest that can give until the line fits. */
static void shrink(struct table *t)
{
    int total = -GAP;
    for (size_t c = 0; c < t->count; c++)
        total += t->widths[c] + GAP;
    for (; total > t->options.width; total--) {
        size_t widest = t->count;
        for (size_t c = 0; c < t->count; c++)
            if (t->widths[c] > floor_of(t, c) &&
                (widest == t->count || t->widths[c] > t->widths[widest]))
                widest = c;
        if (widest == t->count)
            return;
        t->widths[widest]--;
    }
}

static void settle(struct table *t)
{
    for (size_t c = 0; c < t->count; c++) {
        int width = t->options.no_titles ? 0 : utf8_width(str_of(t->columns[c].title));
        if (width < t->columns[c].min)
            width = t->columns[c].min;
        for (size_t i = c; i < t->held; i += t->count)
            if (t->cells[i].width > width)
                width = t->cells[i].width;
        t->widths[c] = width;
    }
    if (t->options.width > 0)
        shrink(t);
    if (!t->options.no_titles)
        print_titles(t);
    t->settled = true;
}

static void widen(struct table *t, const struct cell *cells)
{
    for (size_t c = 0; c < t->count; c++)
        if (cells[c].width > t->widths[c] && cells[c].width <= WIDEN_MAX)
            t->widths[c] = cells[c].width;
}

static void print_held(struct table *t)
{
    for (size_t i = 0; i < t->held; i += t->count) {
        if (!t->options.width)
            widen(t, &t->cells[i]);
        print_line(t, buf_text(&t->bytes), &t->cells[i]);
    }
    buf_clear(&t->bytes);
    t->held = 0;
}

static void add(struct table *t, struct str text, bool foreign)
{
    buf_clear(&t->cell);
    if (foreign || t->options.ascii)
        utf8_safe(&t->cell, text, t->options.ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
    else
        buf_add(&t->cell, text.p, text.n);
    mem_grow(&t->cells, &t->cap, t->held + 1, sizeof *t->cells);
    t->cells[t->held++] = (struct cell){t->bytes.n, t->cell.n, utf8_width(buf_str(&t->cell))};
    buf_add(&t->bytes, t->cell.p, t->cell.n);
    if (t->held % t->count)
        return;
    if (!t->settled && (t->held / t->count >= t->options.settle || t->bytes.n > HELD_MAX))
        settle(t);
    if (t->settled)
        print_held(t);
}

void table_add_safe(struct table *t, const char *text)
{
    add(t, str_of(text), false);
}

void table_add_foreign(struct table *t, const char *text)
{
    add(t, str_of(text), true);
}

void table_finish(struct table *t)
{
    while (t->held % t->count)
        table_add_safe(t, "");
    if (!t->held)
        return;
    if (!t->settled)
        settle(t);
    print_held(t);
}
