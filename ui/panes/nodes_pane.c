#include "ui/resource_table.h"

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

static bool chosen(const struct scope *s, const struct object *o)
{
    return strcmp(s->node, o->name) == 0;
}

static const struct resource_table_spec spec = {
    .columns = columns,
    .count = sizeof columns / sizeof *columns,
    .core = 2,
    .sort = RESOURCE_TABLE_BY_HEALTH,
    .resource = resource,
    .chosen = chosen,
    .empty = "The cluster has no nodes.",
};

static void pane_open(struct pane *p)
{
    resource_table_open(p->state, &spec, p);
}

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
    .flags = PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER,
    .private_size = sizeof(struct resource_table),
    .open = pane_open,
    .close = resource_table_pane_close,
    .sync = resource_table_pane_sync,
    .draw = resource_table_pane_draw,
    .list = resource_table_pane_list,
    .copy = resource_table_pane_copy,
    .object = resource_table_pane_object,
    .action = action,
    .counts = resource_table_pane_counts,
    .note = resource_table_pane_note,
    .upstream = resource_table_pane_upstream,
    .status = resource_table_pane_status,
};
