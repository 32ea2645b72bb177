/* The catalogue of all groups ever seen (groups.json). Merging never renumbers: the earliest first
 * and the latest last stay. */
#ifndef MODEL_CATALOGUE_H
#define MODEL_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { CATALOGUE_SCHEMA = 1 };

struct catalogue_group {
    char id[17];
    char *template_text;
    int64_t first, last;
};

struct catalogue {
    char *cluster;
    struct catalogue_group *list; /* by id */
    size_t count, cap;
};

struct catalogue *catalogue_new(const char *cluster);
void catalogue_free(struct catalogue *c); /* NULL is allowed */

/* Adds the group or widens its span; the template that was there first stays. Whether anything
 * changed. */
bool catalogue_merge_group(struct catalogue *c, const char *id, const char *template_text,
                           int64_t first, int64_t last);

/* All of `more`; true when anything changed. */
bool catalogue_merge(struct catalogue *into, const struct catalogue *more);

/* NULL when absent. */
const struct catalogue_group *catalogue_find(const struct catalogue *c, const char *id);

/* The exact bytes of the stored object (no trailing newline). Equal catalogues give equal bytes. */
void catalogue_to_json(const struct catalogue *c, struct buf *out);
/* NULL and *err for broken JSON or a newer schema. Unknown members are passed over. */
struct catalogue *catalogue_from_json(const char *json, size_t n, const char *place,
                                      struct err *err);

#endif
