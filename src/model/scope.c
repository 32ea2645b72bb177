#include "model/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

enum { SCOPE_PAST = 100 };

static bool set_text(char *member, size_t size, const char *text)
{
    if (strncmp(member, text, size - 1) == 0 && strlen(member) == strnlen(text, size - 1))
        return false;
    str_copy(member, size, text);
    return true;
}

#define SET(member, text) set_text(member, sizeof(member), text)

static bool changed(struct scope *s, bool any)
{
    s->changes += any;
    return any;
}

static bool forget_pod(struct scope *s)
{
    bool any = SET(s->pod, "");
    any |= SET(s->pod_namespace, "");
    any |= SET(s->container, "");
    return any;
}

static bool forget_workload(struct scope *s)
{
    bool any = SET(s->workload, "");
    any |= SET(s->workload_namespace, "");
    return any;
}

bool scope_set_namespace(struct scope *s, const char *name)
{
    bool any = SET(s->namespace_, name);
    if (any) {
        SET(s->node, "");
        forget_workload(s);
        forget_pod(s);
    }
    return changed(s, any);
}

bool scope_set_node(struct scope *s, const char *name)
{
    bool any = SET(s->node, name);
    any |= forget_workload(s);
    any |= forget_pod(s);
    return changed(s, any);
}

bool scope_set_workload(struct scope *s, const char *ns, const char *workload)
{
    bool any = SET(s->workload, workload);
    any |= SET(s->workload_namespace, ns);
    any |= SET(s->node, "");
    any |= forget_pod(s);
    return changed(s, any);
}

bool scope_set_pod(struct scope *s, const char *ns, const char *name)
{
    bool any = SET(s->pod, name);
    any |= SET(s->pod_namespace, ns);
    if (any)
        SET(s->container, "");
    return changed(s, any);
}

bool scope_set_container(struct scope *s, const char *name)
{
    return changed(s, SET(s->container, name));
}

bool scope_set_subject(struct scope *s, const struct scope *from)
{
    bool any = SET(s->namespace_, from->namespace_);
    any |= SET(s->node, from->node);
    any |= SET(s->workload, from->workload);
    any |= SET(s->workload_namespace, from->workload_namespace);
    any |= SET(s->pod, from->pod);
    any |= SET(s->pod_namespace, from->pod_namespace);
    any |= SET(s->container, from->container);
    return changed(s, any);
}

static bool set_span(struct scope *s, int64_t from, int64_t to, int64_t at)
{
    bool any = s->from != from || s->to != to || s->at != at;
    s->from = from;
    s->to = to;
    s->at = at;
    return any;
}

bool scope_set_window(struct scope *s, const char *rule, int64_t from, int64_t to)
{
    bool any = SET(s->rule, rule);
    any |= set_span(s, from, to, to);
    return changed(s, any);
}

bool scope_set_group(struct scope *s, const char *id)
{
    return changed(s, SET(s->group, id));
}

bool scope_set_time(struct scope *s, int64_t at, int64_t span)
{
    return changed(s, set_span(s, (at ? at : clock_now()) - span, at, at));
}

bool scope_is_live(const struct scope *s)
{
    return s->at == 0;
}

struct scope_history {
    struct scope list[SCOPE_PAST];
    size_t count, now; /* list[now] is the present one when there is any */
};

struct scope_history *scope_history_new(void)
{
    return mem_alloc(sizeof(struct scope_history));
}

void scope_history_free(struct scope_history *h)
{
    free(h);
}

static bool same(const struct scope *a, const struct scope *b)
{
    return strcmp(a->cluster, b->cluster) == 0 && strcmp(a->namespace_, b->namespace_) == 0 &&
           strcmp(a->node, b->node) == 0 && strcmp(a->workload, b->workload) == 0 &&
           strcmp(a->workload_namespace, b->workload_namespace) == 0 &&
           strcmp(a->pod, b->pod) == 0 && strcmp(a->pod_namespace, b->pod_namespace) == 0 &&
           strcmp(a->container, b->container) == 0 && strcmp(a->group, b->group) == 0 &&
           strcmp(a->rule, b->rule) == 0 && a->from == b->from && a->to == b->to && a->at == b->at;
}

void scope_history_push(struct scope_history *h, const struct scope *s)
{
    if (h->count && same(&h->list[h->now], s))
        return;
    h->count = h->count ? h->now + 1 : 0; /* what could be redone is no future any more */
    if (h->count == SCOPE_PAST) {
        memmove(&h->list[0], &h->list[1], (SCOPE_PAST - 1) * sizeof *h->list);
        h->count--;
    }
    h->now = h->count++;
    h->list[h->now] = *s;
}

static void go_to(struct scope_history *h, size_t i, struct scope *s)
{
    uint64_t changes = s->changes;
    h->now = i;
    *s = h->list[i];
    s->changes = changes + 1;
}

bool scope_history_undo(struct scope_history *h, struct scope *s)
{
    scope_history_push(h, s);
    if (h->now == 0)
        return false;
    go_to(h, h->now - 1, s);
    return true;
}

bool scope_history_redo(struct scope_history *h, struct scope *s)
{
    if (h->now + 1 >= h->count || !same(&h->list[h->now], s))
        return false;
    go_to(h, h->now + 1, s);
    return true;
}
