/* Rows of `kubeboard get` as kubectl prints them: the server's columns in the server's order. */
#ifndef CMD_GET_TABLE_H
#define CMD_GET_TABLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/object.h"

struct get_table; /* opaque */

struct get_table_conf {
    bool wide;      /* also what the server keeps for wide output; behind it what only we have */
    bool namespace; /* rows begin with their namespace, which may be none */
    bool prefix;    /* names say what they are of: "pod/web-1" */
    bool no_titles;
};

/* A table of a kind whose columns are known; lines are appended to `out`, as text/table.h says. */
struct get_table *get_table_new(struct buf *out, const struct kind *kind,
                                const struct get_table_conf *conf);
void get_table_add(struct get_table *t, const struct object *row);
void get_table_finish(struct get_table *t); /* writes all that is held; more may follow */
void get_table_free(struct get_table *t);   /* NULL is allowed; writes nothing */

#endif
