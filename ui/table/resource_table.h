/*
 * The engine of panes that show a table of Kubernetes objects: columns chosen by width, health as a
 * mark and a colour, numbers and sparklines from series, sorted and filtered by ui/table/list.h. A pane
 * of this kind is a table of columns and a few functions.
 */
#ifndef UI_RESOURCE_TABLE_H
#define UI_RESOURCE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/pane.h"

enum resource_table_type {
    RESOURCE_TABLE_NAMESPACE,
    RESOURCE_TABLE_NAME,
    RESOURCE_TABLE_AGE,
    RESOURCE_TABLE_CELL,    /* the kind's column `cell` */
    RESOURCE_TABLE_TROUBLE, /* the text of the column `cell`; where it hides it, what is wrong */
    RESOURCE_TABLE_NUMBER,  /* the newest value of `metric` */
    RESOURCE_TABLE_SPARK,   /* the last hour of `metric` */
};

struct resource_table_column {
    const char *title;
    enum resource_table_type type;
    const char *cell; /* as the kind's columns are called */
    enum metric metric;
    int width; /* columns that it needs at least */
    int ideal; /* columns that it would like, before columns beyond the core are shown; 0: width */
    int grow;  /* its share of what is left over then; 0: none */
    int rank;  /* where the width does not do for all, the highest goes first */
    bool right;
    bool largest_first; /* when it is sorted by */
    bool tinted;        /* in the colour of the row's health */
    bool domain;        /* its domain is left out where there is no room for it */
};

enum { RESOURCE_TABLE_COLUMNS = 24, RESOURCE_TABLE_BY_HEALTH = -2 };

struct resource_table;

struct resource_table_spec {
    const struct resource_table_column *columns;
    size_t count;
    int core; /* the highest rank that is worth more than the ideal widths of the ranks below */
    int sort; /* at first: a column, or RESOURCE_TABLE_BY_HEALTH: the worst first */
    const struct resource *(*resource)(const struct resource_table *t);     /* never NULL */
    bool (*admits)(const struct resource_table *t, const struct object *o); /* NULL: all */
    uint64_t (*scope)(const struct scope *s); /* another number when admits may answer otherwise */
    /* The object that the scope has chosen: its row is marked, and the cursor goes there when another
     * one is chosen elsewhere. False: none. */
    bool (*subject)(const struct scope *s, const char **ns, const char **name);
    bool (*chosen)(const struct scope *s, const struct object *o); /* marked too; may be NULL */
    const char *what;  /* what the rows are, in words; NULL: the pane's name */
    const char *empty; /* why there may be no rows, and what to do */
};

struct resource_table {
    const struct resource_table_spec *spec;
    struct pane *pane;
    struct list *list;
    const struct objects *table;       /* of the last sync */
    int cells[RESOURCE_TABLE_COLUMNS]; /* of each column the kind's, or -1 */
    int sort;
    bool descending;
    bool stale;          /* the last sync was put off: rows may not be asked for */
    struct ranks *ranks; /* of the texts of the column `ranked`, which was sorted by last */
    int ranked;
    uint64_t followed;              /* the subject that the cursor went to */
    uint64_t tried;                 /* what another one was last looked for in */
    uint64_t numbered;              /* series_changes that the keys of a metric are of */
    size_t healths[HEALTH_BAD + 1]; /* rows shown, by health */
    uint64_t counted;               /* what that count was made of */
};

void resource_table_open(struct resource_table *t, const struct resource_table_spec *spec,
                         struct pane *p);
void resource_table_close(struct resource_table *t);
bool resource_table_sync(struct resource_table *t);
void resource_table_draw(struct resource_table *t, const struct draw_area *body);
enum theme_role resource_table_role(enum health h); /* its colour */
enum draw_glyph resource_table_mark(enum health h); /* its mark */
/* The name of a machine, without its domain where it is longer than width; out or name. */
const char *resource_table_host(const char *name, int width, char *out, size_t size);
/* The text of a column that has one as it is; NULL for numbers. */
const char *resource_table_text(const struct resource_table *t, const struct object *o, int column);
/* Sort keys; false: another action. */
bool resource_table_action(struct resource_table *t, enum keys_action action);
/* The text of a column's cell; "" when the kind does not have it. */
const char *resource_table_cell(const struct resource_table *t, const struct object *o, int column);
const struct object *resource_table_cursor(const struct resource_table *t); /* NULL: no row */
bool resource_table_is_chosen(const struct resource_table *t, const struct object *o);
/* Puts the cursor on a row; false: it is not there (yet). */
bool resource_table_go_to(struct resource_table *t, const char *ns, const char *name);
void resource_table_sort(struct resource_table *t, int column, bool descending); /* as spec->sort */

/* A pane that is a table: its private state is a struct resource_table, its ops name the spec, and
 * these are its functions unless it has its own. */
void resource_table_pane_open(struct pane *p);
void resource_table_pane_close(struct pane *p);
bool resource_table_pane_sync(struct pane *p);
void resource_table_pane_draw(struct pane *p, const struct draw_area *body);
struct list *resource_table_pane_list(struct pane *p);
bool resource_table_pane_action(struct pane *p, enum keys_action action);
bool resource_table_pane_copy(struct pane *p, struct buf *out); /* the row's name */
bool resource_table_pane_object(struct pane *p, struct object_ref *out);
void resource_table_pane_counts(struct pane *p, char out[PANE_TEXT]);
void resource_table_pane_note(struct pane *p, char out[PANE_TEXT]);
void resource_table_pane_status(struct pane *p, char out[PANE_TEXT]);
const struct upstream *resource_table_pane_upstream(struct pane *p);

#define RESOURCE_TABLE_FLAGS (PANE_ROWS | PANE_SORT | PANE_SEARCH | PANE_FILTER | PANE_NOW)
#define RESOURCE_TABLE_PANE                                                                        \
    .close = resource_table_pane_close, .draw = resource_table_pane_draw,                          \
    .list = resource_table_pane_list, .copy = resource_table_pane_copy,                            \
    .counts = resource_table_pane_counts, .note = resource_table_pane_note,                        \
    .upstream = resource_table_pane_upstream
/* Of those whose state is the table alone, made by its spec. */
#define RESOURCE_TABLE_OWN(its_spec)                                                               \
    .private_size = sizeof(struct resource_table), .table = (its_spec),                            \
    .open = resource_table_pane_open, .sync = resource_table_pane_sync
/* Of those whose rows are objects in full. */
#define RESOURCE_TABLE_OBJECTS                                                                     \
    .object = resource_table_pane_object, .status = resource_table_pane_status

#endif
