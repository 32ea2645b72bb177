/* What lies beyond the ends of the lines held: a row at each end says it and what brings it. */
#ifndef UI_LOGEDGE_H
#define UI_LOGEDGE_H

#include "ui/log/logview.h"
#include "ui/pane.h"

enum { LOGEDGE_PULLS = 20 }; /* pages that one key asks for at most while none shows a line */

struct logedge {
    int up, down;          /* pages still to be asked for without another key */
    int64_t held;          /* the time of the last INTENT_LOGS_HOLD */
    int64_t going;         /* the cursor goes there as soon as it is read; 0: nowhere */
    char above[PANE_TEXT]; /* the rows' texts; "": none */
    char below[PANE_TEXT];
};

/* A move up (or down) was made: asks for lines where the view's end is near. */
void logedge_moved(struct logedge *e, struct pane *p, struct logview *v, bool up);
/* Whether the newest line is not where lines come: what follows has to be asked for. */
bool logedge_is_apart(const struct model_logs *m);
/* To the time: the cursor, when it is held, else it is asked for. False: it cannot be. */
bool logedge_go(struct logedge *e, struct pane *p, struct logview *v, int64_t time);
/* Back to the newest lines, and follows. */
void logedge_follow(struct logedge *e, struct pane *p, struct logview *v);
/* After each logview_sync: goes on asking, puts the cursor, makes the texts. */
void logedge_sync(struct logedge *e, struct pane *p, struct logview *v);

#endif
