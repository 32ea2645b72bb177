#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/ages.h"
#include "text/spark.h"
#include "ui/table/measures.h"
#include "ui/table/resource_table.h"

enum {
    MARKS = 3,      /* columns before the first: cursor or choice, health, a blank */
    SPARK_MOST = 40 /* columns of a sparkline */
};

struct shown {
    int column; /* of the spec */
    int x, width;
};

struct shown_columns {
    struct shown list[RESOURCE_TABLE_COLUMNS];
    int count;
};

/* A column that could show nothing is left out: the namespace of a single one, a cell that the kind
 * does not have. */
static bool has_use(const struct resource_table *t, size_t i)
{
    const struct resource_table_column *c = &t->spec->columns[i];
    const struct scope *s = &t->pane->host->model->scope;
    if (c->type == RESOURCE_TABLE_NAMESPACE)
        return !s->namespace_[0] && objects_kind(t->table)->namespaced;
    return c->width && (c->type != RESOURCE_TABLE_CELL || t->cells[i] >= 0);
}

static int ideal_of(const struct resource_table_column *c)
{
    return c->ideal > c->width ? c->ideal : c->width;
}

/* Takes the columns up to a rank; the columns that they need, least or ideal. */
static int take(const struct resource_table *t, int rank, bool ideal, struct shown_columns *out)
{
    int used = MARKS;
    out->count = 0;
    for (size_t i = 0; i < t->spec->count; i++) {
        const struct resource_table_column *c = &t->spec->columns[i];
        if (c->rank > rank || !has_use(t, i))
            continue;
        out->list[out->count++] = (struct shown){(int)i, 0, c->width};
        used += (ideal ? ideal_of(c) : c->width) + 1;
    }
    return used;
}

/* Gives what is left over: first the way to their ideals, the lowest rank before the others; then
 * by shares. */
static void widen(const struct resource_table *t, struct shown_columns *columns, int left)
{
    int shares = 0;
    for (int rank = 0; rank <= t->spec->core; rank++) {
        for (int i = 0; i < columns->count; i++) {
            const struct resource_table_column *c = &t->spec->columns[columns->list[i].column];
            int more = c->rank == rank ? ideal_of(c) - c->width : 0;
            more = more > left ? left : more;
            columns->list[i].width += more;
            left -= more;
        }
    }
    for (int i = 0; i < columns->count; i++)
        shares += t->spec->columns[columns->list[i].column].grow;
    for (int i = 0; i < columns->count && shares; i++) {
        int share = t->spec->columns[columns->list[i].column].grow;
        int more = left * share / shares;
        columns->list[i].width += more;
        left -= more;
        shares -= share;
    }
}

static int width_of(const struct shown_columns *columns)
{
    int used = MARKS;
    for (int i = 0; i < columns->count; i++)
        used += columns->list[i].width + 1;
    return used;
}

/* The columns up to the highest rank that fits: within the core by their least widths, beyond it only
 * where all have their ideal ones. */
static void choose(const struct resource_table *t, int width, struct shown_columns *out)
{
    int rank = 0;
    for (size_t i = 0; i < t->spec->count; i++)
        rank = t->spec->columns[i].rank > rank ? t->spec->columns[i].rank : rank;
    while (rank > 0 && take(t, rank, rank > t->spec->core, out) > width)
        rank--;
    take(t, rank, false, out);
    if (width > width_of(out))
        widen(t, out, width - width_of(out));
    for (int i = 0, x = MARKS; i < out->count; i++) {
        out->list[i].x = x;
        x += out->list[i].width + 1;
    }
}

static void draw_head(const struct resource_table *t, const struct draw_area *body,
                      const struct shown_columns *columns)
{
    for (int i = 0; i < columns->count; i++) {
        const struct shown *s = &columns->list[i];
        const struct resource_table_column *c = &t->spec->columns[s->column];
        bool sorted = t->sort == s->column;
        int flags = c->right ? DRAW_RIGHT : DRAW_LEFT;
        char title[40];
        snprintf(title, sizeof title, "%s%s", c->title,
                 !sorted         ? ""
                 : t->descending ? draw_mark(body, GLYPH_DESCENDING)
                                 : draw_mark(body, GLYPH_ASCENDING));
        draw_texts(body, s->x, 0, s->width, flags | DRAW_HARD,
                   sorted ? ROLE_COLUMN_SORTED : ROLE_COLUMN, title);
    }
}

static void draw_spark(const struct resource_table *t, const struct draw_area *line,
                       const struct shown *s, const struct object *o)
{
    const struct resource_table_column *c = &t->spec->columns[s->column];
    const struct model *m = t->pane->host->model;
    double points[MEASURES_POINTS], columns[SPARK_MOST], most = NAN, least = 0;
    char key[MEASURES_KEY];
    int width = s->width < SPARK_MOST ? s->width : SPARK_MOST;
    measures_key(o->namespace_, o->name, key);
    if (!measures_points(m, c->metric, key, m->scope.at, points, MEASURES_POINTS))
        return;
    spark_scale(points, MEASURES_POINTS, &least, &most);
    spark_resample(points, MEASURES_POINTS, columns, width);
    double top = measures_scale(c->metric, most);
    for (int i = 0; i < width; i++)
        columns[i] /= top;
    bool cpu = c->metric == METRIC_POD_CPU || c->metric == METRIC_NODE_CPU;
    draw_levels(line, s->x, 0, cpu ? ROLE_CPU : ROLE_MEMORY, columns, width);
}

const char *resource_table_host(const char *name, int width, char *out, size_t size)
{
    const char *dot = strchr(name, '.');
    if (!dot || strlen(name) <= (size_t)width)
        return name;
    snprintf(out, size, "%.*s", (int)(dot - name), name);
    return out;
}

static const char *without_domain(const struct resource_table_column *c, const char *name,
                                  int width, char *out, size_t size)
{
    return c->domain ? resource_table_host(name, width, out, size) : name;
}

static void draw_cell(const struct resource_table *t, const struct draw_area *line,
                      const struct shown *s, const struct object *o, enum theme_role role)
{
    const struct resource_table_column *c = &t->spec->columns[s->column];
    const struct kind *kind = objects_kind(t->table);
    const char *text = resource_table_text(t, o, s->column);
    char made[MEASURES_KEY], key[MEASURES_KEY];
    int flags = c->right ? DRAW_RIGHT : DRAW_LEFT;
    switch (c->type) {
    case RESOURCE_TABLE_SPARK:
        draw_spark(t, line, s, o);
        return;
    case RESOURCE_TABLE_NAME:
        text =
            without_domain(c, object_title(objects_kind(t->table), o), s->width, made, sizeof made);
        flags |= DRAW_MIDDLE;
        break;
    case RESOURCE_TABLE_AGE:
        text = o->created ? clock_age(t->pane->host->now - o->created, made) : "";
        break;
    case RESOURCE_TABLE_NUMBER:
        measures_key(o->namespace_, o->name, key);
        text = measures_text(c->metric, measures_value(t->pane->host->model, c->metric, key), made);
        break;
    case RESOURCE_TABLE_CELL:
        if (!text)
            text = object_cell_text(kind, o, (size_t)t->cells[s->column], t->pane->host->now, made,
                                    sizeof made);
        else
            text = without_domain(c, text, s->width, made, sizeof made);
        break;
    case RESOURCE_TABLE_TROUBLE:
        text = text ? ages_text(text, t->pane->host->now, made, sizeof made) : text;
        break;
    case RESOURCE_TABLE_NAMESPACE:
        break;
    }
    draw_texts(line, s->x, 0, s->width, flags, role, text ? text : "");
}

/* The name of something well has the usual colour, whatever is wrong is said by its own columns. */
static enum theme_role role_of(const struct resource_table_column *c, enum health h)
{
    return c->tinted || h == HEALTH_DONE ? resource_table_role(h) : ROLE_TEXT;
}

static void draw_row(const struct resource_table *t, const struct draw_area *line, size_t n,
                     const struct shown_columns *columns)
{
    const struct object *o = objects_at(t->table, list_row(t->list, n));
    bool cursor = n == list_cursor(t->list), chosen = resource_table_is_chosen(t, o);
    for (int i = 0; i < columns->count; i++)
        draw_cell(t, line, &columns->list[i], o,
                  role_of(&t->spec->columns[columns->list[i].column], o->health));
    draw_glyph(line, 1, 0, resource_table_role(o->health), resource_table_mark(o->health));
    pane_mark_row(t->pane, line, cursor, chosen, line->width);
}

void resource_table_draw(struct resource_table *t, const struct draw_area *body)
{
    struct shown_columns columns;
    const struct resource *r = t->spec->resource(t);
    t->pane->first_row = 1;
    if (!t->table || !list_count(t->list)) {
        pane_draw_empty(t->pane, body, &r->upstream,
                        t->spec->what ? t->spec->what : t->pane->ops->name, t->spec->empty);
        return;
    }
    choose(t, body->width, &columns);
    draw_head(t, body, &columns);
    size_t rows = body->height > 1 ? (size_t)body->height - 1 : 0, top = list_top(t->list, rows);
    for (size_t i = 0; i < rows && top + i < list_count(t->list); i++) {
        struct draw_area line = draw_sub(body, 0, 1 + (int)i, body->width, 1);
        draw_row(t, &line, top + i, &columns);
    }
}
