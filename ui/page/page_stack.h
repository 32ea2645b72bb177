/*
 * Which page is looked at, and the way that led there: a page opens from any pane's row, a link
 * opens another on top of it, and back goes step by step. The intents follow from it.
 */
#ifndef UI_PAGE_STACK_H
#define UI_PAGE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum { PAGE_STACK_MOST = 32 }; /* the oldest falls out */

struct page_stack_step {
    struct page_wish wish;
    size_t cursors[PAGE_WISH_VIEWS]; /* where the cursor was, a line of the page */
};

struct page_stack;
struct page_stack *page_stack_new(struct model *m); /* which must outlive it */
void page_stack_free(struct page_stack *s);         /* NULL is allowed */

/* From outside: what was open is forgotten. */
void page_stack_open(struct page_stack *s, const struct object_ref *o, enum page_wish_view view);
/* From a page: on top of it. */
void page_stack_follow(struct page_stack *s, const struct object_ref *o);
void page_stack_turn(struct page_stack *s, enum page_wish_view view); /* another side of it */
bool page_stack_back(struct page_stack *s); /* false: that was the first, nothing is open now */

/* Valid until the next call above; NULL: nothing is open. */
struct page_stack_step *page_stack_top(struct page_stack *s);
size_t page_stack_depth(const struct page_stack *s);
uint64_t page_stack_changes(const struct page_stack *s); /* grows with every step */

#endif
