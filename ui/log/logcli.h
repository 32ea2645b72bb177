/* The commands of other programs that give the lines of the log pane. */
#ifndef UI_LOGCLI_H
#define UI_LOGCLI_H

#include <stdint.h>

#include "model/model.h"
#include "model/rule.h"
#include "ui/pane.h"

enum { LOGCLI_PODS = 20 }; /* containers that are named at most */

/* Appends the commands with a comment each, for a shell of POSIX: logcli for the query over the lines that
 * are held, over its span where that is longer, and to follow it; kubectl for each container whose lines
 * are held, in the order of their names. `filter`: what the pane keeps of the lines; may be NULL. `choosing`:
 * the pane keeps or hides patterns, which no query says; the text says so. */
void logcli_commands(struct buf *out, const struct model_logs *m, const struct pane_pattern *filter,
                     bool choosing, const struct rule_labels *labels, int64_t now);

#endif
