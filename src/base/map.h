/* A hash table from bytes to pointers. Keys are copied; values belong to the caller. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

#include "base/str.h"

struct map; /* opaque */

struct map *map_new(void);
void map_free(struct map *m, void (*free_value)(void *)); /* free_value may be NULL; m too */

void *map_get(const struct map *m, struct str key); /* NULL when absent */
void *map_put(struct map *m, struct str key,
              void *value);                      /* returns the value that it replaced, or NULL */
void *map_remove(struct map *m, struct str key); /* returns the value, or NULL */
size_t map_count(const struct map *m);
void map_clear(struct map *m, void (*free_value)(void *));

/* Walks in no order that can be relied on: start with *at = 0; false at the end. The map may not
 * change meanwhile, except that the entry just returned may be removed. */
bool map_next(const struct map *m, size_t *at, struct str *key, void **value);

#endif
