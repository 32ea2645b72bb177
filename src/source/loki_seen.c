#include "source/loki_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

enum { MINUTES = 64, CHECKS = 3, FIRST_SLOTS = 1024 };

/* When a finished minute is counted again, behind its end. */
static const int64_t checks[CHECKS] = {CLOCK_MINUTE, 10 * CLOCK_MINUTE, 60 * CLOCK_MINUTE};

/* 128 bits of stream, time and text: two different lines are not taken for one. */
struct slot {
    uint64_t a, b;
    int64_t time;
    bool used;
};

struct minute {
    int64_t start; /* 0: empty */
    uint64_t lines;
    uint64_t *hashes;
    size_t count, cap;
    size_t sorted;  /* of them, as the last late reading found them */
    bool forgotten; /* the hashes went for want of room */
    int checked;    /* checks done */
};

struct loki_seen {
    struct slot *slots;
    size_t cap, count;
    struct minute minutes[MINUTES]; /* by number of the minute modulo MINUTES */
    size_t hashes;
    int64_t from;
};

struct loki_seen *loki_seen_new(int64_t from)
{
    struct loki_seen *s = mem_alloc(sizeof *s);
    s->from = from;
    s->cap = FIRST_SLOTS;
    s->slots = mem_array(s->cap, sizeof *s->slots);
    return s;
}

void loki_seen_free(struct loki_seen *s)
{
    if (!s)
        return;
    for (int i = 0; i < MINUTES; i++)
        free(s->minutes[i].hashes);
    free(s->slots);
    free(s);
}

static struct slot identity(const struct line *line)
{
    struct {
        uint64_t labels;
        int64_t time;
        uint64_t text;
    } parts = {line->labels ? line->labels->hash : 0, line->time,
               hash_bytes(line->text.p, line->text.n)};
    /* The table's hash is seeded anew in each run; the second half of the identity is another
     * function of the text. */
    uint64_t second = hash_id(line->text.p, line->text.n, HASH_ID_SEED);
    return (struct slot){hash_bytes(&parts, sizeof parts), hash_mix(second ^ parts.labels),
                         line->time, true};
}

/* ---- the exact memory ---- */

static struct slot *find(struct slot *slots, size_t cap, const struct slot *key)
{
    size_t i = key->a & (cap - 1);
    while (slots[i].used &&
           (slots[i].a != key->a || slots[i].b != key->b || slots[i].time != key->time))
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

/* A new table of those that are not before `time`. */
static void rebuild(struct loki_seen *s, size_t cap, int64_t time)
{
    struct slot *fresh = mem_array(cap, sizeof *fresh);
    size_t count = 0;
    for (size_t i = 0; i < s->cap; i++) {
        if (!s->slots[i].used || s->slots[i].time < time)
            continue;
        *find(fresh, cap, &s->slots[i]) = s->slots[i];
        count++;
    }
    free(s->slots);
    s->slots = fresh;
    s->cap = cap;
    s->count = count;
}

void loki_seen_forget(struct loki_seen *s, int64_t time)
{
    size_t kept = 0, cap = FIRST_SLOTS;
    for (size_t i = 0; i < s->cap; i++)
        kept += s->slots[i].used && s->slots[i].time >= time;
    while (cap < kept * 2)
        cap *= 2;
    if (kept < s->count)
        rebuild(s, cap, time);
}

/* ---- the minutes ---- */

static struct minute *minute_of(struct loki_seen *s, int64_t start)
{
    return &s->minutes[start / CLOCK_MINUTE % MINUTES];
}

static void clear_minute(struct loki_seen *s, struct minute *m)
{
    s->hashes -= m->count;
    free(m->hashes);
    *m = (struct minute){0};
}

static void make_room(struct loki_seen *s)
{
    struct minute *oldest = NULL;
    for (int i = 0; i < MINUTES; i++)
        if (s->minutes[i].count && (!oldest || s->minutes[i].start < oldest->start))
            oldest = &s->minutes[i];
    if (!oldest)
        return;
    s->hashes -= oldest->count;
    free(oldest->hashes);
    oldest->hashes = NULL;
    oldest->count = oldest->cap = oldest->sorted = 0;
    oldest->forgotten = true;
}

static void note_in_minute(struct loki_seen *s, const struct slot *id)
{
    int64_t start = clock_align(id->time, CLOCK_MINUTE);
    struct minute *m = minute_of(s, start);
    /* The minute in which the follow began is never whole, nor is one that the ring has left
     * behind. */
    if (start < s->from || m->start > start)
        return;
    if (m->start != start) {
        clear_minute(s, m);
        m->start = start;
    }
    m->lines++;
    if (m->forgotten)
        return;
    if (s->hashes >= LOKI_SEEN_HASHES)
        make_room(s);
    if (m->forgotten)
        return;
    mem_grow(&m->hashes, &m->cap, m->count + 1, sizeof *m->hashes);
    m->hashes[m->count++] = id->a;
    s->hashes++;
}

bool loki_seen_add(struct loki_seen *s, const struct line *line)
{
    struct slot id = identity(line);
    if (s->count * 2 >= s->cap)
        rebuild(s, s->cap * 2, INT64_MIN);
    struct slot *at = find(s->slots, s->cap, &id);
    if (at->used)
        return false;
    *at = id;
    s->count++;
    note_in_minute(s, &id);
    return true;
}

static int64_t due_at(const struct minute *m)
{
    return m->start + CLOCK_MINUTE + checks[m->checked];
}

/* Minutes without any line are counted too: their lines may all be late. */
static void open_minutes(struct loki_seen *s, int64_t now)
{
    int64_t last = clock_align(now, CLOCK_MINUTE) - CLOCK_MINUTE;
    for (int back = 0; back < MINUTES - 2; back++) {
        int64_t start = last - back * CLOCK_MINUTE;
        struct minute *m = minute_of(s, start);
        if (start < s->from || m->start >= start)
            continue;
        clear_minute(s, m);
        m->start = start;
    }
}

bool loki_seen_due(struct loki_seen *s, int64_t now, struct loki_seen_minute *out)
{
    struct minute *found = NULL;
    open_minutes(s, now);
    for (int i = 0; i < MINUTES; i++) {
        struct minute *m = &s->minutes[i];
        if (m->start && m->checked < CHECKS && due_at(m) <= now &&
            (!found || m->start < found->start))
            found = m;
    }
    if (!found)
        return false;
    *out = (struct loki_seen_minute){found->start, found->lines, !found->forgotten};
    return true;
}

void loki_seen_counted(struct loki_seen *s, int64_t start)
{
    struct minute *m = minute_of(s, start);
    if (m->start == start)
        m->checked++;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void loki_seen_late(struct loki_seen *s, int64_t start)
{
    struct minute *m = minute_of(s, start);
    if (m->count)
        qsort(m->hashes, m->count, sizeof *m->hashes, by_value);
    m->sorted = m->count;
}

bool loki_seen_add_late(struct loki_seen *s, const struct line *line)
{
    struct slot id = identity(line);
    struct minute *m = minute_of(s, clock_align(line->time, CLOCK_MINUTE));
    if (m->sorted && bsearch(&id.a, m->hashes, m->sorted, sizeof *m->hashes, by_value))
        return false;
    note_in_minute(s, &id);
    return true;
}

void loki_seen_set(struct loki_seen *s, int64_t start, uint64_t lines)
{
    struct minute *m = minute_of(s, start);
    if (m->start == start)
        m->lines = lines;
}

size_t loki_seen_bytes(const struct loki_seen *s)
{
    return s->cap * sizeof *s->slots + s->hashes * sizeof(uint64_t);
}
