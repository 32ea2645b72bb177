/* Open addressing with linear probing; a removed slot is closed by moving later ones back, so there
 * are no tombs. */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct slot {
    uint64_t hash;
    char *key; /* NULL: empty */
    size_t n;
    void *value;
};

struct map {
    struct slot *slots;
    size_t cap; /* a power of two, or 0 */
    size_t count;
};

struct map *map_new(void)
{
    return mem_alloc(sizeof(struct map));
}

void map_clear(struct map *m, void (*free_value)(void *))
{
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->slots[i].key)
            continue;
        free(m->slots[i].key);
        if (free_value)
            free_value(m->slots[i].value);
    }
    free(m->slots);
    *m = (struct map){0};
}

void map_free(struct map *m, void (*free_value)(void *))
{
    if (!m)
        return;
    map_clear(m, free_value);
    free(m);
}

/* The slot that holds the key, or the empty one where it would go. */
static struct slot *find(const struct map *m, uint64_t hash, struct str key)
{
    size_t i = hash & (m->cap - 1);
    for (;; i = (i + 1) & (m->cap - 1)) {
        struct slot *s = &m->slots[i];
        if (!s->key)
            return s;
        if (s->hash == hash && s->n == key.n && (!key.n || memcmp(s->key, key.p, key.n) == 0))
            return s;
    }
}

void *map_get(const struct map *m, struct str key)
{
    if (!m->count)
        return NULL;
    return find(m, hash_bytes(key.p, key.n), key)->value;
}

static void grow(struct map *m)
{
    struct map bigger = {.cap = m->cap ? m->cap * 2 : 16, .count = m->count};
    bigger.slots = mem_array(bigger.cap, sizeof *bigger.slots);
    for (size_t i = 0; i < m->cap; i++) {
        struct slot *s = &m->slots[i];
        if (s->key)
            *find(&bigger, s->hash, (struct str){s->key, s->n}) = *s;
    }
    free(m->slots);
    *m = bigger;
}

void *map_put(struct map *m, struct str key, void *value)
{
    if (m->count * 4 >= m->cap * 3)
        grow(m);
    uint64_t hash = hash_bytes(key.p, key.n);
    struct slot *s = find(m, hash, key);
    void *old = s->value;
    if (!s->key) {
        *s = (struct slot){hash, mem_dup_n(key.p, key.n), key.n, NULL};
        m->count++;
        old = NULL;
    }
    s->value = value;
    return old;
}

void *map_remove(struct map *m, struct str key)
{
    if (!m->count)
        return NULL;
    struct slot *s = find(m, hash_bytes(key.p, key.n), key);
    if (!s->key)
        return NULL;
    void *value = s->value;
    free(s->key);
    m->count--;
    size_t hole = (size_t)(s - m->slots), mask = m->cap - 1;
    for (size_t i = (hole + 1) & mask; m->slots[i].key; i = (i + 1) & mask) {
        size_t home = m->slots[i].hash & mask;
        /* A slot may move back into the hole only if its home is not between the hole and itself.
         */
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct slot){0};
    return value;
}

size_t map_count(const struct map *m)
{
    return m->count;
}

/*
 * Downwards, since a removal moves later slots back into its hole: these have been returned already.
 * A run of slots may wrap around the array's end, so the walk begins below the highest empty slot
 * (*at is cap + 1 + index), and takes the full slots above it last (*at is 1 + index), up to the
 * first empty one.
 */
bool map_next(const struct map *m, size_t *at, struct str *key, void **value)
{
    if (!m->count)
        return false;
    if (!*at) {
        size_t top = m->cap - 1;
        while (m->slots[top].key)
            top--;
        *at = m->cap + top;
    }
    for (; *at; (*at)--) {
        bool above = *at <= m->cap;
        const struct slot *s = &m->slots[above ? *at - 1 : *at - m->cap - 1];
        if (above && !s->key)
            return false;
        if (!s->key)
            continue;
        *key = (struct str){s->key, s->n};
        *value = s->value;
        (*at)--;
        return true;
    }
    return false;
}
