#include "ui/table/row_pane.h"

#include <stdio.h>

void row_pane_open(struct row_pane *r, const struct order_source *source, void *self, int first,
                   int sorts)
{
    *r = (struct row_pane){list_new(source, self), first, first, sorts, false};
    list_sort(r->list, first, false);
}

void row_pane_close(struct row_pane *r)
{
    list_free(r->list);
}

struct list *row_pane_list(struct pane *p)
{
    return ((struct row_pane *)p->state)->list;
}

void row_pane_end(struct pane *p)
{
    row_pane_close(p->state);
}

size_t row_pane_cursor(const struct row_pane *r)
{
    size_t n = list_cursor(r->list);
    return n < list_count(r->list) ? list_row(r->list, n) : SIZE_MAX;
}

bool row_pane_action(struct row_pane *r, enum keys_action a)
{
    if (a == ACTION_SORT) {
        r->sort = r->sort + 1 == r->sorts ? r->first : r->sort + 1;
        r->descending = false;
    } else if (a == ACTION_SORT_REVERSE) {
        r->descending = !r->descending;
    } else {
        return false;
    }
    list_sort(r->list, r->sort, r->descending);
    return true;
}

void row_pane_counts(const struct row_pane *r, size_t all, char out[PANE_TEXT])
{
    size_t shown = list_count(r->list);
    if (shown == all)
        snprintf(out, PANE_TEXT, "%zu", shown);
    else
        snprintf(out, PANE_TEXT, "%zu/%zu", shown, all);
}

void row_pane_draw(struct row_pane *r, struct pane *p, const struct draw_area *body, int top,
                   void (*draw)(const struct pane *p, const struct draw_area *line, size_t row,
                                bool cursor))
{
    size_t rows = body->height > top ? (size_t)(body->height - top) : 0;
    size_t from = list_top(r->list, rows);
    p->first_row = top;
    for (size_t i = 0; i < rows && from + i < list_count(r->list); i++) {
        struct draw_area line = draw_sub(body, 0, top + (int)i, body->width, 1);
        draw(p, &line, list_row(r->list, from + i), from + i == list_cursor(r->list));
    }
}
