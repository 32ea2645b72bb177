#include "sandbox/world/world_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/incident.h"

enum { END_SECONDS = 2, STEP_SECONDS = 5, JOB_SECONDS = 20, WISHES = 256, JOB_NUMBERS = 100000 };
#define SEC CLOCK_SECOND

static bool exists(const struct world *w, const struct world_pod *p, int64_t t)
{
    struct world_phase ph;
    return world_pod_at(w, p, t, &ph) && ph.state != WORLD_TERMINATING &&
           ph.state != WORLD_EVICTED && ph.state != WORLD_COMPLETED;
}

/* Calls for each pod of the workload that exists at t, the newest last. */
static void each_pod(struct world *w, struct world_workload *wl, int64_t t,
                     void (*call)(void *context, struct world_pod *p), void *context)
{
    for (size_t i = 0; i < w->pod_count; i++)
        if (&w->workloads[w->pods[i].workload] == wl && exists(w, &w->pods[i], t))
            call(context, &w->pods[i]);
}

/* ---- one pod ---- */

/* A node that takes it: not cordoned, not short of memory; w->node_count: none. */
static uint32_t choose_node(const struct world *w, const struct world_pod *p, int64_t t)
{
    for (size_t i = 0; i < w->node_count; i++) {
        uint32_t at = (uint32_t)((p->node + i) % w->node_count);
        const struct world_node *n = &w->nodes[at];
        if (!world_is_cordoned(n, t) && !(n->pressure && n->pressure <= t))
            return at;
    }
    return (uint32_t)w->node_count;
}

/* Makes a pod at t; `like` gives a stateful set's name and a daemon set's node. */
static bool make_pod(struct world *w, struct world_workload *wl, int64_t t,
                     const struct world_pod *like, int ordinal)
{
    size_t events = w->event_count;
    struct world_wish wish = world_wish_at(wl, t);
    struct world_pod *p = world_add_spare(w, (uint32_t)(wl - w->workloads), wish.generation, t);
    char text[200], owner[128];
    if (!p)
        return false;
    if (wl->kind == WORLD_STATEFULSET && like)
        str_copy(p->name, sizeof p->name, like->name);
    else if (wl->kind == WORLD_STATEFULSET)
        snprintf(p->name, sizeof p->name, "%s-%d", wl->name, ordinal);
    uint32_t node = wl->kind == WORLD_DAEMONSET && like ? like->node : choose_node(w, p, t);
    bool bound = node < w->node_count;
    if (bound)
        p->node = node;
    incident_plan_spare(w, p, bound, 0);
    snprintf(owner, sizeof owner, "%s-%s", wl->name, wish.hash);
    snprintf(text, sizeof text, "Created pod: %s", p->name);
    bool deployment = wl->kind == WORLD_DEPLOYMENT;
    incident_owner_event(w, wl, deployment ? "ReplicaSet" : "StatefulSet", wl->id + deployment,
                         deployment ? owner : wl->name,
                         deployment ? "replicaset-controller" : "statefulset-controller",
                         "SuccessfulCreate", t, text);
    world_plan_more(w, p, events, t - 1);
    return true;
}

static int64_t end_pod(struct world *w, struct world_pod *p, int64_t t, int grace)
{
    size_t events = w->event_count;
    struct world_phase ph;
    bool running = world_pod_at(w, p, t, &ph) && world_is_running(ph.state);
    int64_t gone = grace && running ? t + (grace < END_SECONDS ? grace : END_SECONDS) * SEC : t;
    incident_plan_end(w, p, t, gone);
    world_plan_more(w, p, events, t - 1);
    return gone;
}

/* Whether the pod at that moment is one of those that its workload wants. */
static bool is_wanted(const struct world *w, const struct world_pod *p, int64_t t)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    return wl->kind != WORLD_CRONJOB && !wl->deleted && exists(w, p, t);
}

bool world_edit_end_pod(struct world *w, struct world_pod *p, int64_t t, int grace)
{
    struct world_workload *wl = &w->workloads[p->workload];
    struct world_phase ph;
    bool again = is_wanted(w, p, t);
    if (!world_pod_at(w, p, t, &ph) || (ph.state == WORLD_TERMINATING && grace))
        return true;
    int64_t gone = end_pod(w, p, t, grace);
    /* A replica set makes another one at once; the others wait, as its name or its place is taken. */
    return !again || make_pod(w, wl, wl->kind == WORLD_DEPLOYMENT ? t : gone + SEC / 2, p, 0);
}

/* ---- workloads ---- */

static struct world_wish *wish_more(struct world *w, struct world_workload *wl, int64_t t)
{
    struct world_wish all[WISHES];
    size_t n = wl->wish_count < WISHES - 1 ? wl->wish_count : WISHES - 1;
    if (n)
        memcpy(all, wl->wishes + (wl->wish_count - n), n * sizeof *all);
    all[n] = world_wish_at(wl, t);
    all[n].from = t;
    struct world_wish *kept = world_keep_bytes(w, all, (n + 1) * sizeof *all);
    wl->wishes = kept;
    wl->wish_count = n + 1;
    world_plan_change(w, t, WORLD_CHANGE_WORKLOAD, (size_t)(wl - w->workloads));
    return &kept[n];
}

struct pods {
    struct world_pod *list[4096];
    size_t count;
};

static void take_pod(void *context, struct world_pod *p)
{
    struct pods *pods = context;
    if (pods->count < sizeof pods->list / sizeof *pods->list)
        pods->list[pods->count++] = p;
}

static int ordinal_of(const struct world_pod *p)
{
    const char *dash = strrchr(p->name, '-');
    int64_t n = 0;
    return dash && str_to_int(str_of(dash + 1), &n) ? (int)n : 0;
}

static int by_ordinal(const void *a, const void *b)
{
    return ordinal_of(*(struct world_pod *const *)a) - ordinal_of(*(struct world_pod *const *)b);
}

static void gather(struct world *w, struct world_workload *wl, int64_t t, struct pods *pods)
{
    pods->count = 0;
    each_pod(w, wl, t, take_pod, pods);
    if (wl->kind == WORLD_STATEFULSET && pods->count)
        qsort(pods->list, pods->count, sizeof *pods->list, by_ordinal);
}

bool world_edit_scale(struct world *w, struct world_workload *wl, int64_t t, int replicas)
{
    static struct pods pods; /* large; the sandbox has one thread */
    bool room = true;
    gather(w, wl, t, &pods);
    wish_more(w, wl, t)->replicas = replicas;
    for (size_t i = pods.count; i > (size_t)replicas; i--)
        end_pod(w, pods.list[i - 1], t, END_SECONDS);
    bool ordered = wl->kind == WORLD_STATEFULSET;
    for (int i = (int)pods.count; i < replicas && room; i++)
        room = make_pod(w, wl, t + (ordered ? (i - (int)pods.count) * STEP_SECONDS * SEC : 0), NULL,
                        i);
    return room;
}

bool world_edit_restart(struct world *w, struct world_workload *wl, int64_t t, const char *at)
{
    static struct pods pods;
    bool room = true;
    gather(w, wl, t, &pods);
    struct world_wish *wish = wish_more(w, wl, t);
    struct dice d = dice_of(w->seed, wl->id + (uint64_t)wish->generation, 33);
    wish->generation++;
    dice_suffix(&d, wish->hash, 10);
    str_copy(wish->restarted, sizeof wish->restarted, at);
    for (size_t i = 0; i < pods.count && room; i++) {
        int64_t step = t + (int64_t)i * STEP_SECONDS * SEC;
        /* A stateful set goes from its last pod down. */
        struct world_pod *old = pods.list[wl->kind == WORLD_STATEFULSET ? pods.count - 1 - i : i];
        if (wl->kind == WORLD_DEPLOYMENT) {
            room = make_pod(w, wl, step, NULL, 0);
            end_pod(w, old, step + STEP_SECONDS * SEC, END_SECONDS);
        } else {
            room = make_pod(w, wl, end_pod(w, old, step, END_SECONDS) + SEC / 2, old, 0);
        }
    }
    return room;
}

bool world_edit_delete(struct world *w, struct world_workload *wl, int64_t t)
{
    static struct pods pods;
    gather(w, wl, t, &pods);
    wl->deleted = t;
    for (size_t i = 0; i < pods.count; i++)
        end_pod(w, pods.list[i], t, END_SECONDS);
    world_plan_change(w, t, WORLD_CHANGE_WORKLOAD, (size_t)(wl - w->workloads));
    return true;
}

bool world_edit_cordon(struct world *w, struct world_node *n, int64_t t, bool on)
{
    if (world_is_cordoned(n, t) == on)
        return true;
    if (n->cordon_count == WORLD_CORDONS) {
        /* What it was long ago is forgotten, a pair at a time. */
        memmove(n->cordons, n->cordons + 2, (WORLD_CORDONS - 2) * sizeof *n->cordons);
        n->cordon_count -= 2;
    }
    n->cordons[n->cordon_count++] = t;
    world_plan_change(w, t, WORLD_CHANGE_NODE, (size_t)(n - w->nodes));
    return true;
}

struct world_pod *world_edit_run(struct world *w, struct world_workload *cron, int64_t t,
                                 const char *name)
{
    size_t events = w->event_count;
    struct world_pod *p = world_add_spare(w, (uint32_t)(cron - w->workloads), 0, t);
    char suffix[8];
    if (!p)
        return NULL;
    struct dice d = dice_of(w->seed, p->id, 34);
    snprintf(p->name, sizeof p->name, "%.60s-%s", name, dice_suffix(&d, suffix, 5));
    p->job = (int)(JOB_NUMBERS + w->pod_count);
    p->manual = true;
    uint32_t node = choose_node(w, p, t);
    bool bound = node < w->node_count;
    if (bound)
        p->node = node;
    incident_plan_spare(w, p, bound, t + JOB_SECONDS * SEC);
    world_plan_more(w, p, events, t - 1);
    return p;
}
