#include "model/broken_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"

#define LINGERS CLOCK_MINUTE           /* what is well again */
#define KEEPS_PLACE (2 * CLOCK_MINUTE) /* a thing that flaps */
#define MARKED (2 * CLOCK_MINUTE)

enum { TEXTS = 8 };

struct broken_rows {
    struct broken_rows_row *list;
    size_t count, cap, dropped;
    struct map *index; /* "Kind/namespace/name" -> its index plus one */
    int64_t now;
    bool settled, moved;
    uint64_t changes;
};

struct broken_rows *broken_rows_new(void)
{
    struct broken_rows *b = mem_alloc(sizeof *b);
    b->index = map_new();
    return b;
}

static void texts_of(struct broken_rows_row *r, const char **out[TEXTS])
{
    const char **all[TEXTS] = {&r->what,   &r->kind,  &r->namespace_,  &r->name,
                               &r->reason, &r->words, &r->member_kind, &r->member};
    memcpy(out, all, sizeof all);
}

static void drop_texts(struct broken_rows_row *r)
{
    const char **texts[TEXTS];
    texts_of(r, texts);
    for (int i = 0; i < TEXTS; i++)
        intern_drop(*texts[i]);
}

void broken_rows_forget(struct broken_rows *b)
{
    for (size_t i = 0; i < b->count; i++)
        drop_texts(&b->list[i]);
    map_free(b->index, NULL);
    b->index = map_new();
    b->count = b->dropped = 0;
    b->settled = false;
    b->changes++;
}

void broken_rows_free(struct broken_rows *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        drop_texts(&b->list[i]);
    free(b->list);
    map_free(b->index, NULL);
    free(b);
}

void broken_rows_begin(struct broken_rows *b, int64_t now)
{
    b->now = now;
    b->moved = false;
    b->dropped = 0;
    for (size_t i = 0; i < b->count; i++)
        b->list[i].seen = false;
}

static int magnitude(size_t count)
{
    int n = 0;
    for (; count > 1; count >>= 1)
        n++;
    return n;
}

static char *key_of(const struct broken_rows_row *r)
{
    return mem_printf("%s/%s/%s", r->kind, r->namespace_, r->name);
}

/* It goes up at once, and down when it has been better for a while. */
static void place(struct broken_rows *b, struct broken_rows_row *r)
{
    int size = magnitude(r->count);
    if (r->rank < r->place || b->now - r->placed > KEEPS_PLACE) {
        b->moved |= r->place != r->rank;
        r->place = r->rank;
        r->size = size;
    }
    if (r->rank == r->place)
        r->placed = b->now;
    if (size > r->size) {
        r->size = size;
        b->moved = true;
    }
}

static void mark(struct broken_rows *b, struct broken_rows_row *r, enum broken_rows_mark m)
{
    /* That something is new says more than that it is more. */
    bool fresh = r->mark == BROKEN_ROWS_NEW && b->now - r->changed < MARKED;
    if (!b->settled || (fresh && m != BROKEN_ROWS_WELL))
        return;
    r->mark = m;
    r->changed = b->now;
    b->moved = true;
}

static void mark_change(struct broken_rows *b, struct broken_rows_row *r,
                        const struct broken_rows_row *was)
{
    if (was->what != r->what)
        mark(b, r, BROKEN_ROWS_OTHER);
    else if (was->count != r->count)
        mark(b, r, r->count > was->count ? BROKEN_ROWS_MORE : BROKEN_ROWS_FEWER);
}

static void add(struct broken_rows *b, const struct broken_rows_row *row, char *key)
{
    if (b->count == BROKEN_ROWS_MOST) {
        b->dropped++;
        return;
    }
    mem_grow(&b->list, &b->cap, b->count + 1, sizeof *b->list);
    struct broken_rows_row *r = &b->list[b->count++];
    *r = *row;
    r->id = hash_bytes(key, strlen(key));
    r->place = r->rank;
    r->placed = b->now;
    r->size = magnitude(r->count);
    mark(b, r, BROKEN_ROWS_NEW);
    b->moved = true;
    map_put(b->index, str_of(key), (void *)(uintptr_t)b->count);
}

/* Takes the texts of `row` over. */
static void replace(struct broken_rows *b, struct broken_rows_row *r,
                    const struct broken_rows_row *row)
{
    struct broken_rows_row was = *r;
    const char **before[TEXTS], **after[TEXTS];
    r->rank = row->rank;
    r->health = row->health;
    r->count = row->count;
    r->others = row->others;
    r->stuck = row->stuck;
    r->gone = 0;
    b->moved |= was.health != r->health || was.others != r->others || was.stuck != r->stuck ||
                was.gone != 0;
    texts_of(&was, before);
    texts_of(r, after);
    struct broken_rows_row from = *row;
    const char **fresh[TEXTS];
    texts_of(&from, fresh);
    for (int i = 0; i < TEXTS; i++) {
        b->moved |= *before[i] != *fresh[i];
        *after[i] = *fresh[i];
    }
    if (was.gone && r->mark == BROKEN_ROWS_WELL)
        r->mark = BROKEN_ROWS_SAME;
    mark_change(b, r, &was);
    place(b, r);
    drop_texts(&was);
}

void broken_rows_put(struct broken_rows *b, const struct broken_rows_row *row)
{
    struct broken_rows_row own = {.rank = row->rank,
                                  .health = row->health,
                                  .count = row->count,
                                  .others = row->others,
                                  .stuck = row->stuck,
                                  .seen = true,
                                  .what = intern_text(row->what),
                                  .kind = intern_text(row->kind),
                                  .namespace_ = intern_text(row->namespace_),
                                  .name = intern_text(row->name),
                                  .reason = intern_text(row->reason),
                                  .words = intern_text(row->words),
                                  .member_kind = intern_text(row->member_kind),
                                  .member = intern_text(row->member)};
    char *key = key_of(&own);
    size_t at = (size_t)(uintptr_t)map_get(b->index, str_of(key)), before = b->count;
    if (at) {
        replace(b, &b->list[at - 1], &own);
        b->list[at - 1].seen = true;
    } else {
        add(b, &own, key);
        if (b->count == before)
            drop_texts(&own);
    }
    free(key);
}

static void remove_at(struct broken_rows *b, size_t i)
{
    char *key = key_of(&b->list[i]);
    map_remove(b->index, str_of(key));
    free(key);
    drop_texts(&b->list[i]);
    b->list[i] = b->list[--b->count];
    if (i < b->count) {
        key = key_of(&b->list[i]);
        map_put(b->index, str_of(key), (void *)(uintptr_t)(i + 1));
        free(key);
    }
    b->moved = true;
}

bool broken_rows_end(struct broken_rows *b, bool settled)
{
    for (size_t i = b->count; i-- > 0;) {
        struct broken_rows_row *r = &b->list[i];
        if (!r->seen && !r->gone) {
            r->gone = b->now;
            mark(b, r, BROKEN_ROWS_WELL);
        }
        if (r->mark != BROKEN_ROWS_WELL && r->mark && b->now - r->changed >= MARKED) {
            r->mark = BROKEN_ROWS_SAME;
            b->moved = true;
        }
        if (r->gone && (!b->settled || b->now - r->gone >= LINGERS))
            remove_at(b, i);
    }
    b->settled |= settled;
    b->changes += b->moved;
    return b->moved;
}

size_t broken_rows_count(const struct broken_rows *b)
{
    return b->count;
}

const struct broken_rows_row *broken_rows_at(const struct broken_rows *b, size_t i)
{
    return &b->list[i];
}

size_t broken_rows_dropped(const struct broken_rows *b)
{
    return b->dropped;
}

uint64_t broken_rows_changes(const struct broken_rows *b)
{
    return b->changes;
}
