/* Numbers for the different texts of a column, in their natural order, so that sorting compares numbers.
 * Texts that come later get numbers between those that are there. */
#ifndef UI_RANKS_H
#define UI_RANKS_H

#include <stdbool.h>
#include <stdint.h>

struct ranks; /* opaque */

struct ranks *ranks_new(void);
void ranks_free(struct ranks *r); /* NULL is allowed */

/* Takes a text in (interned; held from then on; NULL is none), before any number is asked for. False when there are
 * too many: numbers are then of the first eight bytes, and nothing more is taken in. */
bool ranks_add(struct ranks *r, const char *text);

/* The text's number: smaller is first. NULL has 0. */
uint64_t ranks_of(struct ranks *r, const char *text);

/* Numbers between neighbours have run out: the order is not exact, make it anew. */
bool ranks_worn(const struct ranks *r);

#endif
