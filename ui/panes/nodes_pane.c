#include "ui/table/resource_table.h"

#include <string.h>

#include "ui/moves.h"

static const struct resource_table_column columns[] = {
    {.title = "NAME",
     .type = RESOURCE_TABLE_NAME,
     .tinted = true,
     .domain = true,
     .width = 13,
     .ideal = 15,
     .grow = 3,
     .rank = 0},
    {.title = "STATUS",
     .type = RESOURCE_TABLE_TROUBLE,
     .tinted = true,
     .cell = "STATUS",
     .width = 7,
     .ideal = 14,
     .grow = 2,
     .rank = 2},
    {.title = "CPU",
     .type = RESOURCE_TABLE_NUMBER,
     .metric = METRIC_NODE_CPU,
     .width = 4,
     .rank = 1,
     .right = true,
     .largest_first = true},
    {.title = "", .type = RESOURCE_TABLE_SPARK, .metric = METRIC_NODE_CPU, .width = 8, .rank = 4},
    {.title = "MEM",
     .type = RESOURCE_TABLE_NUMBER,
     .metric = METRIC_NODE_MEMORY,
     .width = 4,
     .rank = 1,
     .right = true,
     .largest_first = true},
    {.title = "",
     .type = RESOURCE_TABLE_SPARK,
     .metric = METRIC_NODE_MEMORY,
     .width = 8,
     .rank = 5},
    {.title = "AGE",
     .type = RESOURCE_TABLE_AGE,
     .width = 5,
     .rank = 3,
     .right = true,
     .largest_first = true},
    {.title = "VERSION", .type = RESOURCE_TABLE_CELL, .cell = "VERSION", .width = 12, .rank = 6},
    {.title = "ZONE", .type = RESOURCE_TABLE_CELL, .cell = "ZONE", .width = 15, .rank = 7},
    {.title = "INSTANCE", .type = RESOURCE_TABLE_CELL, .cell = "INSTANCE", .width = 11, .rank = 8},
    {.title = "ROLES", .type = RESOURCE_TABLE_CELL, .cell = "ROLES", .width = 13, .rank = 9},
    {.title = "INTERNAL-IP",
     .type = RESOURCE_TABLE_CELL,
     .cell = "INTERNAL-IP",
     .width = 15,
     .rank = 10},
};

static const struct resource *resource(const struct resource_table *t)
{
    return &t->pane->host->model->nodes;
}

static bool subject(const struct scope *s, const char **ns, const char **name)
{
    *ns = "";
    *name = s->node;
    return s->node[0];
}

static const struct resource_table_spec spec = {
    .columns = columns,
    .count = sizeof columns / sizeof *columns,
    .core = 2,
    .sort = RESOURCE_TABLE_BY_HEALTH,
    .resource = resource,
    .subject = subject,
    .empty = "The cluster has no nodes.",
};

static bool action(struct pane *p, enum keys_action a)
{
    const struct object *o = resource_table_cursor(p->state);
    const struct scope *s = &p->host->model->scope;
    if (a == ACTION_ENTER && o) {
        moves_node(p->host->moves, o->name);
        pane_show(p, "pods");
        return true;
    }
    if (a == ACTION_BACK && s->node[0] && !p->filter.regex && !p->search.regex) {
        moves_node(p->host->moves, "");
        return true;
    }
    return resource_table_action(p->state, a);
}

const struct pane_ops nodes_pane = {
    .name = "nodes",
    .title = "Nodes",
    .about = "The cluster's nodes, the worst first. Enter narrows pods and logs to one.",
    .flags = RESOURCE_TABLE_FLAGS | PANE_ENTER,
    RESOURCE_TABLE_PANE,
    RESOURCE_TABLE_OWN(&spec),
    RESOURCE_TABLE_OBJECTS,
    .action = action,
};
