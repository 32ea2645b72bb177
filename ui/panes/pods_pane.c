#include "ui/table/resource_table.h"

#include <string.h>

#include "base/hash.h"
#include "model/ownership.h"
#include "ui/log/log_goal.h"
#include "ui/moves.h"

enum {
    NAMESPACE,
    NAME,
    READY,
    STATUS,
    RESTARTS,
    CPU,
    CPU_TREND,
    MEMORY,
    MEMORY_TREND,
    AGE,
    NODE,
    IP
};

static const struct resource_table_column columns[] = {
    [NAMESPACE] = {.title = "NAMESPACE",
                   .type = RESOURCE_TABLE_NAMESPACE,
                   .width = 9,
                   .ideal = 12,
                   .grow = 1,
                   .rank = 2},
    [NAME] = {.title = "NAME",
              .type = RESOURCE_TABLE_NAME,
              .tinted = true,
              .width = 20,
              .ideal = 26,
              .grow = 3,
              .rank = 0},
    [READY] = {.title = "READY",
               .type = RESOURCE_TABLE_CELL,
               .cell = "READY",
               .width = 5,
               .rank = 3,
               .right = true},
    [STATUS] = {.title = "STATUS",
                .type = RESOURCE_TABLE_TROUBLE,
                .tinted = true,
                .cell = "STATUS",
                .width = 10,
                .ideal = 18,
                .grow = 3,
                .rank = 1},
    [RESTARTS] = {.title = "RST",
                  .type = RESOURCE_TABLE_CELL,
                  .cell = "RESTARTS",
                  .width = 4,
                  .rank = 4,
                  .right = true,
                  .largest_first = true},
    [CPU] = {.title = "CPU",
             .type = RESOURCE_TABLE_NUMBER,
             .metric = METRIC_POD_CPU,
             .width = 5,
             .rank = 5,
             .right = true,
             .largest_first = true},
    [CPU_TREND] = {.title = "",
                   .type = RESOURCE_TABLE_SPARK,
                   .metric = METRIC_POD_CPU,
                   .width = 8,
                   .rank = 8},
    [MEMORY] = {.title = "MEM",
                .type = RESOURCE_TABLE_NUMBER,
                .metric = METRIC_POD_MEMORY,
                .width = 6,
                .rank = 5,
                .right = true,
                .largest_first = true},
    [MEMORY_TREND] = {.title = "",
                      .type = RESOURCE_TABLE_SPARK,
                      .metric = METRIC_POD_MEMORY,
                      .width = 8,
                      .rank = 9},
    [AGE] = {.title = "AGE",
             .type = RESOURCE_TABLE_AGE,
             .width = 5,
             .rank = 6,
             .right = true,
             .largest_first = true},
    [NODE] = {.title = "NODE",
              .type = RESOURCE_TABLE_CELL,
              .cell = "NODE",
              .domain = true,
              .width = 14,
              .grow = 1,
              .rank = 7},
    [IP] = {.title = "IP", .type = RESOURCE_TABLE_CELL, .cell = "IP", .width = 15, .rank = 10},
};

static const struct resource *resource(const struct resource_table *t)
{
    return &t->pane->host->model->pods;
}

static bool subject(const struct scope *s, const char **ns, const char **name)
{
    *ns = s->pod_namespace;
    *name = s->pod;
    return s->pod[0];
}

static bool admits(const struct resource_table *t, const struct object *o)
{
    const struct scope *s = &t->pane->host->model->scope;
    if (s->namespace_[0] && strcmp(s->namespace_, o->namespace_) != 0)
        return false;
    if (s->workload[0] && (strcmp(s->workload_namespace, o->namespace_) != 0 ||
                           !ownership_covers(s->workload, o->owner)))
        return false;
    return !s->node[0] || strcmp(resource_table_cell(t, o, NODE), s->node) == 0;
}

static uint64_t scope(const struct scope *s)
{
    const char *const parts[] = {s->namespace_, s->node, s->workload, s->workload_namespace};
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        hash = hash_mix(hash ^ hash_bytes(parts[i], strlen(parts[i])));
    return hash;
}

static const struct resource_table_spec spec = {
    .columns = columns,
    .count = sizeof columns / sizeof *columns,
    .core = 6,
    .sort = RESOURCE_TABLE_BY_HEALTH,
    .resource = resource,
    .admits = admits,
    .scope = scope,
    .subject = subject,
    .empty = "No pods here. Esc widens the scope, 0 shows all namespaces.",
};

static void choose(struct pane *p, bool browsing)
{
    const struct object *o = resource_table_cursor(p->state);
    if (o)
        moves_pod(p->host->moves, o->namespace_, o->name, browsing);
}

static void moved(struct pane *p)
{
    choose(p, true);
}

static bool action(struct pane *p, enum keys_action a)
{
    const struct scope *s = &p->host->model->scope;
    if (a == ACTION_ENTER && resource_table_cursor(p->state)) {
        struct object_ref o;
        return resource_table_pane_object(p, &o) && log_goal_open(p->host, &o, "", false);
    }
    bool narrow = s->pod[0] || s->workload[0] || s->node[0];
    if (a == ACTION_BACK && narrow && !p->host->came && !p->filter.regex && !p->search.regex) {
        if (s->pod[0])
            moves_pod(p->host->moves, "", "", false);
        else if (s->workload[0])
            moves_workload(p->host->moves, "", "");
        else
            moves_node(p->host->moves, "");
        return true;
    }
    return resource_table_action(p->state, a);
}

const struct pane_ops pods_pane = {
    .name = "pods",
    .title = "Pods",
    .about = "The pods of the scope, the worst first. Logs and charts follow the cursor.",
    .flags = RESOURCE_TABLE_FLAGS | PANE_ENTER | PANE_HOME,
    RESOURCE_TABLE_PANE,
    RESOURCE_TABLE_OWN(&spec),
    RESOURCE_TABLE_OBJECTS,
    .moved = moved,
    .action = action,
};
