/* JSON and logfmt lines as a person reads them: the message, then the other members as name=value;
 * all of them but those that were hidden, or only those that were chosen. */
#ifndef UI_FIELDS_H
#define UI_FIELDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct fields; /* what is shown, and memory for it; one a pane */

struct fields *fields_new(void);
void fields_free(struct fields *f); /* NULL is allowed */

/* Appends the line's message and members, without its time and level, which have columns of their
 * own. False, and nothing appended: it is neither a JSON object nor logfmt (or longer than the longest
 * line that Loki takes): show it as it is. A line of which nothing was chosen is shown as its message.
 * The time grows with the line's bytes. */
bool fields_line(struct fields *f, struct str line, struct buf *out);

/* The same for a group's template, in which <*> stands for values; members that are nothing else are
 * left out. */
bool fields_template(struct fields *f, struct str text, struct buf *out);

/* Calls `each` with the line's members that could be hidden; false when it has none. */
bool fields_each(struct fields *f, struct str line,
                 void (*each)(void *context, struct str name, struct str value), void *context);

/* All are shown but those turned off from here on, or none but those turned on. */
void fields_start(struct fields *f, bool all);
void fields_turn(struct fields *f, const char *name);
bool fields_is_shown(const struct fields *f, struct str name);
bool fields_is_all(const struct fields *f); /* as fields_start said last */

#endif
