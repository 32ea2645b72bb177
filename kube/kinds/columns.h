/* Rows made by the server (meta.k8s.io/v1 Table): for every resource that has no row function of
 * ours. */
#ifndef KUBE_COLUMNS_H
#define KUBE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/object.h"

struct json;

#define COLUMNS_ACCEPT                                                                             \
    "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,"                                        \
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

/* What a Table's row needs of the answer: for the splitter, inside an element of "rows". */
extern const char *const columns_keep[];

/* The columns of a Table without age, which every object has: titles in capitals as kubectl's, all
 * CELL_TEXT, priority > 0 is wide. Cells beyond COLUMNS_MAX are dropped. */
enum { COLUMNS_MAX = 64 };
struct columns {
    struct column list[COLUMNS_MAX];
    unsigned char cell[COLUMNS_MAX]; /* the Table's cell that each shows */
    size_t count;
};
/* Reads columnDefinitions; false when that is no array or an empty one. columns_free frees the
 * titles. */
bool columns_read(struct columns *c, const struct json *definitions);
void columns_free(struct columns *c);

/* Its health is what the columns say (kube/kinds/columns_words.def). A row of the table from a Table's row ({"cells":[…],"object":{"metadata":{…}}}); NULL when it
 * names no object (a bookmark's empty row). */
struct object *columns_make(const struct columns *c, const struct objects *table,
                            const struct json *row);

#endif
