/* Lines of a view as they are saved and copied: text a person reads, or JSON lines. */
#ifndef UI_LOGSAVE_H
#define UI_LOGSAVE_H

#include "ui/log/logview.h"
#include "ui/pane.h"

/* A piece of what the view lets through, from where `save` stands; false: that was all. Text has the
 * local time with its zone, namespace/pod and the line made safe, as kubeboard logs prints it; JSON lines
 * are those of kubeboard logs -o json. Gaps and notices are told in text only. */
bool logsave_next(struct logview *v, const struct rule_labels *labels, struct pane_save *save,
                  struct buf *out);

#endif
