/* Rows of log lines: time, pod, level, text. */
#ifndef UI_LOGDRAW_H
#define UI_LOGDRAW_H

#include <stdbool.h>

#include "ui/log/fields.h"
#include "ui/log/logview.h"
#include "ui/pane.h"

enum logdraw_times { LOGDRAW_LOCAL, LOGDRAW_UTC, LOGDRAW_AGE, LOGDRAW_NONE, LOGDRAW_TIMES };

struct logdraw {
    enum logdraw_times times;
    bool wrap;
    bool raw; /* JSON lines as they came; else their message and fields */
    int left; /* columns of the text that are scrolled out on the left */
    struct fields *fields;
    const char *above, *below; /* rows before the first and behind the last line; "": none */
};

/* Draws the view; moves its top so that the cursor is seen and no row stays empty. */
void logdraw_draw(const struct logdraw *d, struct logview *v, struct pane *p,
                  const struct draw_area *body);

/* Scrolls sideways to the first match in the cursor's line, where it would not be seen. */
void logdraw_reach(struct logdraw *d, struct logview *v, struct pane *p);

#endif
