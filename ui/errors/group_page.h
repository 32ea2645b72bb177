/* One group of a window, whole: its message, what it is against other windows, a line of it, who has
 * it. Rows over which a cursor goes; those that name something can be gone to. */
#ifndef UI_GROUP_PAGE_H
#define UI_GROUP_PAGE_H

#include "base/buf.h"
#include "ui/errors/group_rows.h"
#include "ui/pane.h"

enum group_page_kind {
    GROUP_PAGE_TEXT, /* nothing to go to, as the three below */
    GROUP_PAGE_TITLE,
    GROUP_PAGE_TREND,
    GROUP_PAGE_MINUTES,
    GROUP_PAGE_SAMPLE, /* the first of these can be gone to */
    GROUP_PAGE_WORKLOAD,
    GROUP_PAGE_POD,
    GROUP_PAGE_NODE,
};

struct group_page {
    bool open;
    uint64_t id; /* of the group */
    struct buf text;
    struct group_page_row *rows;
    size_t count, cap, cursor, top;
    int width;
    bool placed; /* the cursor is where the reader put it */
};

void group_page_init(struct group_page *g);
void group_page_free(struct group_page *g);
void group_page_show(struct group_page *g, uint64_t id);

/* Makes the rows anew for `width` columns, from what the window has now; row NULL: the group is not
 * in the shown windows. */
void group_page_build(struct group_page *g, const struct model *m, const struct group_rows_row *row,
                      int width);
void group_page_draw(struct group_page *g, const struct pane *p, const struct draw_area *body,
                     const struct group_rows_row *row);

/* The cursor goes to the next row that matches and can be gone to, around the end; false: none. */
bool group_page_search(struct group_page *g, struct regex *r, bool forward);

/* Moves; Esc closes. False: another action. */
bool group_page_action(struct group_page *g, enum keys_action a, int height);

/* What the cursor is on, and its name ("namespace/name", of a node its name); valid until the next
 * build. */
enum group_page_kind group_page_at(const struct group_page *g, const char **name);

#endif
