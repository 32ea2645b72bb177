/* How often names occurred. */
#ifndef MODEL_TALLIES_H
#define MODEL_TALLIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct tally {
    char *name;
    uint64_t count;
};

/* All zero is an empty one. */
struct tallies {
    struct tally *list;
    size_t count, cap;
    struct map *index; /* NULL until there are many */
};

/* Copies the name in when it is new. */
void tallies_add(struct tallies *t, struct str name, uint64_t count);
void tallies_sort(struct tallies *t); /* by name, bytewise: the order of the JSON */
void tallies_free(struct tallies *t); /* what it holds; t is empty then */

#endif
