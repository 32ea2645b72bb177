/* Marking lines of the log pane, noting something on them, and going from one to the next. */
#ifndef UI_LOGMARKS_H
#define UI_LOGMARKS_H

#include "ui/log/logedge.h"

struct logmarks {
    size_t going; /* the mark + 1 whose line is being gone to; 0: none */
    size_t noted; /* the mark + 1 that a note is asked for */
};

/* Space, b and '; false: another action. */
bool logmarks_action(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e,
                     enum keys_action a);
void logmarks_answer(struct logmarks *k, struct pane *p, const char *text); /* the note */
/* Before logedge_sync: goes to the mark that was chosen in the list of them. */
void logmarks_take(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e);
/* After logedge_sync; waits: the lines of the time are being read. */
void logmarks_sync(struct logmarks *k, struct pane *p, struct logview *v, bool waits);
/* The note of the cursor's line, when it has one. */
void logmarks_status(struct pane *p, struct logview *v, char out[PANE_TEXT]);

#endif
