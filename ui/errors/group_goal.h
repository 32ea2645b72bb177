/* Where one can go from a group of errors: its lines as they come, a line of it among its neighbours,
 * its pod, its node, what these used then. Each moves the scope and shows a pane. */
#ifndef UI_GROUP_GOAL_H
#define UI_GROUP_GOAL_H

#include "ui/errors/group_rows.h"
#include "ui/pane.h"

struct group_goal {
    const struct group_rows_row *row;                               /* NULL: none */
    char namespace_[SCOPE_NAME], pod[SCOPE_NAME], node[SCOPE_NAME]; /* "": not known */
};

/* The pod and node of the group's sample, else those that have most lines of it. */
void group_goal_of(struct group_goal *g, const struct group_rows_row *row,
                   const struct rule_labels *labels);
void group_goal_pod(struct group_goal *g, const char *name); /* "namespace/name": that one */
void group_goal_node(struct group_goal *g, const char *name);

/* The keys of lines, pod, node and metrics; false: another key, or no group. */
bool group_goal_do(struct pane *p, const struct group_goal *g, enum keys_action a);
bool group_goal_line(struct pane *p, const struct group *g); /* its sample in the log pane */
bool group_goal_workload(struct pane *p, const char *name);
bool group_goal_object(const struct group_goal *g, struct object_ref *out);

#endif
