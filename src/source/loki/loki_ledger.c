/*
 * One bucket a second of line time. An open bucket is a hash table of 64-bit hashes (of labels,
 * time and text): within one nanosecond's worth of lines a collision is out of the question. A
 * settled bucket is a sorted array of 32-bit prints: at 20,000 lines a second a late line is taken
 * for a known one once in 200,000 times, and then the count of its minute tells.
 */
#include "source/loki/loki_ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

struct bucket {
    int64_t start;    /* ns, a whole second */
    uint64_t *table;  /* open: `cap` slots, 0 empty */
    uint32_t *prints; /* settled: `cap` long, `n` used */
    uint32_t n, cap;
    bool lost;
};

struct loki_ledger {
    struct bucket *list; /* by start */
    size_t count, cap;
    size_t bytes, max_bytes;
    int64_t settled, begin; /* buckets before are settled; times before are forgotten */
};

struct loki_ledger *loki_ledger_new(size_t max_bytes)
{
    struct loki_ledger *l = mem_alloc(sizeof *l);
    l->max_bytes = max_bytes;
    return l;
}

static void empty(struct loki_ledger *l, struct bucket *b)
{
    l->bytes -= b->cap * (b->table ? sizeof *b->table : sizeof *b->prints);
    free(b->table);
    free(b->prints);
    b->table = NULL;
    b->prints = NULL;
    b->cap = 0;
}

void loki_ledger_free(struct loki_ledger *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++)
        empty(l, &l->list[i]);
    free(l->list);
    free(l);
}

static uint32_t print_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static int compare_prints(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void settle(struct loki_ledger *l, struct bucket *b)
{
    if (!b->table)
        return;
    uint32_t *prints = mem_array(b->n ? b->n : 1, sizeof *prints), n = 0;
    for (uint32_t i = 0; i < b->cap; i++)
        if (b->table[i])
            prints[n++] = print_of(b->table[i]);
    qsort(prints, n, sizeof *prints, compare_prints);
    empty(l, b);
    b->prints = prints;
    b->cap = b->n;
    l->bytes += b->cap * sizeof *prints;
}

/* The oldest settled buckets lose their prints; if that is not enough, open ones become prints
 * before their time, but never lose them: the polls still read them. */
static void keep_bound(struct loki_ledger *l)
{
    for (size_t i = 0; i < l->count && l->bytes > l->max_bytes; i++) {
        struct bucket *b = &l->list[i];
        if (b->prints && b->start < l->settled) {
            empty(l, b);
            b->lost = true;
        }
    }
    for (size_t i = 0; i < l->count && l->bytes > l->max_bytes; i++)
        settle(l, &l->list[i]);
}

static size_t place_of(const struct loki_ledger *l, int64_t start)
{
    size_t from = 0, to = l->count;
    if (to && l->list[to - 1].start < start)
        return to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (l->list[middle].start < start)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct bucket *bucket_of(struct loki_ledger *l, int64_t time)
{
    int64_t start = clock_align(time, CLOCK_SECOND);
    size_t at = place_of(l, start);
    if (at < l->count && l->list[at].start == start)
        return &l->list[at];
    mem_grow(&l->list, &l->cap, l->count + 1, sizeof *l->list);
    memmove(l->list + at + 1, l->list + at, (l->count++ - at) * sizeof *l->list);
    l->list[at] = (struct bucket){.start = start};
    return &l->list[at];
}

static void grow_table(struct loki_ledger *l, struct bucket *b)
{
    uint32_t cap = b->cap ? b->cap * 2 : 16;
    uint64_t *table = mem_array(cap, sizeof *table);
    for (uint32_t i = 0; i < b->cap; i++) {
        uint64_t hash = b->table[i];
        if (!hash)
            continue;
        uint32_t at = (uint32_t)hash & (cap - 1);
        while (table[at])
            at = (at + 1) & (cap - 1);
        table[at] = hash;
    }
    l->bytes += (cap - b->cap) * sizeof *table;
    free(b->table);
    b->table = table;
    b->cap = cap;
}

static enum loki_ledger_answer add_open(struct loki_ledger *l, struct bucket *b, uint64_t hash)
{
    if ((b->n + 1) * 4 > b->cap * 3)
        grow_table(l, b);
    uint32_t at = (uint32_t)hash & (b->cap - 1);
    for (; b->table[at]; at = (at + 1) & (b->cap - 1))
        if (b->table[at] == hash)
            return LOKI_LEDGER_KNOWN;
    b->table[at] = hash;
    b->n++;
    return LOKI_LEDGER_NEW;
}

static enum loki_ledger_answer add_settled(struct loki_ledger *l, struct bucket *b, uint32_t print)
{
    uint32_t from = 0, to = b->n;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (b->prints[middle] < print)
            from = middle + 1;
        else
            to = middle;
    }
    if (from < b->n && b->prints[from] == print)
        return LOKI_LEDGER_KNOWN;
    if (b->n == b->cap) {
        uint32_t cap = b->cap + b->cap / 2 + 4;
        b->prints = mem_resize(b->prints, cap, sizeof *b->prints);
        l->bytes += (cap - b->cap) * sizeof *b->prints;
        b->cap = cap;
    }
    memmove(b->prints + from + 1, b->prints + from, (b->n - from) * sizeof *b->prints);
    b->prints[from] = print;
    b->n++;
    return LOKI_LEDGER_NEW;
}

enum loki_ledger_answer loki_ledger_add(struct loki_ledger *l, const struct line *line)
{
    if (line->time < l->begin)
        return LOKI_LEDGER_LOST;
    struct bucket *b = bucket_of(l, line->time);
    if (b->lost)
        return LOKI_LEDGER_LOST;
    uint64_t hash =
        hash_mix(hash_bytes(line->text.p, line->text.n) ^
                 hash_mix((uint64_t)line->time ^ (line->labels ? line->labels->hash : 0)));
    hash = hash ? hash : 1;
    /* A second that was settled without a line has a bucket only now. */
    bool open = b->table || (!b->prints && b->start >= l->settled);
    enum loki_ledger_answer answer =
        open ? add_open(l, b, hash) : add_settled(l, b, print_of(hash));
    keep_bound(l);
    return answer;
}

void loki_ledger_settle(struct loki_ledger *l, int64_t time)
{
    l->settled = clock_align(time, CLOCK_SECOND);
    for (size_t i = l->count; i-- > 0;) {
        struct bucket *b = &l->list[i];
        if (b->start < l->settled && !b->table)
            break; /* the older ones are settled */
        if (b->start < l->settled)
            settle(l, b);
    }
    keep_bound(l);
}

void loki_ledger_forget(struct loki_ledger *l, int64_t time)
{
    size_t gone = 0;
    l->begin = time > l->begin ? time : l->begin;
    while (gone < l->count && l->list[gone].start + CLOCK_SECOND <= l->begin)
        empty(l, &l->list[gone++]);
    l->count -= gone;
    if (gone)
        memmove(l->list, l->list + gone, l->count * sizeof *l->list);
}

uint64_t loki_ledger_count(const struct loki_ledger *l, int64_t from, int64_t to)
{
    uint64_t count = 0;
    for (size_t i = place_of(l, from); i < l->count && l->list[i].start < to; i++)
        count += l->list[i].n;
    return count;
}

bool loki_ledger_knows(const struct loki_ledger *l, int64_t from, int64_t to)
{
    if (from < l->begin)
        return false;
    for (size_t i = place_of(l, from); i < l->count && l->list[i].start < to; i++)
        if (l->list[i].lost)
            return false;
    return true;
}

size_t loki_ledger_bytes(const struct loki_ledger *l)
{
    return l->bytes + l->cap * sizeof *l->list;
}
