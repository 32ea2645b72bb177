/* The one place that turns the scope into the LogQL query whose lines the log pane shows. */
#ifndef UI_LOGQUERY_H
#define UI_LOGQUERY_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/model.h"
#include "model/rule.h"

/*
 * Appends the query. A pod, node or namespace of the scope become matchers. Without any of these,
 * of a chosen window it is the rule's own query, else the first rule's, else the lines of all
 * namespaces that look like errors. A chosen group adds parts of its template as line filters.
 * With `wait` false comes back and nothing is appended while the chosen window, whose query it is,
 * may still come.
 */
bool logquery_build(const struct model *m, const struct rule_labels *labels, bool wait,
                    struct buf *out);

/* Appends the query of a group's lines, of any time: that of its window, narrowed to the scope, and
 * the longest literal parts of its template. `group` may be NULL (it has gone). */
void logquery_of_group(const struct model *m, const struct rule_labels *labels,
                       const struct window *w, const char *template_text, const struct group *group,
                       struct buf *out);

#endif
