/* One table of all label sets in use: a set is found by its contents and compared by its address.
 * One thread only: the loop's. */
#include "model/labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/mem.h"

struct pair {
    struct str name, value;
    size_t order;
};

static struct labels **buckets;
static size_t bucket_count, set_count;

/* Interned strings end at a NUL, so two sets that differ only behind one are the same set. */
static struct str up_to_nul(struct str text)
{
    return (struct str){text.p, text.n ? strnlen(text.p, text.n) : 0};
}

static int compare_text(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = compare_text(x->name, y->name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Sorts by name and keeps the last of equal names. Returns how many are left. */
static size_t normalize(struct pair *list, size_t count)
{
    size_t kept = 0;
    qsort(list, count, sizeof *list, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        if (kept && str_eq(list[kept - 1].name, list[i].name))
            kept--;
        list[kept++] = list[i];
    }
    return kept;
}

static uint64_t hash_of(const struct pair *list, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++) {
        hash = hash_mix(hash ^ hash_bytes(list[i].name.p, list[i].name.n));
        hash = hash_mix(hash ^ hash_bytes(list[i].value.p, list[i].value.n));
    }
    return hash;
}

static bool same(const struct labels *l, const struct pair *list, size_t count)
{
    if (l->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!str_is(list[i].name, l->list[i].name) || !str_is(list[i].value, l->list[i].value))
            return false;
    return true;
}

static void grow(void)
{
    size_t wider = bucket_count ? bucket_count * 2 : 64;
    struct labels **fresh = mem_array(wider, sizeof(struct labels *));
    for (size_t i = 0; i < bucket_count; i++) {
        for (struct labels *l = buckets[i], *next; l; l = next) {
            next = l->chain;
            l->chain = fresh[l->hash & (wider - 1)];
            fresh[l->hash & (wider - 1)] = l;
        }
    }
    free(buckets);
    buckets = fresh;
    bucket_count = wider;
}

static struct labels *make(const struct pair *list, size_t count, uint64_t hash)
{
    struct labels *l = mem_alloc(sizeof *l + count * sizeof *l->list);
    l->count = (uint32_t)count;
    l->hash = hash;
    for (size_t i = 0; i < count; i++)
        l->list[i] = (struct label){intern_get(list[i].name), intern_get(list[i].value)};
    if (set_count >= bucket_count)
        grow();
    struct labels **bucket = &buckets[hash & (bucket_count - 1)];
    l->chain = *bucket;
    *bucket = l;
    set_count++;
    return l;
}

const struct labels *labels_get(const struct str *names, const struct str *values, size_t count)
{
    struct pair few[32], *list = count <= 32 ? few : mem_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct pair){up_to_nul(names[i]), up_to_nul(values[i]), i};
    count = normalize(list, count);
    uint64_t hash = hash_of(list, count);
    struct labels *l = bucket_count ? buckets[hash & (bucket_count - 1)] : NULL;
    while (l && !(l->hash == hash && same(l, list, count)))
        l = l->chain;
    if (!l)
        l = make(list, count, hash);
    l->references++;
    if (list != few)
        free(list);
    return l;
}

const struct labels *labels_hold(const struct labels *l)
{
    if (l)
        ((struct labels *)(uintptr_t)l)->references++;
    return l;
}

void labels_drop(const struct labels *held)
{
    struct labels *l = (struct labels *)(uintptr_t)held;
    if (!l || --l->references)
        return;
    struct labels **link = &buckets[l->hash & (bucket_count - 1)];
    while (*link != l)
        link = &(*link)->chain;
    *link = l->chain;
    for (size_t i = 0; i < l->count; i++) {
        intern_drop(l->list[i].name);
        intern_drop(l->list[i].value);
    }
    free(l);
    if (--set_count == 0) {
        free(buckets);
        buckets = NULL;
        bucket_count = 0;
    }
}

int labels_compare(const struct labels *a, const struct labels *b)
{
    for (size_t i = 0; a != b && i < a->count && i < b->count; i++) {
        int order = strcmp(a->list[i].name, b->list[i].name);
        if (!order)
            order = strcmp(a->list[i].value, b->list[i].value);
        if (order)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

const char *labels_value(const struct labels *l, const char *name)
{
    size_t from = 0, to = l ? l->count : 0;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(l->list[middle].name, name);
        if (order == 0)
            return l->list[middle].value;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return "";
}
