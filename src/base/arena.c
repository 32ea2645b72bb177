#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t cap;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    arena_init(a);
}

void arena_reset(struct arena *a)
{
    struct arena_block *kept = a->blocks;
    if (!kept)
        return;
    for (struct arena_block *b = kept->next, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    kept->next = NULL;
    *a = (struct arena){.blocks = kept, .cap = kept->cap, .total = kept->cap};
}

static void add_block(struct arena *a, size_t need)
{
    size_t cap = a->blocks ? a->blocks->cap * 2 : FIRST_BLOCK;
    if (cap > LARGEST_BLOCK)
        cap = LARGEST_BLOCK;
    if (cap < need)
        cap = need;
    struct arena_block *b = mem_resize(NULL, sizeof *b + cap, 1);
    b->next = a->blocks;
    b->cap = cap;
    a->blocks = b;
    a->used = 0;
    a->cap = cap;
    a->total += cap;
}

void *arena_take(struct arena *a, size_t size)
{
    size_t whole = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!a->blocks || a->cap - a->used < whole)
        add_block(a, whole);
    void *p = a->blocks->bytes + a->used;
    a->used += whole;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_take(a, size), 0, size);
}

char *arena_dup(struct arena *a, struct str text)
{
    char *copy = arena_alloc(a, text.n + 1);
    if (text.n)
        memcpy(copy, text.p, text.n);
    return copy;
}

bool arena_owns(const struct arena *a, const void *p)
{
    uintptr_t at = (uintptr_t)p;
    for (const struct arena_block *b = a->blocks; b; b = b->next)
        if (at >= (uintptr_t)b->bytes && at < (uintptr_t)b->bytes + b->cap)
            return true;
    return false;
}

size_t arena_bytes(const struct arena *a)
{
    return a->total;
}
