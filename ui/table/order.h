/*
 * Which rows of a source are shown, and in what order: sorted, filtered, scoped. Made for 150,000
 * rows: the source's own order is kept by inserting what is new, other orders sort numbers by
 * radix, a filter runs in slices.
 */
#ifndef UI_ORDER_H
#define UI_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/regex.h"

struct order_source {
    size_t (*count)(void *self);
    uint64_t (*id)(void *self, size_t i); /* whose row it is: stays, and is no other row's */
    /* Differs when the row differs; equal at the same index only for the same row. */
    uint64_t (*stamp)(void *self, size_t i);
    int (*compare)(void *self, size_t a, size_t b); /* the own order: total, and of ids only */
    bool (*admits)(void *self, size_t i);           /* whether the scope shows it; NULL: all */
    /* Called before key is: whether keys of rows that did not change may be others now. May be NULL:
     * they are not. */
    bool (*prepare)(void *self, int column);
    uint64_t (*key)(void *self, size_t i, int column); /* smaller is first; NULL: one order only */
    void (*text)(void *self, size_t i, struct buf *out); /* what filter and search look at */
};

/* `id` and `compare` of a source whose rows are told by their place alone. */
uint64_t order_id_by_place(void *self, size_t i);
int order_compare_places(void *self, size_t a, size_t b);

struct order; /* opaque */

struct order *order_new(const struct order_source *source, void *self);
void order_free(struct order *o); /* NULL is allowed */

void order_sort(struct order *o, int column, bool descending); /* column < 0: the source's own */
void order_filter(struct order *o, struct regex *r,
                  bool invert); /* NULL: all; kept by the caller */

/* Takes over what the source has now: `rows` says that rows may have changed, `scope` that admits
 * may. A filter stops after `budget` ns: false, call again. */
bool order_update(struct order *o, bool rows, bool scope, int64_t budget);

size_t order_count(const struct order *o);          /* rows shown */
size_t order_total(const struct order *o);          /* rows that the scope admits */
size_t order_row(const struct order *o, size_t n);  /* the source's index of the n-th row shown */
uint64_t order_id(const struct order *o, size_t n); /* its id */
void order_text(struct order *o, size_t n, struct buf *out); /* of the n-th row shown */
bool order_matches(struct order *o, size_t n, struct regex *r);

#endif
