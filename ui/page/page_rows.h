/*
 * A page laid out for a width: keys of a section in one column, values wrapped behind them. Foreign
 * text is made safe here, once.
 */
#ifndef UI_PAGE_ROWS_H
#define UI_PAGE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/page.h"
#include "ui/draw.h"

struct page_rows_row {
    size_t line; /* of the page; SIZE_MAX: a blank row */
    uint64_t id; /* stays with the line when the page is made again */
    bool first;  /* of its line */
    int indent;  /* columns before the key, or before the text of a row that goes on */
    struct str key, value;
    int column; /* where the value stands */
};

struct page_rows;
struct page_rows *page_rows_new(void);
void page_rows_free(struct page_rows *r); /* NULL is allowed */

/* `page` (NULL: none) must stay as it is while the rows are used. */
void page_rows_make(struct page_rows *r, const struct page *page, int width, bool ascii);
size_t page_rows_count(const struct page_rows *r);
const struct page_rows_row *page_rows_at(const struct page_rows *r, size_t i);
size_t page_rows_of(const struct page_rows *r,
                    size_t line); /* its first row; 0 when there is none */

void page_rows_draw(const struct page_rows *r, size_t i, const struct page *page,
                    const struct draw_area *line);

#endif
