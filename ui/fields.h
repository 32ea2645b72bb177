/* JSON log lines as a person reads them: the message, then the other members as name=value. */
#ifndef UI_FIELDS_H
#define UI_FIELDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct fields; /* a parser and its memory; one a pane */

struct fields *fields_new(void);
void fields_free(struct fields *f); /* NULL is allowed */

/* Appends the line's message and members, without its time and level, which have columns of their
 * own. False, and nothing appended: it is no JSON object (or a long one): show it as it is. */
bool fields_line(struct fields *f, struct str line, struct buf *out);

/* The same for a group's template, in which <*> stands for values; members that are nothing else are
 * left out. */
bool fields_template(struct fields *f, struct str text, struct buf *out);

#endif
