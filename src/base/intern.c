#include "base/intern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* Small, as there may be one for each row of a large table: the text says its length. */
struct entry {
    struct entry *next;
    uint32_t hash;
    uint32_t references;
    char text[];
};

enum { BUCKET_FILL = 2 };
static struct entry **buckets;
static size_t bucket_count, entry_count, byte_count;

static struct entry *entry_of(const char *interned)
{
    return (struct entry *)(void *)((char *)(uintptr_t)interned - offsetof(struct entry, text));
}

static void grow(void)
{
    size_t wider = bucket_count ? bucket_count * 2 : 256;
    struct entry **fresh = mem_array(wider, sizeof *fresh);
    for (size_t i = 0; i < bucket_count; i++) {
        for (struct entry *e = buckets[i], *next; e; e = next) {
            next = e->next;
            e->next = fresh[e->hash & (wider - 1)];
            fresh[e->hash & (wider - 1)] = e;
        }
    }
    free(buckets);
    buckets = fresh;
    bucket_count = wider;
}

const char *intern_get(struct str text)
{
    const char *nul = text.n ? memchr(text.p, '\0', text.n) : NULL;
    if (nul)
        text.n = (size_t)(nul - text.p);
    if (entry_count >= bucket_count * BUCKET_FILL)
        grow();
    if (!text.n)
        text.p = ""; /* a slice may be empty without pointing anywhere */
    uint32_t hash = (uint32_t)hash_bytes(text.p, text.n);
    struct entry **bucket = &buckets[hash & (bucket_count - 1)];
    for (struct entry *e = *bucket; e; e = e->next) {
        if (e->hash == hash && str_is(text, e->text)) {
            e->references++;
            return e->text;
        }
    }
    struct entry *e = mem_alloc(sizeof *e + text.n + 1);
    *e = (struct entry){*bucket, hash, 1};
    if (text.n)
        memcpy(e->text, text.p, text.n);
    *bucket = e;
    entry_count++;
    byte_count += sizeof *e + text.n + 1;
    return e->text;
}

const char *intern_text(const char *text)
{
    return intern_get(str_of(text ? text : ""));
}

const char *intern_hold(const char *interned)
{
    entry_of(interned)->references++;
    return interned;
}

void intern_drop(const char *interned)
{
    if (!interned)
        return;
    struct entry *e = entry_of(interned);
    if (--e->references)
        return;
    struct entry **link = &buckets[e->hash & (bucket_count - 1)];
    while (*link != e)
        link = &(*link)->next;
    *link = e->next;
    entry_count--;
    byte_count -= sizeof *e + strlen(e->text) + 1;
    free(e);
    if (!entry_count) {
        free(buckets);
        buckets = NULL;
        bucket_count = 0;
    }
}

size_t intern_count(void)
{
    return entry_count;
}

size_t intern_bytes(void)
{
    return byte_count;
}
