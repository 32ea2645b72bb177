/* What the board can do to an object, as operations.def lists it, and the object that it is done to. */
#ifndef KUBE_OPERATION_TABLE_H
#define KUBE_OPERATION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/object.h"

enum operation_table_id {
#define OPERATION(id, name, label, kinds, about, may) OPERATION_##id,
#include "kube/operations/operations.def"
#undef OPERATION
    OPERATION_COUNT
};

enum operation_table_where {
    OPERATION_TABLE_INSIDE,
    OPERATION_TABLE_CLUSTER
}; /* the object's namespace; none */
enum { OPERATION_TABLE_MAYS = 3 };

struct operation_table_may {
    const char *verb, *group, *resource, *sub; /* verb NULL: no more of them */
    enum operation_table_where where;
};

struct operation_table_row {
    const char *name, *label, *kinds, *about;
    struct operation_table_may may[OPERATION_TABLE_MAYS];
};

extern const struct operation_table_row operation_table[OPERATION_COUNT];

/* Whether it can be done to objects of this kind at all. */
bool operation_table_fits(enum operation_table_id id, const struct kind *kind);
/* By name ("scale"); OPERATION_COUNT: there is none. */
enum operation_table_id operation_table_find(const char *name);
/* "apps" of "/apis/apps/v1", "" of "/api/v1". Returns out. */
char *operation_table_group(const struct kind *kind, char *out, size_t size);

/* The object that something is done to. Borrowed texts. */
struct operation_target {
    const struct kind *kind;
    const char *namespace_, *name; /* namespace_ "" for kinds without */
    const char *uid;               /* of the object that the user saw; "": not known */
};

/* "deployment shop/web", "node n1". free() it. */
char *operation_target_text(const struct operation_target *t);
/* Its path, "/scale" or the like (may be NULL) behind it. free() it. */
char *operation_target_path(const struct operation_target *t, const char *sub);

#endif
