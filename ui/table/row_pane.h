/* What panes of rows over one list share: the order that s and S change, the numbers of the title,
 * and drawing the rows that fit. */
#ifndef UI_ROW_PANE_H
#define UI_ROW_PANE_H

#include "ui/pane.h"

struct row_pane {
    struct list *list;
    int sort, first, sorts; /* from `first` up to but not including `sorts` */
    bool descending;
};

void row_pane_open(struct row_pane *r, const struct order_source *source, void *self, int first,
                   int sorts);
void row_pane_close(struct row_pane *r);

/* The source's index of the cursor's row; SIZE_MAX: there is none. */
size_t row_pane_cursor(const struct row_pane *r);

/* s and S; false: another action. */
bool row_pane_action(struct row_pane *r, enum keys_action a);

/* "12", or "12/128" where the filter keeps fewer than `all`. */
void row_pane_counts(const struct row_pane *r, size_t all, char out[PANE_TEXT]);

/* Calls draw with each row that is seen, from the body's row `top` on. */
void row_pane_draw(struct row_pane *r, struct pane *p, const struct draw_area *body, int top,
                   void (*draw)(const struct pane *p, const struct draw_area *line, size_t row,
                                bool cursor));

/* Ops of a pane whose state begins with its struct row_pane. */
struct list *row_pane_list(struct pane *p);
void row_pane_end(struct pane *p); /* close, where there is no more to free */

#endif
