/* What the log pane's title says behind its name. */
#ifndef UI_LOGTITLE_H
#define UI_LOGTITLE_H

#include "ui/log/logview.h"
#include "ui/pane.h"

/* "12/785": lines that are shown, of those that are held. */
void logtitle_counts(struct pane *p, const struct logview *v, char out[PANE_TEXT]);
/* What is being done, how lines come, what is left out; the query last. `around`: those about one line
 * are shown. */
void logtitle_note(struct pane *p, const struct logview *v, bool around, char out[PANE_TEXT]);

#endif
