#include "ui/table/resource_table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "model/ownership.h"

enum { NAMESPACE, LAST_SEEN, COUNT, REASON, OBJECT, MESSAGE };

static const struct resource_table_column columns[] = {
    [NAMESPACE] = {.title = "NAMESPACE", .type = RESOURCE_TABLE_NAMESPACE, .width = 12, .rank = 3},
    [LAST_SEEN] = {.title = "SEEN",
                   .type = RESOURCE_TABLE_CELL,
                   .cell = "LAST SEEN",
                   .width = 6,
                   .rank = 0,
                   .right = true,
                   .largest_first = true},
    [COUNT] = {.title = "COUNT",
               .type = RESOURCE_TABLE_CELL,
               .cell = "COUNT",
               .width = 6,
               .rank = 4,
               .right = true,
               .largest_first = true},
    [REASON] = {.title = "REASON",
                .type = RESOURCE_TABLE_CELL,
                .tinted = true,
                .cell = "REASON",
                .width = 18,
                .rank = 1},
    [OBJECT] = {.title = "OBJECT",
                .type = RESOURCE_TABLE_CELL,
                .cell = "OBJECT",
                .width = 24,
                .grow = 1,
                .rank = 2},
    [MESSAGE] = {.title = "MESSAGE",
                 .type = RESOURCE_TABLE_CELL,
                 .cell = "MESSAGE",
                 .width = 24,
                 .grow = 3,
                 .rank = 0},
};

static const struct resource *resource(const struct resource_table *t)
{
    return &t->pane->host->model->events;
}

/* Whether the event's object ("pod/NAME") is that one. */
static bool is_of(const char *object, const char *kind, const char *name)
{
    size_t n = strlen(kind);
    return strncasecmp(object, kind, n) == 0 && object[n] == '/' &&
           strcmp(object + n + 1, name) == 0;
}

/* The workload's own, of what it makes, and of its pods that are there still. */
static bool is_of_workload(const struct resource_table *t, const char *object)
{
    const struct model *m = t->pane->host->model;
    const struct scope *s = &m->scope;
    if (ownership_covers(s->workload, object))
        return true;
    const char *slash = strchr(object, '/');
    if (!m->pods.table || !slash || !is_of(object, "pod", slash + 1))
        return false;
    const struct object *pod =
        objects_find(m->pods.table, str_of(s->workload_namespace), str_of(slash + 1));
    return pod && ownership_covers(s->workload, pod->owner);
}

static bool admits(const struct resource_table *t, const struct object *o)
{
    const struct scope *s = &t->pane->host->model->scope;
    const char *of = resource_table_cell(t, o, OBJECT);
    if (s->pod[0])
        return strcmp(o->namespace_, s->pod_namespace) == 0 && is_of(of, "pod", s->pod);
    if (s->workload[0])
        return strcmp(o->namespace_, s->workload_namespace) == 0 && is_of_workload(t, of);
    if (s->node[0])
        return is_of(of, "node", s->node);
    return !s->namespace_[0] || strcmp(o->namespace_, s->namespace_) == 0;
}

static uint64_t scope(const struct scope *s)
{
    return s->changes;
}

static const struct resource_table_spec spec = {
    .columns = columns,
    .count = sizeof columns / sizeof *columns,
    .core = 3,
    .sort = LAST_SEEN,
    .resource = resource,
    .admits = admits,
    .scope = scope,
    .empty = "No events of what is chosen: the API server keeps them for an hour or so. Esc widens "
             "the scope.",
};

/* The message in full, as far as the footer goes. */
static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct resource_table *t = p->state;
    const struct object *o = resource_table_cursor(t);
    out[0] = '\0';
    if (o)
        snprintf(out, PANE_TEXT, "%s: %s", resource_table_cell(t, o, REASON),
                 resource_table_cell(t, o, MESSAGE));
}

/* What the event is about ("pod/NAME"): there is no more to an event than its row. */
static bool object(struct pane *p, struct object_ref *out)
{
    const struct resource_table *t = p->state;
    const struct object *o = resource_table_cursor(t);
    struct str name = str_of(o ? resource_table_cell(t, o, OBJECT) : ""), kind;
    char text[OBJECT_REF_KIND];
    if (!str_cut(&name, '/', &kind) || !name.n || kind.n >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)kind.n, kind.p);
    return object_ref_set(out, text, o->namespace_, name.p, "");
}

const struct pane_ops events_pane = {
    .name = "events",
    .title = "Events",
    .about = "The cluster's events about the scope, the newest first.",
    .flags = RESOURCE_TABLE_FLAGS,
    .summon = ACTION_EVENTS,
    RESOURCE_TABLE_PANE,
    RESOURCE_TABLE_OWN(&spec),
    .object = object,
    .action = resource_table_pane_action,
    .status = status,
};
