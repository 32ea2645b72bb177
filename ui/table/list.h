/*
 * Rows in an order (ui/table/order.h), with a cursor: what every pane of rows is made on. The cursor stays
 * on its row when rows come, go and move. A list that is costly to order is ordered less often.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/table/order.h"

struct list; /* opaque */
struct regex;

struct list *list_new(const struct order_source *source, void *self);
void list_free(struct list *l); /* NULL is allowed */

/* Takes over what changed: `changes` differs from that of the last call whenever a row may have come,
 * gone or changed; `scope` whenever admits may answer differently. Unless `now`, a costly list may
 * put it off: false, *delay_ns says until when, and row numbers are of the state before — use none.
 */
bool list_sync(struct list *l, uint64_t changes, uint64_t scope, int64_t tick, bool now,
               int64_t *delay_ns);

/* Another order is looked at from its top: as list_forget. */
void list_sort(struct list *l, int column, bool descending);
void list_filter(struct list *l, struct regex *r, bool invert); /* NULL: all. Kept by the caller */
bool list_busy(const struct list *l); /* a filter still runs: sync again soon */

size_t list_count(const struct list *l);             /* rows shown */
size_t list_total(const struct list *l);             /* rows that the scope admits */
size_t list_row(const struct list *l, size_t n);     /* the source's index of the n-th row shown */
size_t list_find(const struct list *l, uint64_t id); /* the row shown of that id, or SIZE_MAX */

void list_text(struct list *l, size_t n, struct buf *out); /* what filter and search look at */
size_t list_cursor(const struct list *l);                  /* < list_count, or 0 */
void list_move_to(struct list *l, size_t n);
void list_move_by(struct list *l, int64_t rows);
/* Whether someone moved the cursor: until then it stays at the top, whatever comes. */
bool list_moved(const struct list *l);
void list_forget(struct list *l); /* the cursor goes to the top and is as never moved */

/* The first row to draw in `height` rows, so that the cursor is seen. */
size_t list_top(struct list *l, size_t height);
/* The next row that matches, from the cursor (itself not counted), around the end; false: none. */
bool list_search(struct list *l, struct regex *r, bool forward);

#endif
