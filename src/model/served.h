/* The resources that the API server lists, by name: for the command line, which completes them, and
 * for whoever has only an object's kind. A source fills it, and again when resources come and go. */
#ifndef MODEL_SERVED_H
#define MODEL_SERVED_H

#include <stddef.h>

#include "model/object.h"
#include "model/object_ref.h"

struct served;
struct served *served_new(void);
void served_free(struct served *s); /* NULL is allowed */

/* Takes a resource in, without its columns; texts are copied. The first of a group's versions counts:
 * the preferred one stands first. At most 20,000. */
void served_clear(struct served *s);
void served_add(struct served *s, const struct kind *kind);

size_t served_count(const struct served *s); /* 0: not known yet */
const struct kind *served_at(const struct served *s, size_t i);
/* By kubectl's rules (model/kind_names.h); NULL: none. */
const struct kind *served_find(const struct served *s, const char *name);

/* The resources whose names come nearest to what was typed, the nearest first; how many. */
enum { SERVED_NEAR = 3 };
size_t served_near(const struct served *s, const char *name, const struct kind *out[SERVED_NEAR]);

#endif
