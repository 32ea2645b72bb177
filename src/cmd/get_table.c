#include "cmd/get_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/output.h"
#include "kube/discovery.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "text/table.h"

enum { PLACES_MOST = COLUMNS_MAX + 3, CELL_ROOM = 4096 };
enum what { NAMESPACE, NAME, AGE, COLUMN };

struct get_table {
    const struct kind *kind;
    struct get_table_conf conf;
    struct {
        enum what what;
        size_t column;
    } places[PLACES_MOST];
    struct table_column titles[PLACES_MOST];
    size_t count;
    struct table *lines;
};

static void place(struct get_table *t, enum what what, size_t column, const char *title)
{
    if (t->count == PLACES_MOST)
        return;
    t->places[t->count].what = what;
    t->places[t->count].column = column;
    t->titles[t->count++] = (struct table_column){.title = title};
}

/* Events carry their own times. */
static bool is_event(const struct kind *kind)
{
    return strcmp(kind->object_kind, kind_event.kind.object_kind) == 0 &&
           objects_column(kind, "LAST SEEN") >= 0;
}

static bool has_name(const struct kind *kind)
{
    size_t i = 0;
    while (i < kind->column_count && !kind->columns[i].renames)
        i++;
    return i < kind->column_count;
}

/* Where the server makes no Table, a name and an age are all that there is, as with kubectl. */
static void place_all(struct get_table *t)
{
    const struct columns *c = discovery_columns(t->kind);
    bool wide = t->conf.wide, named = has_name(t->kind), aged = false;
    size_t served = c ? c->served : 0;
    if (t->conf.namespace)
        place(t, NAMESPACE, 0, "NAMESPACE");
    if (!named)
        place(t, NAME, 0, "NAME");
    for (size_t i = 0; i <= served; i++) {
        const struct column *column = &t->kind->columns[i];
        if (c && i == c->age && (wide || !c->age_wide)) {
            place(t, AGE, 0, "AGE");
            aged = true;
        }
        if (i < served && (wide || !column->wide))
            place(t, column->renames ? NAME : COLUMN, i, column->title);
    }
    /* A column of the server's called so tells another time: as with kubectl it is the only one. */
    aged = aged || objects_column(t->kind, "AGE") >= 0;
    if (!aged && (!named || (wide && !is_event(t->kind))))
        place(t, AGE, 0, "AGE");
    for (size_t i = served; wide && i < t->kind->column_count; i++)
        place(t, COLUMN, i, t->kind->columns[i].title);
}

struct get_table *get_table_new(struct buf *out, const struct kind *kind,
                                const struct get_table_conf *conf)
{
    struct get_table *t = mem_alloc(sizeof *t);
    *t = (struct get_table){.kind = kind, .conf = *conf};
    place_all(t);
    struct table_options options = {.ascii = !output_is_utf8(), .no_titles = conf->no_titles};
    t->lines = table_new(out, t->titles, t->count, &options);
    return t;
}

/* As kubectl has it: what goes on behind a line's end is left out, and that is said. */
static void first_line(char *text)
{
    size_t n = strcspn(text, "\n\r\f");
    if (text[n])
        memcpy(text + n, "...", sizeof "...");
}

/* A cell without anything, as kubectl prints it. */
static const char *nothing(const struct kind *kind, size_t column)
{
    if (is_event(kind) && kind->columns[column].type == CELL_TIME)
        return "<unknown>";
    return discovery_is_blank(kind, column) ? "" : "<none>";
}

/* Of a time in the future kubectl says that it is invalid, where a pane says that it is now. */
static const char *cell_text(const struct kind *kind, const struct object *row, size_t i,
                             char text[CELL_ROOM])
{
    int64_t time = kind->columns[i].type == CELL_TIME ? row->cells[i].number : 0;
    if (time)
        return clock_age(clock_now() - time, text);
    object_cell_text(kind, row, i, 0, text, CELL_ROOM - sizeof "...");
    first_line(text);
    return *text && kind->columns[i].type != CELL_TIME ? text : nothing(kind, i);
}

static void add_name(struct get_table *t, const struct object *row)
{
    const char *title = object_title(t->kind, row);
    char *name = t->conf.prefix ? get_name(t->kind, title) : NULL;
    table_add_foreign(t->lines, name ? name : title);
    free(name);
}

void get_table_add(struct get_table *t, const struct object *row)
{
    char text[CELL_ROOM];
    for (size_t i = 0; i < t->count; i++)
        switch (t->places[i].what) {
        case NAMESPACE:
            table_add_foreign(t->lines, row->namespace_);
            break;
        case NAME:
            add_name(t, row);
            break;
        case AGE:
            table_add_safe(t->lines, row->created ? clock_age(clock_now() - row->created, text)
                                                  : "<unknown>");
            break;
        case COLUMN:
            table_add_foreign(t->lines, cell_text(t->kind, row, t->places[i].column, text));
        }
}

void get_table_finish(struct get_table *t)
{
    table_finish(t->lines);
}

void get_table_free(struct get_table *t)
{
    if (!t)
        return;
    table_free(t->lines);
    free(t);
}
