#include "ui/table/resource_table.h"

#include <string.h>

#include "ui/moves.h"

static const struct resource_table_column columns[] = {
    {.title = "NAME",
     .type = RESOURCE_TABLE_NAME,
     .tinted = true,
     .width = 20,
     .grow = 1,
     .rank = 0},
    {.title = "STATUS",
     .type = RESOURCE_TABLE_TROUBLE,
     .tinted = true,
     .cell = "STATUS",
     .width = 20,
     .rank = 1},
    {.title = "AGE",
     .type = RESOURCE_TABLE_AGE,
     .width = 6,
     .rank = 2,
     .right = true,
     .largest_first = true},
};

static const struct resource *resource(const struct resource_table *t)
{
    return &t->pane->host->model->namespaces;
}

static bool subject(const struct scope *s, const char **ns, const char **name)
{
    *ns = "";
    *name = s->namespace_;
    return s->namespace_[0];
}

static const struct resource_table_spec spec = {
    .columns = columns,
    .count = sizeof columns / sizeof *columns,
    .core = 2,
    .sort = RESOURCE_TABLE_BY_HEALTH,
    .resource = resource,
    .subject = subject,
    .empty = "No namespaces came. :ns NAME goes to one by its name.",
};

static bool action(struct pane *p, enum keys_action a)
{
    const struct object *o = resource_table_cursor(p->state);
    if (a == ACTION_ENTER && o) {
        moves_namespace(p->host->moves, o->name);
        pane_show(p, "pods");
        return true;
    }
    return resource_table_action(p->state, a);
}

const struct pane_ops namespaces_pane = {
    .name = "namespaces",
    .title = "Namespaces",
    .about = "All namespaces. Enter goes to one.",
    .flags = RESOURCE_TABLE_FLAGS | PANE_ENTER,
    RESOURCE_TABLE_PANE,
    RESOURCE_TABLE_OWN(&spec),
    RESOURCE_TABLE_OBJECTS,
    .action = action,
};
