#include "model/tallies.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

/* Up to here a walk over the list is faster than a hash. */
enum { TALLIES_FEW = 16 };

static void forget_index(struct tallies *t)
{
    map_free(t->index, NULL);
    t->index = NULL;
}

/* The place of the name in the list, or SIZE_MAX. The index holds places plus one: NULL means
 * absent. */
static size_t find(struct tallies *t, struct str name)
{
    if (t->count <= TALLIES_FEW) {
        for (size_t i = 0; i < t->count; i++)
            if (str_is(name, t->list[i].name))
                return i;
        return SIZE_MAX;
    }
    if (!t->index) {
        t->index = map_new();
        for (size_t i = 0; i < t->count; i++)
            map_put(t->index, str_of(t->list[i].name), (void *)(uintptr_t)(i + 1));
    }
    return (uintptr_t)map_get(t->index, name) - 1;
}

void tallies_add(struct tallies *t, struct str name, uint64_t count)
{
    name.n = name.n ? strnlen(name.p, name.n) : 0;
    size_t i = find(t, name);
    if (i != SIZE_MAX) {
        t->list[i].count += count;
        return;
    }
    mem_grow(&t->list, &t->cap, t->count + 1, sizeof *t->list);
    t->list[t->count++] = (struct tally){mem_dup_n(name.p, name.n), count};
    if (t->index)
        map_put(t->index, name, (void *)(uintptr_t)t->count);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->name, ((const struct tally *)b)->name);
}

void tallies_sort(struct tallies *t)
{
    if (t->count > 1)
        qsort(t->list, t->count, sizeof *t->list, compare);
    forget_index(t);
}

void tallies_free(struct tallies *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i].name);
    free(t->list);
    forget_index(t);
    *t = (struct tallies){0};
}
