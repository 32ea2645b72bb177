/*
 * Some hundred log lines of a store (model/line.h): their texts in one piece, and an index of few
 * bytes a line, in which every column is as wide as the block's lines need it.
 */
#ifndef MODEL_LINE_BLOCK_H
#define MODEL_LINE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

struct line_block_entry {
    int64_t time;
    uint64_t id;
    uint32_t labels;  /* a number of the store's */
    uint32_t flags;   /* the store's */
    const char *text; /* foreign; the block's, until its next change */
    size_t size;
};

enum line_block_column {
    LINE_BLOCK_TIME,
    LINE_BLOCK_ID,
    LINE_BLOCK_TEXT,
    LINE_BLOCK_SIZE,
    LINE_BLOCK_LABELS,
    LINE_BLOCK_FLAGS,
    LINE_BLOCK_COLUMNS
};

struct line_block { /* all zero: an empty one */
    uint8_t *index; /* rows of `stride` bytes */
    char *text;
    size_t count, cap; /* rows */
    size_t text_n, text_cap;
    uint64_t id_low, id_high; /* of its lines, those that have gone too */
    int64_t base[LINE_BLOCK_COLUMNS];
    uint8_t width[LINE_BLOCK_COLUMNS], place[LINE_BLOCK_COLUMNS]; /* bytes in a row */
    uint8_t stride;
};

/* Room for `rows` and `text` bytes in all: no less than what is there. */
void line_block_resize(struct line_block *b, size_t rows, size_t text);
/* Puts a line before the at-th, where room was made for it; its text is copied. */
void line_block_insert(struct line_block *b, size_t at, const struct line_block_entry *e);
/* Lines [from, to) as a block of their own that has no spare room. */
struct line_block line_block_part(const struct line_block *b, size_t from, size_t to);
void line_block_free(struct line_block *b);

struct line_block_entry line_block_at(const struct line_block *b, size_t i); /* i < count */
int64_t line_block_time(const struct line_block *b, size_t i);
uint64_t line_block_id(const struct line_block *b, size_t i);
size_t line_block_find_id(const struct line_block *b, uint64_t id); /* `count`: not here */
size_t line_block_bytes(const struct line_block *b);                /* that it has allocated */

#endif
