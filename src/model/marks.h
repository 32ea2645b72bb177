/* Log lines that the user marked, and what was noted about them: kept whatever the log pane holds,
 * for a report to take along. */
#ifndef MODEL_MARKS_H
#define MODEL_MARKS_H

#include <stddef.h>
#include <stdint.h>

#include "model/line.h"

enum { MARKS_MOST = 500, MARKS_TEXT = 4096 /* bytes of a line that are kept */ };

struct mark {
    int64_t time;
    const struct labels *labels; /* held; may be NULL */
    char *text;                  /* foreign bytes, cut at MARKS_TEXT */
    size_t text_n, whole_n;      /* kept; of the line */
    uint64_t hash;               /* of the whole text */
    char *note;                  /* NULL: none */
    char *query;                 /* whose line it was; may be NULL */
};

struct marks; /* opaque; by time */

struct marks *marks_new(void);
void marks_free(struct marks *m); /* NULL is allowed */
size_t marks_count(const struct marks *m);
const struct mark *marks_at(const struct marks *m, size_t i);
uint64_t marks_changes(const struct marks *m); /* grows with every change */

size_t marks_find(const struct marks *m, const struct line *line); /* SIZE_MAX: not marked */
/* Marks the line; its place, or SIZE_MAX when MARKS_MOST are there. */
size_t marks_add(struct marks *m, const struct line *line, const char *query);
void marks_remove(struct marks *m, size_t i);
void marks_note(struct marks *m, size_t i, const char *note); /* "" takes it back */

#endif
