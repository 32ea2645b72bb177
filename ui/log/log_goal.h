/* Whose log is meant: `l` and `p` on a pod or one of its containers. */
#ifndef UI_LOG_GOAL_H
#define UI_LOG_GOAL_H

#include <stdbool.h>

#include "ui/pane.h"

/*
 * Moves the scope to the pod and shows its log: Loki's lines where Loki is live, else, and for the
 * run before, the container's through the API server. Where it has several and none is named
 * (container ""), they are offered for choice. False: `o` is no pod.
 */
bool log_goal_open(struct pane_host *h, const struct object_ref *o, const char *container,
                   bool previous);
/* The container of h->choosing that was chosen. */
void log_goal_choose(struct pane_host *h, const char *container);

#endif
