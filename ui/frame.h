/* All that stands around the panes' bodies: the header with the scope and the moment, a title line a
 * pane with the state of its upstream, the lines between panes, the footer. */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include <stddef.h>

struct app;
struct layout_place;

void frame_header(struct app *a);
void frame_footer(struct app *a); /* with what the open prompt covers above it */
/* The title of a pane in row y of the body; place NULL: it fills the body. */
void frame_title(struct app *a, const struct layout_place *place, size_t pane, int y);
void frame_lines(struct app *a);     /* between panes that stand side by side */
void frame_too_small(struct app *a); /* instead of everything else */

#endif
