/* Which labels of log lines are shown before them: those that differ among the lines held. */
#ifndef UI_LOGSOURCE_H
#define UI_LOGSOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/line.h"
#include "model/rule.h"

enum { LOGSOURCE_NAME = 64, LOGSOURCE_TEXT = 300 };

struct logsource {
    bool namespace_, pod, container;
    char other[LOGSOURCE_NAME]; /* another label, where no line has one of these; "": none */
    int columns;                /* of them that are shown */
};

/* pod: that of the scope; its name need not be told. */
void logsource_choose(struct logsource *s, const struct lines *lines,
                      const struct rule_labels *names, bool pod_is_known);
/* "shop/web-7f/app": foreign text. */
char *logsource_text(const struct logsource *s, const struct rule_labels *names,
                     const struct labels *labels, char out[LOGSOURCE_TEXT]);

#endif
