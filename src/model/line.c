/*
 * The store is a list of blocks in order of time (model/line_block.h), each with the texts of some
 * hundred lines and an index of them. Adding at the end touches the last block alone. A late line
 * goes into the index of the block it belongs to (its text behind the others), and a block that is
 * full by then is halved as in a B-tree. What falls out goes by whole blocks, and nothing comes in
 * beyond the place where something fell out: there are no silent holes. Label sets are kept once a
 * store, counted by their lines.
 */
#include "model/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/line_block.h"

enum {
    BLOCK_TEXT = 64 << 10, /* bytes, unless one line is longer */
    BLOCK_TEXT_LEAST = 512,
    BLOCK_LINES = 4096,
    BLOCKS_AT_MOST_FULL = 16, /* a block is at most this part of the store's maximum */
    TEXT_MAX = (1 << 29) - 1,
};

/* An entry's flags. */
enum { KIND = 3, LATE = 4 };

struct block {
    struct line_block in;
    size_t first; /* lines in the blocks before this one */
};

struct slot {
    const struct labels *labels; /* NULL: free */
    size_t lines;
    uint32_t next_free;
};

struct lines {
    struct block *blocks;
    size_t block_count, block_cap;
    size_t count, bytes; /* bytes: of the blocks' arrays */
    size_t notices;      /* of count: gaps and notices */
    size_t max_bytes, block_text;
    uint64_t next_id, dropped, changes;
    bool drop_newest, cut;
    int64_t horizon;    /* of the end that gives way: the time of the nearest line that fell out */
    bool whole;         /* no line of that time is held */
    struct slot *slots; /* the first stands for no labels */
    size_t slot_count, slot_cap;
    uint32_t free_slot, last_slot;
    struct map *slot_index; /* by the address of the set */
};

struct lines *lines_new(size_t max_bytes)
{
    struct lines *l = mem_alloc(sizeof *l);
    l->max_bytes = max_bytes;
    l->block_text = max_bytes / BLOCKS_AT_MOST_FULL;
    if (l->block_text > BLOCK_TEXT)
        l->block_text = BLOCK_TEXT;
    if (l->block_text < BLOCK_TEXT_LEAST)
        l->block_text = BLOCK_TEXT_LEAST;
    l->slot_index = map_new();
    l->slot_count = 1;
    mem_grow(&l->slots, &l->slot_cap, 1, sizeof *l->slots);
    l->slots[0] = (struct slot){0};
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    lines_clear(l);
    free(l->blocks);
    free(l->slots);
    map_free(l->slot_index, NULL);
    free(l);
}

static struct str slot_key(const struct labels *const *labels)
{
    return (struct str){(const char *)labels, sizeof *labels};
}

static uint32_t slot_take(struct lines *l, const struct labels *labels)
{
    if (!labels)
        return 0;
    if (l->slots[l->last_slot].labels == labels) {
        l->slots[l->last_slot].lines++;
        return l->last_slot;
    }
    uint32_t i = (uint32_t)(uintptr_t)map_get(l->slot_index, slot_key(&labels));
    if (!i) {
        i = l->free_slot;
        if (i) {
            l->free_slot = l->slots[i].next_free;
        } else {
            mem_grow(&l->slots, &l->slot_cap, l->slot_count + 1, sizeof *l->slots);
            i = (uint32_t)l->slot_count++;
        }
        l->slots[i] = (struct slot){labels_hold(labels), 0, 0};
        map_put(l->slot_index, slot_key(&labels), (void *)(uintptr_t)i);
    }
    l->slots[i].lines++;
    l->last_slot = i;
    return i;
}

static void slot_give(struct lines *l, uint32_t i)
{
    if (!i || --l->slots[i].lines)
        return;
    map_remove(l->slot_index, slot_key(&l->slots[i].labels));
    labels_drop(l->slots[i].labels);
    l->slots[i] = (struct slot){NULL, 0, l->free_slot};
    l->free_slot = i;
    if (l->last_slot == i)
        l->last_slot = 0;
}

/* Grown by doubling while the block is filled at an end of the store; a little at a time when late
 * lines come, for they may come to every block. */
static size_t grown(size_t cap, size_t need, size_t least, bool end)
{
    if (need <= cap)
        return cap;
    size_t wanted = end ? cap * 2 : cap + cap / 32 + 1;
    if (wanted < least && end)
        wanted = least;
    return wanted < need ? need : wanted;
}

static void make_room(const struct lines *l, struct line_block *b, size_t text, bool end)
{
    size_t text_cap = grown(b->text_cap, b->text_n + text, 4096, end);
    if (text_cap > l->block_text && b->text_n + text <= l->block_text)
        text_cap = l->block_text;
    line_block_resize(b, grown(b->cap, b->count + 1, 64, end), text_cap);
}

static void block_trim(struct lines *l, struct line_block *b)
{
    l->bytes -= line_block_bytes(b);
    line_block_resize(b, b->count, b->text_n ? b->text_n : 1);
    l->bytes += line_block_bytes(b);
}

static void renumber(struct lines *l, size_t from)
{
    for (size_t i = from; i < l->block_count; i++)
        l->blocks[i].first = i ? l->blocks[i - 1].first + l->blocks[i - 1].in.count : 0;
}

static struct block *block_insert(struct lines *l, size_t at)
{
    mem_grow(&l->blocks, &l->block_cap, l->block_count + 1, sizeof *l->blocks);
    memmove(&l->blocks[at + 1], &l->blocks[at], (l->block_count - at) * sizeof *l->blocks);
    l->block_count++;
    l->blocks[at] = (struct block){0};
    renumber(l, at);
    return &l->blocks[at];
}

static void entries_forget(struct lines *l, const struct block *b, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct line_block_entry e = line_block_at(&b->in, i);
        slot_give(l, e.labels);
        l->notices -= (e.flags & KIND) != LINE_LOG;
    }
    l->count -= to - from;
}

static void block_drop(struct lines *l, size_t at)
{
    struct block *b = &l->blocks[at];
    entries_forget(l, b, 0, b->in.count);
    l->bytes -= line_block_bytes(&b->in);
    line_block_free(&b->in);
    l->block_count--;
    memmove(b, b + 1, (l->block_count - at) * sizeof *b);
    renumber(l, at);
}

/* Entries [from, to) of a block as one of their own. */
static struct line_block part(struct lines *l, const struct line_block *b, size_t from, size_t to)
{
    struct line_block p = line_block_part(b, from, to);
    l->bytes += line_block_bytes(&p);
    return p;
}

static void block_halve(struct lines *l, size_t at)
{
    struct line_block whole = l->blocks[at].in;
    block_insert(l, at + 1);
    l->blocks[at].in = part(l, &whole, 0, whole.count / 2);
    l->blocks[at + 1].in = part(l, &whole, whole.count / 2, whole.count);
    l->bytes -= line_block_bytes(&whole);
    line_block_free(&whole);
    renumber(l, at);
}

static int64_t first_time(const struct block *b)
{
    return line_block_time(&b->in, 0);
}

static int64_t last_time(const struct block *b)
{
    return line_block_time(&b->in, b->in.count - 1);
}

/* The last block whose first line is not later than the time; the first block when there is none.
 */
static size_t block_of_time(const struct lines *l, int64_t time)
{
    size_t from = 0, to = l->block_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (first_time(&l->blocks[middle]) <= time)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? from - 1 : 0;
}

/* The first entry later than the time. */
static size_t entry_behind(const struct block *b, int64_t time)
{
    size_t from = 0, to = b->in.count;
    if (to && last_time(b) <= time)
        return to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (line_block_time(&b->in, middle) <= time)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static const struct block *block_of(const struct lines *l, size_t i)
{
    size_t from = 0, to = l->block_count;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (l->blocks[middle].first <= i)
            from = middle;
        else
            to = middle;
    }
    return &l->blocks[from];
}

/* The block for a line that goes behind those of `time`, made or halved when there was no room. */
static size_t block_for(struct lines *l, int64_t time, size_t size)
{
    if (!l->block_count) {
        block_insert(l, 0);
        return 0;
    }
    size_t at = block_of_time(l, time);
    struct block *b = &l->blocks[at];
    if (b->in.text_n + size <= l->block_text && b->in.count < BLOCK_LINES)
        return at;
    bool before = time < first_time(b), behind = last_time(b) <= time;
    if (before || (behind && (at + 1 == l->block_count || b->in.count == 1))) {
        block_trim(l, &b->in);
        block_insert(l, before ? at : at + 1);
        return before ? at : at + 1;
    }
    block_halve(l, at);
    return time < first_time(&l->blocks[at + 1]) ? at : at + 1;
}

/* Belongs the time beyond what fell out at the end that gives way? */
static bool is_beyond(const struct lines *l, int64_t time)
{
    if (l->cut && l->whole && time == l->horizon)
        return true;
    return l->cut && (l->drop_newest ? time >= l->horizon : time < l->horizon);
}

/* The lines of a block at its front or its end go. */
static void block_shorten(struct lines *l, struct block *b, size_t n, bool front)
{
    struct line_block whole = b->in;
    size_t from = front ? n : 0, to = front ? whole.count : whole.count - n;
    entries_forget(l, b, front ? 0 : to, front ? n : whole.count);
    b->in = part(l, &whole, from, to);
    l->bytes -= line_block_bytes(&whole);
    line_block_free(&whole);
    l->dropped += n;
}

/* How many lines at the end of the block that gives way are of that time. */
static size_t count_of_time(const struct block *b, int64_t time, bool front)
{
    size_t n = 0;
    while (n < b->in.count && line_block_time(&b->in, front ? n : b->in.count - 1 - n) == time)
        n++;
    return n;
}

/* Takes the rest of the horizon's time out, unless nothing else is held. */
static void finish_horizon(struct lines *l)
{
    bool front = !l->drop_newest;
    size_t last = l->block_count - 1;
    int64_t other = front ? last_time(&l->blocks[last]) : first_time(&l->blocks[0]);
    l->whole = other != l->horizon;
    while (l->whole) {
        size_t at = front ? 0 : l->block_count - 1;
        struct block *b = &l->blocks[at];
        size_t n = count_of_time(b, l->horizon, front);
        if (!n)
            break;
        if (n < b->in.count) {
            block_shorten(l, b, n, front);
            break;
        }
        l->dropped += n;
        block_drop(l, at);
    }
    renumber(l, 0);
}

static void give_way(struct lines *l)
{
    size_t victim = l->drop_newest ? l->block_count - 1 : 0;
    const struct block *b = &l->blocks[victim];
    l->cut = true;
    l->horizon = l->drop_newest ? first_time(b) : last_time(b);
    l->dropped += b->in.count;
    block_drop(l, victim);
    finish_horizon(l);
}

/* Puts the line behind those of the time `behind`. */
static void insert(struct lines *l, const struct line *line, int64_t behind)
{
    size_t size = line->text.n < TEXT_MAX ? line->text.n : TEXT_MAX;
    size_t where = block_for(l, behind, size);
    struct block *b = &l->blocks[where];
    l->bytes -= line_block_bytes(&b->in);
    make_room(l, &b->in, size, where == 0 || where + 1 == l->block_count);
    struct line_block_entry e = {
        .time = line->time,
        .id = l->next_id,
        .labels = slot_take(l, line->labels),
        .flags = ((uint32_t)line->kind & KIND) | (line->late ? LATE : 0),
        .text = line->text.p,
        .size = size,
    };
    line_block_insert(&b->in, entry_behind(b, behind), &e);
    l->bytes += line_block_bytes(&b->in);
    l->count++;
    l->notices += line->kind != LINE_LOG;
    renumber(l, where + 1);
}

static void add(struct lines *l, const struct line *line, int64_t behind)
{
    l->changes++;
    if (is_beyond(l, line->time)) {
        l->next_id++;
        l->dropped++;
        return;
    }
    insert(l, line, behind);
    l->next_id++;
    while (lines_bytes(l) > l->max_bytes && l->block_count > 1)
        give_way(l);
}

void lines_add(struct lines *l, const struct line *line)
{
    add(l, line, line->time);
}

void lines_add_before(struct lines *l, const struct line *line)
{
    add(l, line, line->time > INT64_MIN ? line->time - 1 : line->time);
}

bool lines_holds(const struct lines *l, const struct line *line)
{
    for (size_t i = lines_find_time(l, line->time); i < l->count; i++) {
        struct line held = lines_at(l, i);
        if (held.time != line->time)
            return false;
        if (held.kind == LINE_LOG && held.labels == line->labels && held.text.n == line->text.n &&
            memcmp(held.text.p, line->text.p, held.text.n) == 0)
            return true;
    }
    return false;
}

void lines_clear(struct lines *l)
{
    while (l->block_count)
        block_drop(l, l->block_count - 1);
    l->dropped = 0;
    l->cut = false;
    l->changes++;
}

size_t lines_count(const struct lines *l)
{
    return l->count;
}

size_t lines_logs(const struct lines *l)
{
    return l->count - l->notices;
}

struct line lines_at(const struct lines *l, size_t i)
{
    const struct block *b = block_of(l, i);
    struct line_block_entry e = line_block_at(&b->in, i - b->first);
    return (struct line){.time = e.time,
                         .labels = l->slots[e.labels].labels,
                         .text = {e.text, e.size},
                         .kind = (enum line_kind)(e.flags & KIND),
                         .late = e.flags & LATE};
}

uint64_t lines_id(const struct lines *l, size_t i)
{
    const struct block *b = block_of(l, i);
    return line_block_id(&b->in, i - b->first);
}

size_t lines_find_id(const struct lines *l, uint64_t id)
{
    for (size_t k = 0; k < l->block_count; k++) {
        const struct block *b = &l->blocks[k];
        size_t i = line_block_find_id(&b->in, id);
        if (i < b->in.count)
            return b->first + i;
    }
    return SIZE_MAX;
}

size_t lines_find_time(const struct lines *l, int64_t time)
{
    if (!l->block_count || time == INT64_MIN)
        return 0;
    const struct block *b = &l->blocks[block_of_time(l, time - 1)];
    return b->first + entry_behind(b, time - 1);
}

uint64_t lines_dropped(const struct lines *l)
{
    return l->dropped;
}

size_t lines_label_slots(const struct lines *l)
{
    return l->slot_count;
}

const struct labels *lines_label_set(const struct lines *l, size_t i)
{
    return l->slots[i].labels;
}

size_t lines_bytes(const struct lines *l)
{
    return sizeof *l + l->bytes + l->block_cap * sizeof *l->blocks + l->slot_cap * sizeof *l->slots;
}

uint64_t lines_changes(const struct lines *l)
{
    return l->changes;
}

void lines_drop_oldest(struct lines *l, bool oldest)
{
    l->drop_newest = !oldest;
    l->cut = false;
}
