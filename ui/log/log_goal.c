#include "ui/log/log_goal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "ui/moves.h"

static bool is_pod(const char *kind)
{
    static const char *const names[] = {"pods", "pod", "po"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(kind, names[i]) == 0)
            return true;
    return false;
}

static bool loki_is_there(const struct model *m)
{
    enum upstream_state state = m->logs.from_pod ? m->logs.loki.state : m->logs.upstream.state;
    return state == UPSTREAM_LIVE || state == UPSTREAM_CONNECTING;
}

/* The only container of a pod in the table, by its row; "" when that does not say. */
static void only_container(const struct model *m, const struct object_ref *o, char out[SCOPE_NAME])
{
    const struct objects *t = m->pods.table;
    const struct object *row = t ? objects_find(t, str_of(o->namespace_), str_of(o->name)) : NULL;
    int column = row ? objects_column(objects_kind(t), "CONTAINERS") : -1;
    const char *names = column >= 0 ? row->cells[column].text : "";
    str_copy(out, SCOPE_NAME, strchr(names, ' ') ? "" : names);
}

/* The one that is shown already, for `p` among its lines. */
static void shown_container(const struct model *m, const struct object_ref *o, char out[SCOPE_NAME])
{
    struct pod_log_wish w;
    if (m->logs.from_pod && m->logs.query && pod_log_wish_read(m->logs.query, &w) &&
        strcmp(w.pod, o->name) == 0 && strcmp(w.namespace_, o->namespace_) == 0)
        str_copy(out, SCOPE_NAME, w.container);
}

static void show(struct pane_host *h, const char *pane)
{
    h->show(h->app, pane);
}

void log_goal_choose(struct pane_host *h, const char *container)
{
    str_copy(h->choosing.container, sizeof h->choosing.container, container);
    moves_pod_log(h->moves, &h->choosing);
    show(h, "logs");
}

bool log_goal_open(struct pane_host *h, const struct object_ref *o, const char *container,
                   bool previous)
{
    char name[SCOPE_NAME], *text;
    if (!is_pod(o->kind))
        return false;
    str_copy(name, sizeof name, container);
    moves_pod(h->moves, o->namespace_, o->name, false);
    if (!previous && loki_is_there(h->model)) {
        moves_container(h->moves, name);
        moves_pod_log(h->moves, NULL);
        show(h, "logs");
        return true;
    }
    if (!name[0])
        shown_container(h->model, o, name);
    if (!name[0])
        only_container(h->model, o, name);
    h->choosing = (struct pod_log_wish){.previous = previous};
    str_copy(h->choosing.namespace_, sizeof h->choosing.namespace_, o->namespace_);
    str_copy(h->choosing.pod, sizeof h->choosing.pod, o->name);
    if (name[0]) {
        log_goal_choose(h, name);
        return true;
    }
    text = mem_printf("%s/%s", o->namespace_, o->name);
    intents_push(h->model->intents, INTENT_CONTAINERS, text, 0, 0);
    free(text);
    show(h, "containers");
    return true;
}
