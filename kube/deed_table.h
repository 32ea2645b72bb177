/* What the board can do to an object, as deeds.def lists it, and the object that it is done to. */
#ifndef KUBE_DEED_TABLE_H
#define KUBE_DEED_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/object.h"

enum deed_table_id {
#define DEED(id, name, label, kinds, about, may) DEED_##id,
#include "kube/deeds.def"
#undef DEED
    DEED_COUNT
};

enum deed_table_where { DEED_TABLE_INSIDE, DEED_TABLE_CLUSTER }; /* the object's namespace; none */
enum { DEED_TABLE_MAYS = 3 };

struct deed_table_may {
    const char *verb, *group, *resource, *sub; /* verb NULL: no more of them */
    enum deed_table_where where;
};

struct deed_table_row {
    const char *name, *label, *kinds, *about;
    struct deed_table_may may[DEED_TABLE_MAYS];
};

extern const struct deed_table_row deed_table[DEED_COUNT];

/* Whether it can be done to objects of this kind at all. */
bool deed_table_fits(enum deed_table_id id, const struct kind *kind);
/* By name ("scale"); DEED_COUNT: there is none. */
enum deed_table_id deed_table_find(const char *name);
/* "apps" of "/apis/apps/v1", "" of "/api/v1". Returns out. */
char *deed_table_group(const struct kind *kind, char *out, size_t size);

/* The object that something is done to. Borrowed texts. */
struct deed_target {
    const struct kind *kind;
    const char *namespace_, *name; /* namespace_ "" for kinds without */
    const char *uid;               /* of the object that the user saw; "": not known */
};

/* "deployment shop/web", "node n1". free() it. */
char *deed_target_text(const struct deed_target *t);
/* Its path, "/scale" or the like (may be NULL) behind it. free() it. */
char *deed_target_path(const struct deed_target *t, const char *sub);

#endif
