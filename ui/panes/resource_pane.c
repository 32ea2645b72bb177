/*
 * Objects of any kind that the API server serves: the newest view of ui/table/browse.h. Enter goes down to
 * what an object has below it, one of its kind in the table `ways`.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/moves.h"
#include "ui/page/page_stack.h"
#include "ui/table/browse.h"
#include "ui/table/resource_columns.h"

struct resource_pane {
    struct resource_table table; /* first: the functions of all such panes take it */
    struct resource_table_spec spec;
    struct resource_columns columns;
    uint64_t shown; /* browse_changes that the table is of; 0: none */
    bool open;
    bool seeking; /* the view's row is waited for */
    char what[OBJECT_REF_KIND];
};

static struct browse_view *view_of(const struct pane *p)
{
    return browse_top(p->host->browse);
}

/* ---- the table ---- */

static const struct resource *resource(const struct resource_table *t)
{
    static const struct resource nothing = {.upstream = {.state = UPSTREAM_CONNECTING}};
    const struct browse_view *view = view_of(t->pane);
    const struct resource *r = view ? browse_resource(t->pane->host->browse, view) : NULL;
    return r ? r : &nothing;
}

static bool admits(const struct resource_table *t, const struct object *o)
{
    const struct browse_view *view = view_of(t->pane);
    const struct scope *s = &t->pane->host->model->scope;
    if (!view)
        return false;
    const char *ns = view->namespace_[0] ? view->namespace_ : s->namespace_;
    if (ns[0] && o->namespace_[0] && strcmp(ns, o->namespace_) != 0)
        return false;
    return !view->owner[0] || strcmp(view->owner, o->owner) == 0;
}

static uint64_t scope(const struct scope *s)
{
    return hash_bytes(s->namespace_, strlen(s->namespace_));
}

static bool chosen(const struct scope *s, const struct object *o)
{
    if (s->pod[0] && strcmp(s->pod, o->name) == 0 && strcmp(s->pod_namespace, o->namespace_) == 0)
        return true;
    return !o->namespace_[0] && o->name[0] &&
           (strcmp(s->node, o->name) == 0 || strcmp(s->namespace_, o->name) == 0);
}

/* Another view, or another kind than was thought: its columns and its list begin anew. */
static void show(struct pane *p, struct resource_pane *r, const struct kind *kind)
{
    static const struct kind unknown = {.name = "", .api = ""};
    const struct browse_view *view = view_of(p);
    struct err err;
    if (r->open)
        resource_table_close(&r->table);
    memset(&r->table, 0, sizeof r->table);
    resource_columns_make(&r->columns, kind ? kind : &unknown);
    str_copy(r->what, sizeof r->what, kind ? kind->name : view ? view->resource : "");
    r->spec = (struct resource_table_spec){.columns = r->columns.list,
                                           .count = r->columns.count,
                                           .core = r->columns.core,
                                           .sort = RESOURCE_TABLE_BY_HEALTH,
                                           .resource = resource,
                                           .admits = admits,
                                           .scope = scope,
                                           .chosen = chosen,
                                           .what = r->what,
                                           .empty = "There are none here. 0 shows all namespaces."};
    resource_table_open(&r->table, &r->spec, p);
    r->open = true;
    pane_pattern_clear(&p->search);
    pane_filter(p, view ? view->filter : "", &err);
    r->seeking = view && view->at_name[0];
    if (view && view->sort != BROWSE_UNSORTED && view->sort < (int)r->columns.count)
        resource_table_sort(&r->table, view->sort, view->descending);
}

/* How the view is, for when one comes back to it. */
static void keep(struct pane *p, struct browse_view *view)
{
    const struct resource_pane *r = p->state;
    const struct object *o = resource_table_cursor(&r->table);
    view->sort = r->table.sort;
    view->descending = r->table.descending;
    snprintf(view->filter, sizeof view->filter, "%s%s", p->filter.invert ? "!" : "",
             p->filter.text ? p->filter.text : "");
    if (r->seeking || !o || !list_moved(r->table.list) || strlen(o->name) >= sizeof view->at_name)
        return;
    str_copy(view->at_namespace, sizeof view->at_namespace, o->namespace_);
    str_copy(view->at_name, sizeof view->at_name, o->name);
}

static bool pane_sync(struct pane *p)
{
    struct resource_pane *r = p->state;
    struct browse_view *view = view_of(p);
    const struct objects *table = resource(&r->table)->table;
    const struct kind *kind = table ? objects_kind(table) : NULL;
    uint64_t changes = browse_changes(p->host->browse) + 1;
    if (changes != r->shown || (kind && kind != r->columns.kind))
        show(p, r, kind);
    r->shown = changes;
    if (table)
        resource_columns_measure(&r->columns, table, p->host->now);
    bool synced = resource_table_sync(&r->table);
    if (synced && r->seeking &&
        (list_moved(r->table.list) ||
         resource_table_go_to(&r->table, view->at_namespace, view->at_name)))
        r->seeking = false;
    if (synced && view)
        keep(p, view);
    return synced;
}

static void pane_open(struct pane *p)
{
    struct resource_pane *r = p->state;
    r->table.pane = p;
    show(p, r, NULL);
}

/* ---- from view to view ---- */

static void pane_left(struct pane *p)
{
    browse_pop(p->host->browse);
}

static void open_view(struct pane *p, const struct browse_view *view)
{
    browse_push(p->host->browse, view);
    pane_show(p, p->ops->name);
}

/* ---- down ---- */

typedef void way_down(struct pane *p, const struct kind *kind, const struct object *o);

/* "Deployment/web". */
static char *own_name(const struct kind *kind, const struct object *o)
{
    return mem_printf("%s/%s", kind->object_kind, o->name);
}

static void to_pods(struct pane *p, const struct kind *kind, const struct object *o)
{
    char *workload = own_name(kind, o);
    moves_workload(p->host->moves, o->namespace_, workload);
    pane_show(p, "pods");
    free(workload);
}

static void to_node(struct pane *p, const struct kind *kind, const struct object *o)
{
    (void)kind;
    moves_node(p->host->moves, o->name);
    pane_show(p, "pods");
}

static void to_namespace(struct pane *p, const struct kind *kind, const struct object *o)
{
    (void)kind;
    moves_namespace(p->host->moves, o->name);
    pane_show(p, "pods");
}

static void to_logs(struct pane *p, const struct kind *kind, const struct object *o)
{
    (void)kind;
    moves_pod(p->host->moves, o->namespace_, o->name, false);
    pane_show(p, "logs");
}

static void to_jobs(struct pane *p, const struct kind *kind, const struct object *o)
{
    struct browse_view view;
    browse_view(&view, "jobs.batch");
    str_copy(view.namespace_, sizeof view.namespace_, o->namespace_);
    snprintf(view.owner, sizeof view.owner, "%s/%s", kind->object_kind, o->name);
    snprintf(view.of, sizeof view.of, "%s/%s", kind->singular, o->name);
    open_view(p, &view);
}

/* The pods that a service selects; one without a selector says so. */
static void to_selected(struct pane *p, const struct kind *kind, const struct object *o)
{
    struct browse_view view;
    int cell = objects_column(kind, "SELECTOR");
    const char *selector = cell >= 0 ? o->cells[cell].text : "";
    if (!selector[0] || strlen(selector) >= sizeof view.selector) {
        pane_say(p, ROLE_MESSAGE, "%s selects no pods.", o->name);
        return;
    }
    browse_view(&view, "pods");
    str_copy(view.namespace_, sizeof view.namespace_, o->namespace_);
    str_copy(view.selector, sizeof view.selector, selector);
    snprintf(view.of, sizeof view.of, "%s/%s", kind->singular, o->name);
    open_view(p, &view);
}

static const struct {
    const char *resource;
    way_down *down;
} ways[] = {
    {"deployments.apps", to_pods},
    {"replicasets.apps", to_pods},
    {"statefulsets.apps", to_pods},
    {"daemonsets.apps", to_pods},
    {"jobs.batch", to_pods},
    {"replicationcontrollers", to_pods},
    {"rollouts.argoproj.io", to_pods},
    {"cronjobs.batch", to_jobs},
    {"services", to_selected},
    {"pods", to_logs},
    {"nodes", to_node},
    {"namespaces", to_namespace},
};

/* What has nothing below it is described. */
static bool open_page(struct pane *p)
{
    struct object_ref ref;
    if (!pane_object(p, &ref))
        return false;
    page_stack_open(p->host->pages, &ref, PAGE_WISH_DESCRIBE);
    pane_show(p, "page");
    return true;
}

static bool go_down(struct pane *p)
{
    const struct resource_pane *r = p->state;
    const struct object *o = resource_table_cursor(&r->table);
    char name[OBJECT_REF_KIND];
    if (!o || !object_ref_kind(r->columns.kind, name))
        return false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].resource, name) != 0)
            continue;
        ways[i].down(p, r->columns.kind, o);
        return true;
    }
    return open_page(p);
}

static bool action(struct pane *p, enum keys_action a)
{
    if (a == ACTION_ENTER)
        return go_down(p);
    return resource_table_action(p->state, a);
}

/* Logs and charts follow the cursor where its row is a pod. */
static void moved(struct pane *p)
{
    const struct resource_pane *r = p->state;
    const struct object *o = resource_table_cursor(&r->table);
    if (o && strcmp(r->columns.kind->name, "pods") == 0 &&
        strcmp(r->columns.kind->api, "/api/v1") == 0)
        moves_pod(p->host->moves, o->namespace_, o->name, true);
}

/* "deployments", "jobs of cronjob/backup": by the shortest name that means it. */
static void heading(struct pane *p, char out[PANE_TEXT])
{
    const struct browse_view *view = view_of(p);
    const struct served *served = p->host->model->served;
    if (!view) {
        str_copy(out, PANE_TEXT, p->ops->title);
        return;
    }
    const struct kind *kind = served_find(served, view->resource);
    bool plain = kind && served_find(served, kind->name) == kind;
    snprintf(out, PANE_TEXT, "%s%s%s", plain ? kind->name : view->resource,
             view->of[0] ? " of " : "", view->of);
    out[0] = (char)toupper((unsigned char)out[0]);
}

const struct pane_ops resource_pane = {
    .name = "resource",
    .title = "Resource",
    .about = "Objects of any kind: :deploy, :cj, :certificates.cert-manager.io. Enter goes down.",
    .flags = RESOURCE_TABLE_FLAGS | PANE_ENTER | PANE_OVERLAY,
    .private_size = sizeof(struct resource_pane),
    RESOURCE_TABLE_PANE,
    .open = pane_open,
    .sync = pane_sync,
    .left = pane_left,
    RESOURCE_TABLE_OBJECTS,
    .moved = moved,
    .action = action,
    .heading = heading,
};
