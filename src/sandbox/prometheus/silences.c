#include "sandbox/prometheus/silences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"

struct silences {
    struct silence *list[SILENCES_MAX];
    size_t count;
    uint64_t made;
};

struct silences *silences_new(void)
{
    return mem_alloc(sizeof(struct silences));
}

void silences_free_inner(struct silence *one)
{
    alert_matcher_free_all(one->matchers, one->matcher_count);
    free(one->author);
    free(one->comment);
    *one = (struct silence){0};
}

static void drop(struct silences *s, size_t at)
{
    silences_free_inner(s->list[at]);
    free(s->list[at]);
    memmove(s->list + at, s->list + at + 1, (--s->count - at) * sizeof *s->list);
}

void silences_free(struct silences *s)
{
    if (!s)
        return;
    while (s->count)
        drop(s, s->count - 1);
    free(s);
}

enum silence_state silence_state_at(const struct silence *one, int64_t now)
{
    return now >= one->to ? SILENCE_EXPIRED : now < one->from ? SILENCE_PENDING : SILENCE_ACTIVE;
}

const char *silence_state_name(enum silence_state state)
{
    static const char *const names[] = {"active", "pending", "expired"};
    return names[state];
}

struct silence *silences_find(struct silences *s, const char *id)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i]->id, id) == 0)
            return s->list[i];
    return NULL;
}

void silences_expire(struct silence *one, int64_t now)
{
    enum silence_state state = silence_state_at(one, now);
    if (state == SILENCE_EXPIRED)
        return;
    if (state == SILENCE_PENDING)
        one->from = now;
    one->to = one->updated = now;
}

static bool same_matchers(const struct silence *a, const struct silence *b)
{
    bool same = a->matcher_count == b->matcher_count;
    for (size_t i = 0; same && i < a->matcher_count; i++)
        same = alert_matcher_same(&a->matchers[i], &b->matchers[i]);
    return same;
}

static bool may_change(const struct silence *old, const struct silence *wanted, int64_t now)
{
    if (!same_matchers(old, wanted))
        return false;
    switch (silence_state_at(old, now)) {
    case SILENCE_ACTIVE:
        return wanted->from == old->from && wanted->to >= now;
    case SILENCE_PENDING:
        return wanted->from >= now;
    default:
        return false;
    }
}

static bool make_room(struct silences *s, int64_t now)
{
    size_t oldest = SILENCES_MAX;
    for (size_t i = 0; i < s->count; i++)
        if (silence_state_at(s->list[i], now) == SILENCE_EXPIRED &&
            (oldest == SILENCES_MAX || s->list[i]->to < s->list[oldest]->to))
            oldest = i;
    if (s->count < SILENCES_MAX)
        return true;
    if (oldest == SILENCES_MAX)
        return false;
    drop(s, oldest);
    return true;
}

/* A UUID of version 4's form; the n-th silence always has the same. */
static void make_id(struct silences *s, char id[SILENCE_ID])
{
    unsigned char digest[DIGEST_MD5];
    char text[32], hex[DIGEST_HEX];
    snprintf(text, sizeof text, "silence %llu", (unsigned long long)++s->made);
    digest_md5(str_of(text), digest);
    digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x40);
    digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80);
    digest_hex(digest, DIGEST_MD5, hex);
    snprintf(id, SILENCE_ID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}

static bool matches_nothing(const struct silence *one)
{
    for (size_t i = 0; i < one->matcher_count; i++)
        if (!alert_matcher_fits(&one->matchers[i], ""))
            return false;
    return true;
}

struct silence *silences_set(struct silences *s, struct silence *wanted, int64_t now, bool *found,
                             struct buf *error)
{
    struct silence *old = *wanted->id ? silences_find(s, wanted->id) : NULL;
    *found = old || !*wanted->id;
    if (!*found) {
        buf_adds(error, "silence not found");
        return NULL;
    }
    if (matches_nothing(wanted)) {
        buf_adds(error, "silence invalid: at least one matcher must not match the empty string");
        return NULL;
    }
    wanted->updated = now;
    if (old && may_change(old, wanted, now)) {
        silences_free_inner(old);
        *old = *wanted;
        *wanted = (struct silence){0};
        return old;
    }
    if (old)
        silences_expire(old, now);
    if (!make_room(s, now)) {
        buf_printf(error, "exceeded maximum number of silences: %d", SILENCES_MAX);
        return NULL;
    }
    if (wanted->from < now)
        wanted->from = now;
    make_id(s, wanted->id);
    struct silence *one = s->list[s->count++] = mem_alloc(sizeof *one);
    *one = *wanted;
    *wanted = (struct silence){0};
    return one;
}

/* qsort has no context: the keys are worked out before. */
struct sorted {
    struct silence *one;
    enum silence_state state;
};

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    if (x->state == SILENCE_PENDING)
        return compare_numbers(x->one->from, y->one->from);
    if (x->state == SILENCE_EXPIRED)
        return compare_numbers(y->one->to, x->one->to);
    return compare_numbers(x->one->to, y->one->to);
}

struct silence **silences_sorted(struct silences *s, int64_t now, size_t *count)
{
    struct sorted *keys = mem_array(s->count + 1, sizeof *keys);
    struct silence **list = mem_array(s->count + 1, sizeof *list);
    for (size_t i = 0; i < s->count; i++)
        keys[i] = (struct sorted){s->list[i], silence_state_at(s->list[i], now)};
    if (s->count)
        qsort(keys, s->count, sizeof *keys, compare);
    for (size_t i = 0; i < s->count; i++)
        list[i] = keys[i].one;
    *count = s->count;
    free(keys);
    return list;
}

bool silence_fits(const struct silence *one,
                  const char *(*value)(const void *labels, const char *name), const void *labels)
{
    for (size_t i = 0; i < one->matcher_count; i++)
        if (!alert_matcher_fits(&one->matchers[i], value(labels, one->matchers[i].name)))
            return false;
    return true;
}
