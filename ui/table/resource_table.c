#include "ui/table/resource_table.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "ui/table/measures.h"
#include "ui/table/ranks.h"

struct health_look {
    enum theme_role role;
    enum draw_glyph glyph;
    unsigned char order; /* of "the worst first" */
};

static const struct health_look healths[] = {
    [HEALTH_OK] = {ROLE_OK, GLYPH_OK, 4},       [HEALTH_UNKNOWN] = {ROLE_UNKNOWN, GLYPH_UNKNOWN, 3},
    [HEALTH_DONE] = {ROLE_DONE, GLYPH_DONE, 5}, [HEALTH_PENDING] = {ROLE_PENDING, GLYPH_PENDING, 2},
    [HEALTH_WARN] = {ROLE_WARN, GLYPH_WARN, 1}, [HEALTH_BAD] = {ROLE_BAD, GLYPH_BAD, 0},
};

enum theme_role resource_table_role(enum health h)
{
    return healths[h].role;
}

enum draw_glyph resource_table_mark(enum health h)
{
    return healths[h].glyph;
}

/* ---- the source of the list ---- */

static const struct object *row_at(const struct resource_table *t, size_t i)
{
    return objects_at(t->table, i);
}

static size_t source_count(void *self)
{
    struct resource_table *t = self;
    return t->table ? objects_count(t->table) : 0;
}

static uint64_t id_of(const char *ns, const char *name)
{
    return hash_mix(hash_bytes(ns, strlen(ns))) ^ hash_bytes(name, strlen(name));
}

static uint64_t source_id(void *self, size_t i)
{
    const struct object *o = row_at(self, i);
    return id_of(o->namespace_, o->name);
}

static uint64_t source_stamp(void *self, size_t i)
{
    struct resource_table *t = self;
    return objects_stamp(t->table, i);
}

static int source_compare(void *self, size_t a, size_t b)
{
    struct resource_table *t = self;
    return object_compare(objects_kind(t->table), row_at(t, a), row_at(t, b), -3);
}

static bool source_admits(void *self, size_t i)
{
    struct resource_table *t = self;
    return !t->spec->admits || t->spec->admits(t, row_at(t, i));
}

static void source_text(void *self, size_t i, struct buf *out)
{
    struct resource_table *t = self;
    const struct object *o = row_at(t, i);
    const struct kind *kind = objects_kind(t->table);
    buf_printf(out, "%s%s%s", o->namespace_, o->namespace_[0] ? "/" : "", o->name);
    for (size_t c = 0; c < kind->column_count; c++) {
        if (kind->columns[c].type == CELL_TEXT && o->cells[c].text[0]) {
            buf_addc(out, ' ');
            buf_adds(out, o->cells[c].text);
        }
    }
    buf_addc(out, ' ');
    buf_adds(out, o->trouble);
}

static uint64_t ordered(int64_t n)
{
    return (uint64_t)n ^ UINT64_C(1) << 63;
}

static uint64_t ordered_double(double d)
{
    int64_t bits;
    if (isnan(d))
        return 0;
    memcpy(&bits, &d, sizeof bits);
    return bits < 0 ? ~(uint64_t)bits : ordered(bits);
}

static uint64_t cell_key(const struct resource_table *t, const struct object *o, int cell)
{
    const union cell *c = &o->cells[cell];
    switch (objects_kind(t->table)->columns[cell].type) {
    case CELL_TEXT:
        return ranks_of(t->ranks, c->text);
    case CELL_RATIO:
        return c->pair.whole ? ordered_double((double)c->pair.part / c->pair.whole) : UINT64_MAX;
    case CELL_INT:
    case CELL_TIME:
    case CELL_BYTES:
    case CELL_CPU:
        break;
    }
    return ordered(c->number);
}

/* A status that something may have although it is not well. */
static bool says_nothing(const char *status)
{
    static const char *const fine[] = {"", "Running", "Ready", "Active"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (strcmp(status, fine[i]) == 0)
            return true;
    return false;
}

const char *resource_table_text(const struct resource_table *t, const struct object *o, int column)
{
    enum resource_table_type type = t->spec->columns[column].type;
    if (type == RESOURCE_TABLE_NAMESPACE)
        return o->namespace_;
    int cell = t->cells[column];
    bool is_text = cell >= 0 && objects_kind(t->table)->columns[cell].type == CELL_TEXT;
    const char *text = is_text ? o->cells[cell].text : NULL;
    bool trouble = type == RESOURCE_TABLE_TROUBLE && o->trouble[0];
    return trouble && (!text || says_nothing(text)) ? o->trouble : text;
}

const char *resource_table_cell(const struct resource_table *t, const struct object *o, int column)
{
    int cell = t->cells[column];
    return cell >= 0 ? o->cells[cell].text : "";
}

static bool is_text(const struct resource_table *t, int column)
{
    enum resource_table_type type = t->spec->columns[column].type;
    int cell = t->cells[column];
    return type == RESOURCE_TABLE_NAMESPACE || type == RESOURCE_TABLE_TROUBLE ||
           (cell >= 0 && objects_kind(t->table)->columns[cell].type == CELL_TEXT);
}

static bool is_metric(const struct resource_table_column *c)
{
    return c->type == RESOURCE_TABLE_NUMBER || c->type == RESOURCE_TABLE_SPARK;
}

static void rank_texts(struct resource_table *t, int column)
{
    size_t rows = objects_count(t->table);
    ranks_free(t->ranks);
    t->ranks = ranks_new();
    t->ranked = column;
    for (size_t i = 0; i < rows; i++)
        if (!ranks_add(t->ranks, resource_table_text(t, row_at(t, i), column)))
            break;
}

static bool source_prepare(void *self, int column)
{
    struct resource_table *t = self;
    if ((size_t)column >= t->spec->count)
        return false;
    const struct resource_table_column *c = &t->spec->columns[column];
    if (is_metric(c)) {
        const struct model *m = t->pane->host->model;
        uint64_t before = t->numbered;
        t->numbered = series_changes(m->series[c->metric]) + hash_mix((uint64_t)m->scope.at);
        return t->numbered != before;
    }
    bool good = t->ranks && t->ranked == column && !ranks_worn(t->ranks);
    if (good || !is_text(t, column))
        return false;
    rank_texts(t, column);
    return true;
}

static uint64_t metric_key(const struct model *m, enum metric metric, const struct object *o)
{
    char key[MEASURES_KEY];
    if (!series_names(m->series[metric]))
        return ordered_double(NAN);
    return ordered_double(measures_value(m, metric, measures_key(o->namespace_, o->name, key)));
}

static uint64_t source_key(void *self, size_t i, int column)
{
    struct resource_table *t = self;
    const struct object *o = row_at(t, i);
    if ((size_t)column >= t->spec->count)
        return healths[o->health].order;
    const struct resource_table_column *c = &t->spec->columns[column];
    switch (c->type) {
    case RESOURCE_TABLE_AGE:
        return ordered(o->created);
    case RESOURCE_TABLE_CELL:
        return t->cells[column] < 0 ? 0 : cell_key(t, o, t->cells[column]);
    case RESOURCE_TABLE_NAMESPACE:
    case RESOURCE_TABLE_TROUBLE:
        return ranks_of(t->ranks, resource_table_text(t, o, column));
    case RESOURCE_TABLE_NUMBER:
    case RESOURCE_TABLE_SPARK:
        return metric_key(t->pane->host->model, c->metric, o);
    case RESOURCE_TABLE_NAME:
        break;
    }
    return 0;
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .admits = source_admits,
    .prepare = source_prepare,
    .key = source_key,
    .text = source_text,
};

/* ---- life ---- */

static void sort(struct resource_table *t)
{
    int column = t->sort == RESOURCE_TABLE_BY_HEALTH ? (int)t->spec->count : t->sort;
    if (column < (int)t->spec->count && t->spec->columns[column].type == RESOURCE_TABLE_NAME)
        column = -1;
    list_sort(t->list, column, t->descending);
}

void resource_table_open(struct resource_table *t, const struct resource_table_spec *spec,
                         struct pane *p)
{
    t->spec = spec;
    t->pane = p;
    t->list = list_new(&source, t);
    t->sort = spec->sort;
    t->descending = t->sort >= 0 && spec->columns[t->sort].largest_first;
    sort(t);
}

void resource_table_close(struct resource_table *t)
{
    list_free(t->list);
    ranks_free(t->ranks);
}

static void find_cells(struct resource_table *t)
{
    for (size_t i = 0; i < t->spec->count; i++) {
        const char *cell = t->spec->columns[i].cell;
        t->cells[i] = cell ? objects_column(objects_kind(t->table), cell) : -1;
    }
}

static void count_healths(struct resource_table *t)
{
    memset(t->healths, 0, sizeof t->healths);
    bool all = t->table && list_count(t->list) == objects_count(t->table);
    for (enum health h = 0; all && h <= HEALTH_BAD; h++)
        t->healths[h] = objects_of_health(t->table, h);
    for (size_t i = 0; !all && i < list_count(t->list); i++)
        t->healths[row_at(t, list_row(t->list, i))->health]++;
}

/* A number that differs when the rows do. Sorted by a metric, new points are a change of the
 * order. */
static uint64_t changes_of(const struct resource_table *t)
{
    if (!t->table)
        return 0;
    uint64_t changes = objects_changes(t->table);
    if (t->sort >= 0 && is_metric(&t->spec->columns[t->sort]))
        changes += series_changes(t->pane->host->model->series[t->spec->columns[t->sort].metric]);
    return changes;
}

/* The row may come later than the choice: it is looked for until it is there, when rows changed. */
static void follow_subject(struct resource_table *t)
{
    const char *ns, *name;
    bool any = t->spec->subject && t->spec->subject(&t->pane->host->model->scope, &ns, &name);
    uint64_t subject = any ? id_of(ns, name) : 0, tried = hash_mix(subject) ^ t->counted;
    if (subject == t->followed || tried == t->tried)
        return;
    t->tried = tried;
    if (!any || resource_table_go_to(t, ns, name))
        t->followed = subject;
}

bool resource_table_is_chosen(const struct resource_table *t, const struct object *o)
{
    const struct scope *s = &t->pane->host->model->scope;
    const char *ns, *name;
    if (t->spec->chosen && t->spec->chosen(s, o))
        return true;
    return t->spec->subject && t->spec->subject(s, &ns, &name) && strcmp(name, o->name) == 0 &&
           strcmp(ns, o->namespace_) == 0;
}

bool resource_table_sync(struct resource_table *t)
{
    const struct model *m = t->pane->host->model;
    const struct objects *table = t->spec->resource(t)->table;
    int64_t delay = 0;
    if (table != t->table) {
        t->table = table;
        ranks_free(t->ranks);
        t->ranks = NULL;
        if (table)
            find_cells(t);
    }
    uint64_t changes = changes_of(t);
    uint64_t scope = t->spec->scope ? t->spec->scope(&m->scope) : 0;
    t->stale =
        !list_sync(t->list, changes, scope, t->pane->host->tick, t->pane->host->pressed, &delay);
    if (t->stale) {
        pane_wake(t->pane, delay);
        return false;
    }
    if (list_busy(t->list))
        pane_wake(t->pane, 0);
    uint64_t counted = hash_mix(changes) ^ hash_mix(scope) ^ list_count(t->list);
    if (counted != t->counted)
        count_healths(t);
    t->counted = counted;
    follow_subject(t);
    return true;
}

static void sort_next(struct resource_table *t)
{
    const struct resource_table_column *columns = t->spec->columns;
    do {
        t->sort = t->sort == RESOURCE_TABLE_BY_HEALTH ? 0 : t->sort + 1;
    } while ((size_t)t->sort < t->spec->count &&
             (columns[t->sort].type == RESOURCE_TABLE_NAMESPACE ||
              columns[t->sort].type == RESOURCE_TABLE_SPARK));
    if ((size_t)t->sort == t->spec->count)
        t->sort = RESOURCE_TABLE_BY_HEALTH;
    t->descending = t->sort >= 0 && columns[t->sort].largest_first;
}

bool resource_table_action(struct resource_table *t, enum keys_action action)
{
    if (action == ACTION_SORT)
        sort_next(t);
    else if (action == ACTION_SORT_REVERSE)
        t->descending = !t->descending;
    else
        return false;
    sort(t);
    return true;
}

const struct object *resource_table_cursor(const struct resource_table *t)
{
    size_t n = list_cursor(t->list);
    return !t->stale && n < list_count(t->list) ? row_at(t, list_row(t->list, n)) : NULL;
}

bool resource_table_go_to(struct resource_table *t, const char *ns, const char *name)
{
    size_t n = t->stale || !t->table ? SIZE_MAX : list_find(t->list, id_of(ns, name));
    if (n == SIZE_MAX)
        return false;
    list_move_to(t->list, n);
    return true;
}

void resource_table_sort(struct resource_table *t, int column, bool descending)
{
    t->sort = column;
    t->descending = descending;
    sort(t);
}
