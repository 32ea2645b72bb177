/* Memory that is freed all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used, cap;           /* of the newest block */
    size_t total;               /* bytes in all blocks */
};

void arena_init(struct arena *a);
void arena_free(struct arena *a);  /* and init */
void arena_reset(struct arena *a); /* forgets everything, keeps one block */

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type; never NULL */
void *arena_take(struct arena *a, size_t size);  /* as arena_alloc, but not zeroed */
char *arena_dup(struct arena *a, struct str text);
bool arena_owns(const struct arena *a, const void *p);
size_t arena_bytes(const struct arena *a);

#endif
