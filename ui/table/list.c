#include "ui/table/list.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    CHEAP = 2 * CLOCK_MS, /* an update of less is never put off */
    PAUSE = 10,           /* times its own cost an update keeps away */
    PAUSE_MOST = 1000,    /* ms */
    FILTER_SLICE = 20,    /* ms of filtering an update */
};

struct list {
    struct order *order;
    uint64_t changes, scope;
    bool synced, busy, stale; /* stale: sort or filter changed */
    bool refiltered;          /* a cursor whose row the filter took goes to the top */
    int64_t not_before;
    size_t cursor, top;
    uint64_t cursor_id;
    bool moved;
};

struct list *list_new(const struct order_source *source, void *self)
{
    struct list *l = mem_alloc(sizeof *l);
    l->order = order_new(source, self);
    return l;
}

void list_free(struct list *l)
{
    if (!l)
        return;
    order_free(l->order);
    free(l);
}

static void keep_row(struct list *l)
{
    if (l->cursor < order_count(l->order))
        l->cursor_id = order_id(l->order, l->cursor);
}

/* Puts the cursor where its row is now. A view that does not begin at the top moves along, so that
 * the row stays where it was on the screen. */
static void reposition(struct list *l)
{
    size_t count = order_count(l->order);
    if (!l->moved) {
        l->cursor = l->top = 0;
        return;
    }
    size_t n = list_find(l, l->cursor_id);
    if (n != SIZE_MAX) {
        size_t above = l->cursor - l->top;
        if (l->top)
            l->top = n > above ? n - above : 0;
        l->cursor = n;
        return;
    }
    if (l->refiltered)
        l->cursor = l->top = 0;
    if (l->cursor >= count)
        l->cursor = count ? count - 1 : 0;
    if (!l->busy)
        keep_row(l);
}

bool list_sync(struct list *l, uint64_t changes, uint64_t scope, int64_t tick, bool now,
               int64_t *delay_ns)
{
    bool rows = !l->synced || changes != l->changes, scoped = !l->synced || scope != l->scope;
    if (!rows && !scoped && !l->busy && !l->stale)
        return true;
    if (rows && !now && !scoped && !l->stale && tick < l->not_before) {
        *delay_ns = l->not_before - tick;
        return false;
    }
    int64_t start = clock_monotonic();
    l->refiltered |= scoped; /* where the cursor's row is left out, one begins at the top */
    l->busy = !order_update(l->order, rows, scoped, FILTER_SLICE * CLOCK_MS);
    int64_t cost = clock_monotonic() - start;
    int64_t pause = cost * PAUSE < PAUSE_MOST * CLOCK_MS ? cost * PAUSE : PAUSE_MOST * CLOCK_MS;
    l->not_before = cost > CHEAP ? tick + pause : tick;
    l->changes = changes;
    l->scope = scope;
    l->synced = true;
    l->stale = false;
    reposition(l);
    l->refiltered &= l->busy;
    return true;
}

void list_sort(struct list *l, int column, bool descending)
{
    order_sort(l->order, column, descending);
    l->stale = true;
    list_forget(l);
}

void list_filter(struct list *l, struct regex *r, bool invert)
{
    order_filter(l->order, r, invert);
    l->stale = l->refiltered = true;
}

bool list_busy(const struct list *l)
{
    return l->busy;
}

size_t list_count(const struct list *l)
{
    return order_count(l->order);
}

size_t list_total(const struct list *l)
{
    return order_total(l->order);
}

size_t list_row(const struct list *l, size_t n)
{
    return order_row(l->order, n);
}

size_t list_find(const struct list *l, uint64_t id)
{
    size_t count = order_count(l->order);
    for (size_t n = 0; n < count; n++)
        if (order_id(l->order, n) == id)
            return n;
    return SIZE_MAX;
}

void list_text(struct list *l, size_t n, struct buf *out)
{
    order_text(l->order, n, out);
}

size_t list_cursor(const struct list *l)
{
    return l->cursor;
}

void list_move_to(struct list *l, size_t n)
{
    size_t count = order_count(l->order);
    l->cursor = n < count ? n : count ? count - 1 : 0;
    l->moved = true;
    keep_row(l);
}

void list_move_by(struct list *l, int64_t rows)
{
    if (rows < 0 && (uint64_t)-rows > l->cursor)
        list_move_to(l, 0);
    else
        list_move_to(l, l->cursor + (size_t)rows);
}

bool list_moved(const struct list *l)
{
    return l->moved;
}

void list_forget(struct list *l)
{
    l->cursor = l->top = 0;
    l->moved = false;
}

size_t list_top(struct list *l, size_t height)
{
    size_t count = order_count(l->order);
    if (l->cursor < l->top)
        l->top = l->cursor;
    if (height && l->cursor >= l->top + height)
        l->top = l->cursor - height + 1;
    if (l->top + height > count)
        l->top = count > height ? count - height : 0;
    return l->top;
}

bool list_search(struct list *l, struct regex *r, bool forward)
{
    size_t count = order_count(l->order);
    for (size_t i = 1; i <= count; i++) {
        size_t n = (l->cursor + (forward ? i : count - i)) % count;
        if (i < count && order_matches(l->order, n, r)) {
            list_move_to(l, n);
            return true;
        }
    }
    return false;
}
