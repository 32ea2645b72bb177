/*
 * Kubernetes objects as rows of typed cells, one table a kind. What a kind's cells mean is the
 * kind's: its columns. kube/ makes the rows, panes and commands draw them; nobody else knows a
 * kind's fields but by its columns' names.
 */
#ifndef MODEL_OBJECT_H
#define MODEL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/upstream.h"

enum cell_type {
    CELL_TEXT,  /* .text, interned */
    CELL_INT,   /* .number */
    CELL_TIME,  /* .number: wall ns; shown as an age */
    CELL_BYTES, /* .number */
    CELL_CPU,   /* .number: millicores */
    CELL_RATIO, /* .pair: ready/total */
};

union cell {
    const char *text;
    int64_t number;
    struct {
        int32_t part, whole;
    } pair;
};

struct column {
    const char *title;
    enum cell_type type;
    bool wide;    /* only in wide output */
    bool renames; /* the server's wording of the name ("fast (default)"): in the name's place */
};

struct kind {
    const char *name;        /* the resource's plural: "pods" */
    const char *singular;    /* "pod" */
    const char *short_names; /* "po", blanks between; may be "" */
    const char *api;         /* "/api/v1" or "/apis/apps/v1" */
    const char *object_kind; /* "Pod" */
    bool namespaced;
    const struct column *columns; /* without namespace, name and age, which every object has */
    size_t column_count;
};

enum health { HEALTH_OK, HEALTH_UNKNOWN, HEALTH_DONE, HEALTH_PENDING, HEALTH_WARN, HEALTH_BAD };

enum { OBJECT_UID = 16, OBJECT_UID_TEXT = 37 };

struct object {
    const char *namespace_;        /* interned; "" when the kind has none */
    const char *name;              /* the row's own */
    const char *owner;             /* interned "Kind/name" of the controller, or "" */
    unsigned char uid[OBJECT_UID]; /* zeros: none, or no UUID */
    uint64_t version_hash;         /* of the resourceVersion: versions are opaque */
    int64_t created;               /* wall ns */
    int64_t deleted;               /* deletionTimestamp, 0: not being deleted */
    enum health health;
    uint32_t mark;       /* the table's own */
    const char *trouble; /* interned: what is wrong, in words; "" when nothing */
    union cell cells[];  /* kind->column_count of them */
};

/* A table of one kind. */
struct objects;
struct objects *objects_new(const struct kind *kind);
void objects_free(struct objects *t);
const struct kind *objects_kind(const struct objects *t);

/* Starts a row to be filled: namespace and name are set, every text cell "". Then objects_put it
 * (which takes it over) or objects_discard it. */
struct object *objects_new_row(const struct objects *t, struct str ns, struct str name);
void objects_discard(const struct objects *t, struct object *row);
/* Replaces the row of the same namespace and name; an equal one is no change. */
void objects_put(struct objects *t, struct object *row);
bool objects_remove(struct objects *t, struct str ns, struct str name);
const struct object *objects_find(const struct objects *t, struct str ns, struct str name);

/* A relist keeps the rows on screen: begin, put every element, end drops what was not put
 * meanwhile. */
void objects_relist_begin(struct objects *t);
void objects_relist_end(struct objects *t);

/* The server's wall ns as of which a listed table is known; 0, as it begins: its rows are watched, as
 * of now. Whoever lists it says so. */
void objects_set_taken(struct objects *t, int64_t taken);
int64_t objects_taken(const struct objects *t);

/* Rows in no order: 0 ≤ i < objects_count. The order changes when rows come and go; pointers last
 * until the row is replaced. */
size_t objects_count(const struct objects *t);
const struct object *objects_at(const struct objects *t, size_t i);
/* Grows with every change; no two tables have had the same. */
uint64_t objects_changes(const struct objects *t);
/* Of the row at that place: every row that was ever put, in whatever table, has another. */
uint64_t objects_stamp(const struct objects *t, size_t i);
size_t objects_of_health(const struct objects *t, enum health h); /* rows */
/* Rows, index and table; shared strings are counted by intern_bytes. */
size_t objects_bytes(const struct objects *t);

/* The column's index by title (any case), or -1. Where several are called so the first, unless it is a
 * title of the kind's own, and never the server's wording of the name. */
int objects_column(const struct kind *kind, const char *title);
/* A cell as text for a person (ages against `now`). "-" for what is not there: a time of 0,
 * negative CPU or bytes. Foreign text is not made safe here. Returns out. */
char *object_cell_text(const struct kind *kind, const struct object *o, size_t column, int64_t now,
                       char *out, size_t size);
/* The name as a person is shown it: the server's wording where there is one. */
const char *object_title(const struct kind *kind, const struct object *o);
/* Sets a text cell: interns, drops the old one. */
void object_set_text(struct object *o, size_t column, struct str text);
/* A text that is no UUID leaves none. */
void object_set_uid(struct object *o, const char *uuid);
const char *object_uid_text(const struct object *o,
                            char out[OBJECT_UID_TEXT]); /* "" when none; out */
void object_set_owner(struct object *o, struct str owner);
void object_set_trouble(struct object *o, struct str trouble);
/* Orders two rows by a column (-3 namespace, -2 name, -1 age: the youngest first), then by
 * namespace and name, names naturally. */
int object_compare(const struct kind *kind, const struct object *a, const struct object *b,
                   int column);

enum { OBJECT_ONLY = 254 };
/* A table with the state of where it comes from. */
struct resource {
    struct objects *table;
    struct upstream upstream;
    bool loading;           /* a (re)list is on its way */
    char only[OBJECT_ONLY]; /* the one namespace that is in it; "": all */
};

#endif
