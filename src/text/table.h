/* Tables for standard output: rows come in, aligned lines go out. */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct table; /* opaque */

struct table_column {
    const char *title;
    bool right;    /* numbers; else left */
    bool flexible; /* gives way first where the width is limited */
    int min; /* columns that it gets at least; a flexible one shrinks to this, or to 8 when 0 */
};

struct table_options {
    int width; /* columns of a line: cells are cut with an ellipsis to keep it. 0: no limit, nothing
                       is cut but at 64 KiB (for pipes and files), and columns grow with later cells */
    bool ascii;     /* nothing but ASCII in the output */
    bool no_titles; /* rows only */
    size_t settle;  /* rows that are looked at before the first is written; 0: TABLE_SETTLE */
};
enum { TABLE_SETTLE = 500 };

/*
 * Lines are appended to `out`: none before `settle` rows have come (or table_finish), each at once
 * from then on, so a caller may print and clear `out` between calls. `columns` must outlive the
 * table; options NULL: all zero. A table without rows prints nothing.
 */
struct table *table_new(struct buf *out, const struct table_column *columns, size_t count,
                        const struct table_options *options);

/* The next cell, copied; after the last column's a new row begins. Foreign text goes through
 * utf8_safe; safe text must be one line of it. */
void table_add_safe(struct table *t, const char *text);    /* NULL is an empty cell */
void table_add_foreign(struct table *t, const char *text); /* NULL is an empty cell */

/* Writes all that is held; an unfinished row is filled up. More may follow. */
void table_finish(struct table *t);
void table_free(struct table *t); /* NULL is allowed; writes nothing */

#endif
