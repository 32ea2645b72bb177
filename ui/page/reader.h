/* A text to be read inside a pane: wrapped, scrolled; for a whole log line, a group's sample. */
#ifndef UI_READER_H
#define UI_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/regex.h"
#include "model/line.h"
#include "ui/draw.h"
#include "ui/keys.h"

struct reader {
    struct buf text;          /* foreign bytes; lines end with \n */
    size_t top, rows, height; /* rows of the last draw */
    size_t found;             /* the row + 1 of the last match; 0: none */
    int width;
    bool open, ascii;
};

void reader_init(struct reader *r);
void reader_free(struct reader *r);
struct buf *reader_open(struct reader *r); /* the empty text, to be filled by the caller */
/* search: what is marked; may be NULL. */
void reader_draw(struct reader *r, const struct draw_area *body, struct regex *search);
/* To the next row with a match, around the end; false: there is none. */
bool reader_search(struct reader *r, struct regex *search, bool forward);
/* Moves and Esc (closes, as Enter does); false: another action. */
bool reader_action(struct reader *r, enum keys_action action);

/* Adds a log line whole: its times, a label a row, then its text; JSON with indent. */
void reader_add_line(struct buf *out, int64_t time, const struct labels *labels, struct str text);

#endif
