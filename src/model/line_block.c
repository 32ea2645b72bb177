/*
 * A value of a column is kept as its difference from the column's base, the value of the block's
 * first line to come, in as many bytes as the largest of them needs: none when all are equal. Lines
 * of a block are near to each other, so a row takes about 11 bytes: 4 of time (two seconds to
 * either side), 2 of id, 2 of the text's place, 2 of its size, 1 of labels. A line that needs more
 * makes the column wider for all.
 */
#include "model/line_block.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    BEHIND = 8, /* spare bytes behind the rows: a value is read as eight bytes */
    TEXT_BASE = 32 << 10,
};

static int64_t get(const struct line_block *b, size_t row, enum line_block_column c)
{
    uint64_t bits;
    if (!b->width[c])
        return b->base[c];
    memcpy(&bits, b->index + row * b->stride + b->place[c], sizeof bits);
    int shift = 64 - 8 * b->width[c];
    int64_t difference = (int64_t)(le64toh(bits) << shift) >> shift;
    return (int64_t)((uint64_t)b->base[c] + (uint64_t)difference);
}

static void put(struct line_block *b, size_t row, enum line_block_column c, int64_t value)
{
    uint64_t bits = htole64((uint64_t)value - (uint64_t)b->base[c]);
    memcpy(b->index + row * b->stride + b->place[c], &bits, b->width[c]);
}

static uint8_t width_of(int64_t base, int64_t value)
{
    int64_t difference = (int64_t)((uint64_t)value - (uint64_t)base);
    uint64_t bits = (uint64_t)(difference < 0 ? ~difference : difference) << 1;
    uint8_t width = difference != 0;
    while (width && width < 8 && bits >> (8 * width))
        width++;
    return width;
}

static size_t index_bytes(const struct line_block *b)
{
    return b->cap ? b->cap * b->stride + BEHIND : 0;
}

void line_block_resize(struct line_block *b, size_t rows, size_t text)
{
    if (rows != b->cap) {
        b->cap = rows;
        b->index = mem_resize(b->index, index_bytes(b), 1);
    }
    if (text != b->text_cap) {
        b->text_cap = text;
        b->text = mem_resize(b->text, text, 1);
    }
}

static void widen(struct line_block *b, const uint8_t width[LINE_BLOCK_COLUMNS])
{
    struct line_block wide = *b;
    memcpy(wide.width, width, sizeof wide.width);
    wide.stride = 0;
    for (int c = 0; c < LINE_BLOCK_COLUMNS; c++) {
        wide.place[c] = wide.stride;
        wide.stride = (uint8_t)(wide.stride + width[c]);
    }
    wide.index = mem_array(index_bytes(&wide), 1);
    for (size_t i = 0; i < b->count; i++)
        for (int c = 0; c < LINE_BLOCK_COLUMNS; c++)
            put(&wide, i, c, get(b, i, c));
    free(b->index);
    *b = wide;
}

void line_block_insert(struct line_block *b, size_t at, const struct line_block_entry *e)
{
    const int64_t values[LINE_BLOCK_COLUMNS] = {
        [LINE_BLOCK_TIME] = e->time,
        [LINE_BLOCK_ID] = (int64_t)e->id,
        [LINE_BLOCK_TEXT] = (int64_t)b->text_n,
        [LINE_BLOCK_SIZE] = (int64_t)e->size,
        [LINE_BLOCK_LABELS] = e->labels,
        [LINE_BLOCK_FLAGS] = e->flags,
    };
    uint8_t width[LINE_BLOCK_COLUMNS];
    if (!b->count) {
        memcpy(b->base, values, sizeof b->base);
        b->base[LINE_BLOCK_TEXT] = TEXT_BASE;
        b->id_low = b->id_high = e->id;
    }
    for (int c = 0; c < LINE_BLOCK_COLUMNS; c++) {
        width[c] = width_of(b->base[c], values[c]);
        if (width[c] < b->width[c])
            width[c] = b->width[c];
    }
    if (memcmp(width, b->width, sizeof width) != 0)
        widen(b, width);
    uint8_t *row = b->index + at * b->stride;
    memmove(row + b->stride, row, (b->count++ - at) * b->stride);
    for (int c = 0; c < LINE_BLOCK_COLUMNS; c++)
        put(b, at, c, values[c]);
    if (e->size)
        memcpy(b->text + b->text_n, e->text, e->size);
    b->text_n += e->size;
    b->id_low = e->id < b->id_low ? e->id : b->id_low;
    b->id_high = e->id > b->id_high ? e->id : b->id_high;
}

struct line_block line_block_part(const struct line_block *b, size_t from, size_t to)
{
    struct line_block p = {0};
    size_t text = 0;
    for (size_t i = from; i < to; i++)
        text += (size_t)get(b, i, LINE_BLOCK_SIZE);
    line_block_resize(&p, to - from, text ? text : 1);
    for (size_t i = from; i < to; i++) {
        struct line_block_entry e = line_block_at(b, i);
        line_block_insert(&p, p.count, &e);
    }
    return p;
}

void line_block_free(struct line_block *b)
{
    free(b->index);
    free(b->text);
}

struct line_block_entry line_block_at(const struct line_block *b, size_t i)
{
    return (struct line_block_entry){
        .time = get(b, i, LINE_BLOCK_TIME),
        .id = (uint64_t)get(b, i, LINE_BLOCK_ID),
        .labels = (uint32_t)get(b, i, LINE_BLOCK_LABELS),
        .flags = (uint32_t)get(b, i, LINE_BLOCK_FLAGS),
        .text = b->text + get(b, i, LINE_BLOCK_TEXT),
        .size = (size_t)get(b, i, LINE_BLOCK_SIZE),
    };
}

int64_t line_block_time(const struct line_block *b, size_t i)
{
    return get(b, i, LINE_BLOCK_TIME);
}

uint64_t line_block_id(const struct line_block *b, size_t i)
{
    return (uint64_t)get(b, i, LINE_BLOCK_ID);
}

size_t line_block_find_id(const struct line_block *b, uint64_t id)
{
    size_t i = 0;
    if (id < b->id_low || id > b->id_high)
        return b->count;
    while (i < b->count && line_block_id(b, i) != id)
        i++;
    return i;
}

size_t line_block_bytes(const struct line_block *b)
{
    return index_bytes(b) + b->text_cap;
}
