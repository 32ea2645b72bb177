/* Rows made by the server (meta.k8s.io/v1 Table): for every resource that has no row function of
 * ours, and for what is printed as kubectl prints it. */
#ifndef KUBE_COLUMNS_H
#define KUBE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/object.h"

struct json;
struct kinds_row;

#define COLUMNS_ACCEPT                                                                             \
    "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,"                                        \
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

/* The parameter that says what of the object a Table's row brings: its metadata, or "Object". */
#define COLUMNS_OBJECTS "includeObject"

/* What a Table's row needs of the answer: for the splitter, inside an element of "rows". Of a row that
 * is only printed that is less. */
extern const char *const columns_keep[], *const columns_keep_printed[];

/* The columns of a Table without age, which every object has: titles in capitals as kubectl's, all
 * CELL_TEXT, priority > 0 is wide. Cells beyond COLUMNS_MAX are dropped. */
enum { COLUMNS_MAX = 64, COLUMNS_NO_AGE = COLUMNS_MAX + 1 };
struct columns {
    struct column list[COLUMNS_MAX];
    /* The Table's cell that each shows; from `served` on, the column of `own`. */
    unsigned char cell[COLUMNS_MAX];
    bool judged[COLUMNS_MAX]; /* what stands there says how the object is */
    size_t count, served;
    size_t age;    /* the object's age stands before this column; COLUMNS_NO_AGE: in none */
    bool age_wide; /* ... in wide output only */
    const struct kinds_row *own; /* NULL: none */
    struct objects *maker;       /* of rows of `own`; never holds one */
};

/* Panes show every column and judge what stands there; printed are those that are asked for. */
enum columns_use { COLUMNS_PANE, COLUMNS_PRINT, COLUMNS_PRINT_WIDE };

/* Reads columnDefinitions, and puts those columns of `own` (may be NULL) behind them that the Table
 * has not got; false when there is no definition. columns_free frees what it made. */
bool columns_read(struct columns *c, const struct json *definitions, enum columns_use use,
                  const struct kinds_row *own);
void columns_free(struct columns *c);
/* Whether these definitions are those that `c` was read from, for the same use. */
bool columns_are(const struct columns *c, const struct json *definitions, enum columns_use use);

/* A row of the table from a Table's row ({"cells":[…],"object":{"metadata":{…}}}); NULL when it names
 * no object (a bookmark's empty row). Its health is what the columns say
 * (kube/kinds/columns_words.def), or what our own row of it has. */
struct object *columns_make(const struct columns *c, const struct objects *table,
                            const struct json *row);

#endif
