#include "ui/table/resource_columns.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum {
    SAMPLE = 2000, /* rows that are measured; of more every n-th */
    NAME_LEAST = 20,
    NAME_MOST = 60,
    NAMESPACE_LEAST = 9,
    NAMESPACE_MOST = 24,
    TEXT_LEAST = 10,
    TEXT_MOST = 36,
    TROUBLE_MOST = 60,
    AGE_WIDTH = 5,
    TEXT_BYTES = 256,
};

static void add(struct resource_columns *c, struct resource_table_column column)
{
    if (c->count == RESOURCE_TABLE_COLUMNS)
        return;
    c->cells[c->count] = column.cell ? objects_column(c->kind, column.cell) : -1;
    c->list[c->count++] = column;
}

/* A column that says how the object is: where it has nothing to say, what is wrong stands there. */
static bool is_status(const struct column *c)
{
    return c->type == CELL_TEXT && strcasecmp(c->title, "STATUS") == 0;
}

static bool has_status(const struct kind *kind)
{
    for (size_t i = 0; i < kind->column_count; i++)
        if (is_status(&kind->columns[i]))
            return true;
    return false;
}

static void add_cells(struct resource_columns *c, bool wide, int *rank)
{
    for (size_t i = 0; i < c->kind->column_count; i++) {
        const struct column *cell = &c->kind->columns[i];
        if (cell->wide != wide || cell->renames || c->count >= RESOURCE_TABLE_COLUMNS - 2)
            continue;
        bool number = cell->type != CELL_TEXT;
        add(c, (struct resource_table_column){.title = cell->title,
                                              .type = is_status(cell) ? RESOURCE_TABLE_TROUBLE
                                                                      : RESOURCE_TABLE_CELL,
                                              .cell = cell->title,
                                              .tinted = is_status(cell),
                                              .right = number,
                                              .largest_first = number && cell->type != CELL_RATIO,
                                              .rank = (*rank)++});
    }
}

void resource_columns_make(struct resource_columns *c, const struct kind *kind)
{
    int rank = 4;
    *c = (struct resource_columns){.kind = kind};
    add(c, (struct resource_table_column){
               .title = "NAMESPACE", .type = RESOURCE_TABLE_NAMESPACE, .rank = 1});
    add(c, (struct resource_table_column){
               .title = "NAME", .type = RESOURCE_TABLE_NAME, .tinted = true, .rank = 0});
    add_cells(c, false, &rank);
    add(c, (struct resource_table_column){.title = "AGE",
                                          .type = RESOURCE_TABLE_AGE,
                                          .width = AGE_WIDTH,
                                          .rank = 2,
                                          .right = true,
                                          .largest_first = true});
    if (!has_status(kind))
        add(c, (struct resource_table_column){
                   .title = "TROUBLE", .type = RESOURCE_TABLE_TROUBLE, .tinted = true, .rank = 3});
    c->core = rank - 1;
    add_cells(c, true, &rank);
}

/* ---- widths ---- */

static int text_width(const struct resource_columns *c, size_t i, const struct object *o,
                      int64_t now)
{
    const struct resource_table_column *column = &c->list[i];
    char text[TEXT_BYTES];
    int cell = c->cells[i], width = 0;
    if (column->type == RESOURCE_TABLE_NAMESPACE)
        return utf8_width(str_of(o->namespace_));
    if (column->type == RESOURCE_TABLE_NAME)
        return utf8_width(str_of(object_title(c->kind, o)));
    if (cell >= 0)
        width =
            utf8_width(str_of(object_cell_text(c->kind, o, (size_t)cell, now, text, sizeof text)));
    if (column->type == RESOURCE_TABLE_TROUBLE && o->trouble[0]) {
        int trouble = utf8_width(str_of(o->trouble));
        width = trouble > width ? trouble : width;
    }
    return width;
}

static int within(int n, int least, int most)
{
    return n < least ? least : n > most ? most : n;
}

/* The least width, and the one that it would like; what wants more than its most takes a share of what
 * is left over. */
static void fit(struct resource_table_column *column, int widest, bool wide)
{
    int title = (int)strlen(column->title) + 1, least = TEXT_LEAST, most = TEXT_MOST;
    if (column->type == RESOURCE_TABLE_AGE)
        return;
    if (column->type == RESOURCE_TABLE_NAME)
        least = NAME_LEAST, most = NAME_MOST;
    else if (column->type == RESOURCE_TABLE_NAMESPACE)
        least = NAMESPACE_LEAST, most = NAMESPACE_MOST, title--;
    else if (column->type == RESOURCE_TABLE_TROUBLE)
        most = TROUBLE_MOST;
    if (column->type == RESOURCE_TABLE_TROUBLE && !column->cell && !widest)
        return; /* nothing is wrong: no room for it */
    column->ideal = within(widest, title, most > title ? most : title);
    column->width = wide ? column->ideal : within(widest, title, least > title ? least : title);
    column->grow = widest > column->ideal;
}

void resource_columns_measure(struct resource_columns *c, const struct objects *t, int64_t now)
{
    size_t rows = objects_count(t), step = rows / SAMPLE + 1;
    uint64_t changes = objects_changes(t) + 1;
    if (changes == c->measured)
        return;
    c->measured = changes;
    for (size_t r = 0; r < rows; r += step) {
        const struct object *o = objects_at(t, r);
        for (size_t i = 0; i < c->count; i++) {
            int width = text_width(c, i, o, now);
            c->widest[i] = width > c->widest[i] ? width : c->widest[i];
        }
    }
    for (size_t i = 0; i < c->count; i++)
        fit(&c->list[i], c->widest[i], c->list[i].rank > c->core);
}
