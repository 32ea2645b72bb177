#include "ui/errors/group_goal.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "model/ownership.h"
#include "ui/moves.h"
#include "ui/query/logquery.h"

enum { QUERY_BYTES = 1 << 16 };

static const char *most_of(const struct tallies *t)
{
    size_t most = 0;
    for (size_t i = 1; i < t->count; i++)
        if (t->list[i].count > t->list[most].count)
            most = i;
    return t->count ? t->list[most].name : "";
}

void group_goal_pod(struct group_goal *g, const char *name)
{
    const char *slash = strchr(name, '/');
    struct str ns = {name, slash ? (size_t)(slash - name) : 0};
    if (!slash || ns.n >= sizeof g->namespace_)
        return;
    memcpy(g->namespace_, ns.p, ns.n);
    g->namespace_[ns.n] = '\0';
    str_copy(g->pod, sizeof g->pod, slash + 1);
    g->node[0] = '\0';
}

void group_goal_node(struct group_goal *g, const char *name)
{
    str_copy(g->node, sizeof g->node, name);
    g->pod[0] = '\0';
}

void group_goal_of(struct group_goal *g, const struct group_rows_row *row,
                   const struct rule_labels *labels)
{
    *g = (struct group_goal){.row = row};
    const struct group *group = row ? row->group : NULL;
    if (!group)
        return;
    const struct labels *of = group->sample_labels;
    if (of) {
        str_copy(g->namespace_, sizeof g->namespace_, labels_value(of, labels->namespace_));
        str_copy(g->pod, sizeof g->pod, labels_value(of, labels->pod));
        str_copy(g->node, sizeof g->node, labels_value(of, labels->node));
    }
    if (!g->pod[0])
        group_goal_pod(g, most_of(&group->pods));
    if (!g->node[0])
        str_copy(g->node, sizeof g->node, most_of(&group->nodes));
}

static void go_lines(struct pane *p, const struct group_rows_row *row)
{
    struct buf query;
    buf_init(&query, QUERY_BYTES);
    logquery_of_group(p->host->model, p->host->labels, row->window, row->text, row->group, &query);
    moves_live(p->host->moves);
    moves_narrow(p->host->moves, buf_text(&query));
    buf_free(&query);
    pane_show(p, "logs");
}

static void go_pod(struct pane *p, const struct group_goal *g)
{
    if (!g->pod[0]) {
        pane_say(p, ROLE_MESSAGE, "Its lines name no pod.");
        return;
    }
    moves_pod(p->host->moves, g->namespace_, g->pod, false);
    pane_show(p, "pods");
}

static void go_node(struct pane *p, const struct group_goal *g)
{
    if (!g->node[0]) {
        pane_say(p, ROLE_MESSAGE, "Its lines name no node.");
        return;
    }
    moves_node(p->host->moves, g->node);
    pane_show(p, "nodes");
}

static void go_metrics(struct pane *p, const struct group_goal *g)
{
    if (g->pod[0])
        moves_pod(p->host->moves, g->namespace_, g->pod, false);
    else if (g->node[0])
        moves_node(p->host->moves, g->node);
    pane_show(p, "charts");
}

bool group_goal_do(struct pane *p, const struct group_goal *g, enum keys_action a)
{
    if (!g->row)
        return false;
    if (a == ACTION_LOGS)
        go_lines(p, g->row);
    else if (a == ACTION_TO_POD)
        go_pod(p, g);
    else if (a == ACTION_TO_NODE)
        go_node(p, g);
    else if (a == ACTION_METRICS)
        go_metrics(p, g);
    else
        return false;
    return true;
}

bool group_goal_line(struct pane *p, const struct group *g)
{
    if (!g->sample_labels || !g->sample_labels->count) {
        pane_say(p, ROLE_MESSAGE, "The line does not say where it is from.");
        return true;
    }
    moves_line(p->host->moves, &(struct moves_line){.labels = g->sample_labels,
                                                    .time = g->sample_time,
                                                    .text = hash_bytes(g->sample_text, g->sample_n),
                                                    .back = p->ops->name});
    pane_show(p, "logs");
    return true;
}

/* Lines name a workload without its kind: it is of the kind that has pods there. */
static bool find_workload(const struct objects *pods, const char *ns, const char *name,
                          char out[SCOPE_NAME])
{
    static const char *const kinds[] = {"Deployment", "StatefulSet", "DaemonSet",
                                        "CronJob",    "Job",         "ReplicaSet"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int n = snprintf(out, SCOPE_NAME, "%s/%s", kinds[k], name);
        for (size_t i = 0; pods && n < SCOPE_NAME && i < objects_count(pods); i++) {
            const struct object *o = objects_at(pods, i);
            if (strcmp(o->namespace_, ns) == 0 && ownership_covers(out, o->owner))
                return true;
        }
    }
    return false;
}

bool group_goal_workload(struct pane *p, const char *name)
{
    char ns[SCOPE_NAME], workload[SCOPE_NAME];
    size_t n = strcspn(name, "/");
    if (n >= sizeof ns || !name[n])
        return true;
    memcpy(ns, name, n);
    ns[n] = '\0';
    if (find_workload(p->host->model->pods.table, ns, name + n + 1, workload))
        moves_workload(p->host->moves, ns, workload);
    else
        moves_namespace(p->host->moves, ns);
    pane_show(p, "pods");
    return true;
}

bool group_goal_object(const struct group_goal *g, struct object_ref *out)
{
    if (g->pod[0])
        return object_ref_set(out, "pods", g->namespace_, g->pod, "");
    return g->node[0] && object_ref_set(out, "nodes", "", g->node, "");
}
