/*
 * Three steps from the source to what is shown. `base`: all rows in the source's own order; rows
 * that came are sorted and merged in by binary search, so a table that loads page by page is never
 * sorted anew. `flags`: whether the scope and the filter let a row through, asked again only where
 * it changed. `view`: what they let through, by the sort column: a number a row, sorted by radix;
 * rows of equal numbers keep the order of `base`.
 */
#include "ui/table/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "ui/slice.h"

enum { ADMITTED = 1, TESTED = 2, MATCHED = 4, FRESH = 8, KEYED = 16 };
enum { TEXT_MAX_BYTES = 1 << 16 };

struct seen {
    uint64_t id, stamp;
};

struct order {
    const struct order_source *source;
    void *self;
    struct seen *rows; /* by the source's index, as are flags */
    uint8_t *flags;
    uint64_t *keys; /* of the sort column, where KEYED says so */
    uint32_t *base, *view, *fresh;
    size_t count, view_count, fresh_count, total;
    size_t rows_cap, flags_cap, keys_cap, base_cap, view_cap, fresh_cap;
    int column;
    bool descending;
    struct regex *filter;
    bool invert;
    bool untested, unsorted; /* work left for the next update */
    struct buf text;
};

uint64_t order_id_by_place(void *self, size_t i)
{
    (void)self;
    return hash_mix(i + 1);
}

int order_compare_places(void *self, size_t a, size_t b)
{
    (void)self;
    return (a > b) - (a < b);
}

struct order *order_new(const struct order_source *source, void *self)
{
    struct order *o = mem_alloc(sizeof *o);
    o->source = source;
    o->self = self;
    o->column = -1;
    buf_init(&o->text, TEXT_MAX_BYTES);
    return o;
}

void order_free(struct order *o)
{
    if (!o)
        return;
    free(o->rows);
    free(o->flags);
    free(o->keys);
    free(o->base);
    free(o->view);
    free(o->fresh);
    buf_free(&o->text);
    free(o);
}

static void clear_flags(struct order *o, unsigned flags)
{
    for (size_t i = 0; i < o->count; i++)
        o->flags[i] &= (uint8_t)~flags;
}

void order_sort(struct order *o, int column, bool descending)
{
    if (column != o->column)
        clear_flags(o, KEYED);
    o->unsorted |= o->column != column || o->descending != descending;
    o->column = column;
    o->descending = descending;
}

void order_filter(struct order *o, struct regex *r, bool invert)
{
    o->filter = r;
    o->invert = invert;
    clear_flags(o, TESTED | MATCHED);
    o->untested = r != NULL;
    o->unsorted = true;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    struct order *o = context;
    return o->source->compare(o->self, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* Rows of base that are still where they were. */
static size_t keep_old(struct order *o, size_t old_count, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < old_count; i++)
        if (o->base[i] < count && !(o->flags[o->base[i]] & FRESH))
            o->base[kept++] = o->base[i];
    return kept;
}

/* The first of base[from, to) that stands behind the row. */
static size_t place_of(struct order *o, uint32_t row, size_t from, size_t to)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (o->source->compare(o->self, o->base[middle], row) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void merge(struct order *o, size_t kept)
{
    size_t end = kept;
    if (o->fresh_count)
        qsort_r(o->fresh, o->fresh_count, sizeof *o->fresh, compare_rows, o);
    for (size_t i = o->fresh_count; i-- > 0;) {
        size_t place = place_of(o, o->fresh[i], 0, end);
        memmove(&o->base[place + i + 1], &o->base[place], (end - place) * sizeof *o->base);
        o->base[place + i] = o->fresh[i];
        end = place;
    }
}

/* Compares every row with what was seen of it; what is new at its index goes into `fresh`. */
static void look(struct order *o, size_t old_count, size_t count)
{
    o->fresh_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t stamp = o->source->stamp(o->self, i);
        if (i < old_count && stamp == o->rows[i].stamp)
            continue;
        uint64_t id = o->source->id(o->self, i);
        bool same = i < old_count && id == o->rows[i].id;
        o->rows[i] = (struct seen){id, stamp};
        o->flags[i] = same ? 0 : FRESH;
        if (!same) {
            mem_grow(&o->fresh, &o->fresh_cap, o->fresh_count + 1, sizeof *o->fresh);
            o->fresh[o->fresh_count++] = (uint32_t)i;
        }
        bool admitted = !o->source->admits || o->source->admits(o->self, i);
        o->flags[i] |= admitted ? ADMITTED : 0;
        o->untested |= o->filter != NULL;
        o->unsorted = true;
    }
}

static void take_rows(struct order *o)
{
    size_t old_count = o->count, count = o->source->count(o->self);
    mem_grow(&o->rows, &o->rows_cap, count, sizeof *o->rows);
    mem_grow(&o->flags, &o->flags_cap, count, sizeof *o->flags);
    mem_grow(&o->keys, &o->keys_cap, count, sizeof *o->keys);
    mem_grow(&o->base, &o->base_cap, count, sizeof *o->base);
    look(o, old_count, count);
    o->count = count;
    if (!o->fresh_count && count == old_count)
        return;
    o->unsorted = true;
    merge(o, keep_old(o, old_count, count));
    for (size_t i = 0; i < o->fresh_count; i++)
        o->flags[o->fresh[i]] &= (uint8_t)~FRESH;
}

static void take_scope(struct order *o)
{
    for (size_t i = 0; o->source->admits && i < o->count; i++) {
        bool admitted = o->source->admits(o->self, i);
        o->flags[i] = (uint8_t)((o->flags[i] & ~ADMITTED) | (admitted ? ADMITTED : 0));
    }
    o->untested |= o->filter != NULL;
    o->unsorted = true;
}

static bool matches(struct order *o, size_t row, struct regex *r)
{
    buf_clear(&o->text);
    o->source->text(o->self, row, &o->text);
    return regex_matches(r, buf_str(&o->text));
}

/* Asks the filter about admitted rows in the order of base. False when the time was up. */
static bool test_rows(struct order *o, int64_t budget)
{
    struct slice slice;
    slice_begin(&slice, budget);
    for (size_t i = 0; i < o->count; i++) {
        size_t row = o->base[i];
        if (!(o->flags[row] & ADMITTED) || o->flags[row] & TESTED)
            continue;
        o->flags[row] |= matches(o, row, o->filter) != o->invert ? TESTED | MATCHED : TESTED;
        o->unsorted = true;
        if (slice_is_over(&slice))
            return false;
    }
    return true;
}

static uint64_t key_of(const struct order *o, uint32_t row)
{
    return o->descending ? ~o->keys[row] : o->keys[row];
}

/* Sorts rows by key, eight bits at a time from the lowest, passing over what is equal in all; the
 * result is in one of the two lists. */
static uint32_t *radix(const struct order *o, uint32_t *list, uint32_t *other, size_t n)
{
    uint64_t differ = 0;
    for (size_t i = 1; i < n; i++)
        differ |= o->keys[list[i]] ^ o->keys[list[0]];
    for (unsigned shift = 0; shift < 64; shift += 8) {
        uint32_t places[257] = {0};
        if (!(differ >> shift & 255))
            continue;
        for (size_t i = 0; i < n; i++)
            places[(key_of(o, list[i]) >> shift & 255) + 1]++;
        for (size_t i = 1; i < 257; i++)
            places[i] += places[i - 1];
        for (size_t i = 0; i < n; i++)
            other[places[key_of(o, list[i]) >> shift & 255]++] = list[i];
        uint32_t *swap = list;
        list = other;
        other = swap;
    }
    return list;
}

static void sort_view(struct order *o)
{
    if (o->source->prepare && o->source->prepare(o->self, o->column))
        clear_flags(o, KEYED);
    for (size_t i = 0; i < o->view_count; i++) {
        uint32_t row = o->view[i];
        if (!(o->flags[row] & KEYED))
            o->keys[row] = o->source->key(o->self, row, o->column);
        o->flags[row] |= KEYED;
    }
    uint32_t *other = mem_array(o->view_count, sizeof *other);
    const uint32_t *sorted = radix(o, o->view, other, o->view_count);
    if (sorted == other)
        memcpy(o->view, sorted, o->view_count * sizeof *o->view);
    free(other);
}

static void build_view(struct order *o)
{
    uint8_t wanted = ADMITTED | (o->filter ? TESTED | MATCHED : 0);
    mem_grow(&o->view, &o->view_cap, o->count, sizeof *o->view);
    o->view_count = o->total = 0;
    bool backwards = o->column < 0 && o->descending;
    for (size_t i = 0; i < o->count; i++) {
        uint32_t row = o->base[backwards ? o->count - 1 - i : i];
        o->total += (o->flags[row] & ADMITTED) != 0;
        if ((o->flags[row] & wanted) == wanted)
            o->view[o->view_count++] = row;
    }
    if (o->column >= 0 && o->source->key && o->view_count)
        sort_view(o);
    o->unsorted = false;
}

bool order_update(struct order *o, bool rows, bool scope, int64_t budget)
{
    if (rows)
        take_rows(o);
    if (scope)
        take_scope(o);
    if (o->untested)
        o->untested = !test_rows(o, budget);
    if (o->unsorted || rows)
        build_view(o);
    return !o->untested;
}

size_t order_count(const struct order *o)
{
    return o->view_count;
}

size_t order_total(const struct order *o)
{
    return o->total;
}

size_t order_row(const struct order *o, size_t n)
{
    return o->view[n];
}

uint64_t order_id(const struct order *o, size_t n)
{
    return o->rows[o->view[n]].id;
}

bool order_matches(struct order *o, size_t n, struct regex *r)
{
    return matches(o, o->view[n], r);
}

void order_text(struct order *o, size_t n, struct buf *out)
{
    o->source->text(o->self, o->view[n], out);
}
