/*
 * The play. At T - 12 min the deployment shop/checkout is rolled out to a version that looks for
 * its database at the wrong port. The new pods become ready, replace the old ones, then fail:
 * connection errors, crash loops with the kubelet's back-off, one pod whose queue of retries grows
 * until it is killed for its memory, and that node runs short of memory and evicts a neighbour.
 * Besides, a cron job runs every ten minutes and fails now and then.
 */
#include "sandbox/world/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/world.h"

enum {
    CHECKOUTS = 4,
    OOM_POD = 1,
    BACKOFF_FIRST = 10,
    BACKOFF_MAX = 300,
    JOB_KEPT_MINUTES = 30,
    CREATING_SECONDS = 3
};
#define SEC CLOCK_SECOND

struct plan {
    struct world_phase *list;
    size_t count, cap;
};

static struct world_phase *add_phase(struct plan *p, int64_t from, enum world_state state)
{
    mem_grow(&p->list, &p->cap, p->count + 1, sizeof *p->list);
    struct world_phase *phase = &p->list[p->count];
    if (p->count)
        *phase = p->list[p->count - 1];
    else
        memset(phase, 0, sizeof *phase);
    phase->from = from;
    phase->state = state;
    p->count++;
    return phase;
}

static void add_start(struct plan *p, int64_t at)
{
    struct world_phase *phase = add_phase(p, at, WORLD_STARTING);
    phase->restarts += phase->ended != 0;
    phase->started = at;
}

static void add_end(struct plan *p, int64_t at, enum world_state state, int exit_code,
                    const char *reason)
{
    struct world_phase *phase = add_phase(p, at, state);
    phase->before = phase->started;
    phase->ended = at;
    phase->exit_code = exit_code;
    phase->reason = reason;
}

static void keep_plan(struct world *w, struct world_pod *pod, struct plan *p)
{
    pod->phases = world_keep_bytes(w, p->list, p->count * sizeof *p->list);
    pod->phase_count = p->count;
    free(p->list);
}

bool incident_owns(const struct world_workload *wl)
{
    return wl->old_version || wl->kind == WORLD_CRONJOB || strcmp(wl->name, "recommendation") == 0;
}

int64_t incident_errors_begin(const struct world *w)
{
    return w->rollout + 62 * SEC;
}

int64_t incident_pressure(const struct world *w)
{
    return w->start - 8 * CLOCK_MINUTE;
}

int64_t incident_oom(const struct world *w)
{
    return w->start - 6 * CLOCK_MINUTE;
}

double incident_depth(const struct world *w, int64_t t)
{
    double x = (double)(t - incident_errors_begin(w)) / (double)(6 * CLOCK_MINUTE);
    return x < 0 ? 0 : x > 1 ? 0.85 : 0.3 + 0.55 * x;
}

/* ---- events of pods ---- */

static struct world_event *pod_event(struct world *w, const struct world_pod *p, bool container,
                                     const char *type, const char *reason, const char *message)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    char field[96];
    snprintf(field, sizeof field, "spec.containers{%s}", wl->name);
    struct world_event *e =
        world_add_event(w, wl->ns, "Pod", world_keep(w, p->name), p->id, type, reason, message);
    e->field = container ? world_keep(w, field) : "";
    e->host = w->nodes[p->node].name;
    return e;
}

static void pod_event_at(struct world *w, const struct world_pod *p, const char *reason, int64_t at,
                         const char *message)
{
    bool scheduled = strcmp(reason, "Scheduled") == 0;
    struct world_event *e = pod_event(w, p, !scheduled, "Normal", reason, message);
    if (scheduled) {
        e->component = "default-scheduler";
        e->host = "";
    }
    world_add_time(e, at);
}

static void birth_events(struct world *w, const struct world_pod *p, int64_t at)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    char text[400];
    const char *version = p->old ? wl->old_version : wl->version;
    snprintf(text, sizeof text, "Successfully assigned %s/%s to %s", wl->ns, p->name,
             w->nodes[p->node].name);
    pod_event_at(w, p, "Scheduled", at, text);
    snprintf(text, sizeof text, "Pulling image \"%s:%s\"", wl->image, version);
    pod_event_at(w, p, "Pulling", at + SEC, text);
    snprintf(text, sizeof text, "Successfully pulled image \"%s:%s\" in 1.713s", wl->image,
             version);
    pod_event_at(w, p, "Pulled", at + 2 * SEC, text);
    struct world_event *created = NULL, *started = NULL;
    for (size_t i = 0; i < p->phase_count; i++) {
        if (p->phases[i].state != WORLD_STARTING)
            continue;
        if (!created) {
            snprintf(text, sizeof text, "Created container %s", wl->name);
            created = pod_event(w, p, true, "Normal", "Created", text);
            snprintf(text, sizeof text, "Started container %s", wl->name);
            started = pod_event(w, p, true, "Normal", "Started", text);
        }
        world_add_time(created, p->phases[i].from);
        world_add_time(started, p->phases[i].from);
    }
}

static void crash_events(struct world *w, const struct world_pod *p)
{
    char text[300];
    struct world_event *backoff =
        pod_event(w, p, true, "Warning", "BackOff", "Back-off restarting failed container");
    snprintf(text, sizeof text,
             "Readiness probe failed: Get \"http://%s:8080/readyz\": dial tcp %s:8080: connect: "
             "connection refused",
             p->ip, p->ip);
    struct world_event *unhealthy = pod_event(w, p, true, "Warning", "Unhealthy", text);
    for (size_t i = 0; i + 1 < p->phase_count; i++) {
        int64_t from = p->phases[i].from, to = p->phases[i + 1].from;
        if (p->phases[i].state == WORLD_BACKOFF)
            for (int64_t t = from; t < to; t += 13 * SEC)
                world_add_time(backoff, t);
        if (p->phases[i].state == WORLD_STARTING && p->phases[i].restarts)
            for (int64_t t = from + 5 * SEC; t < to; t += 10 * SEC)
                world_add_time(unhealthy, t);
    }
}

static void killing_event(struct world *w, const struct world_pod *p, int64_t at)
{
    char text[120];
    snprintf(text, sizeof text, "Stopping container %s", w->workloads[p->workload].name);
    pod_event_at(w, p, "Killing", at, text);
}

void incident_owner_event(struct world *w, const struct world_workload *wl, const char *kind,
                          uint64_t id, const char *name, const char *component, const char *reason,
                          int64_t at, const char *message)
{
    struct world_event *e =
        world_add_event(w, wl->ns, kind, world_keep(w, name), id, "Normal", reason, message);
    e->component = component;
    world_add_time(e, at);
}

/* ---- the rollout ---- */

static void plan_old_checkout(struct world *w, uint32_t index, int i, int64_t ends)
{
    int64_t created = w->start - 6 * CLOCK_DAY - CLOCK_HOUR * 3 + i * 9 * SEC;
    struct world_pod *p = world_add_pod(w, index, true, created);
    p->restarts = 0;
    struct plan plan = {0};
    add_phase(&plan, created, WORLD_CREATING);
    add_start(&plan, created + 4 * SEC);
    add_phase(&plan, created + 11 * SEC, WORLD_RUNNING);
    add_phase(&plan, ends, WORLD_TERMINATING);
    add_phase(&plan, ends + 4 * SEC, WORLD_GONE);
    keep_plan(w, p, &plan);
    killing_event(w, p, ends);
}

/* Runs, loses its database after `first_run` seconds, and again after each back-off. */
static void plan_failing(struct world *w, struct world_pod *p, int first_run, bool runs_full)
{
    struct dice d = dice_of(w->seed, p->id, 9);
    struct plan plan = {0};
    int64_t created = p->created;
    add_phase(&plan, created, WORLD_PENDING);
    add_phase(&plan, created + SEC / 4, WORLD_CREATING);
    add_start(&plan, created + CREATING_SECONDS * SEC);
    add_phase(&plan, created + 9 * SEC, WORLD_RUNNING);
    int64_t end = created + first_run * SEC;
    bool killed = false;
    for (int backoff = BACKOFF_FIRST;
         end<w->horizon; backoff = backoff * 2> BACKOFF_MAX ? BACKOFF_MAX : backoff * 2) {
        bool oom = runs_full && !killed && end >= incident_oom(w) - 100 * SEC;
        if (oom) {
            end = incident_oom(w);
            killed = true;
        }
        add_end(&plan, end, WORLD_FAILED, oom ? 137 : 1, oom ? "OOMKilled" : "Error");
        add_phase(&plan, end + SEC, WORLD_BACKOFF);
        int64_t again = end + backoff * SEC + (int64_t)dice_below(&d, 900) * CLOCK_MS;
        if (runs_full && !killed && again > incident_oom(w) - 150 * SEC)
            again = incident_oom(w) - 96 * SEC > end ? incident_oom(w) - 96 * SEC : end + 2 * SEC;
        add_start(&plan, again);
        end = again + (int64_t)(22 + dice_below(&d, 20)) * SEC;
    }
    keep_plan(w, p, &plan);
    birth_events(w, p, created);
    crash_events(w, p);
}

static void plan_new_checkout(struct world *w, uint32_t index, int i, int64_t created)
{
    static const int first_run[CHECKOUTS] = {98, 121, 150, 430}; /* seconds until the first crash */
    struct world_pod *p = world_add_pod(w, index, false, created);
    if (i == OOM_POD)
        p->node = 2 % (uint32_t)w->node_count;
    plan_failing(w, p, first_run[i], i == OOM_POD);
}

static void plan_rollout(struct world *w)
{
    static const int made[CHECKOUTS] = {0, 13, 26, 39}, ended[CHECKOUTS] = {12, 25, 38, 51};
    struct world_workload *wl = world_find_workload(w, "shop", "checkout");
    uint32_t index = (uint32_t)(wl - w->workloads);
    char name[100], text[200];
    wl->first_pod = w->pod_count;
    for (int i = 0; i < CHECKOUTS; i++)
        plan_old_checkout(w, index, i, w->rollout + ended[i] * SEC);
    for (int i = 0; i < CHECKOUTS; i++)
        plan_new_checkout(w, index, i, w->rollout + made[i] * SEC);
    for (int i = 0; i < CHECKOUTS; i++) {
        const struct world_pod *pods = &w->pods[wl->first_pod];
        snprintf(text, sizeof text, "Scaled up replica set checkout-%s to %d", wl->hash, i + 1);
        incident_owner_event(w, wl, "Deployment", wl->id, wl->name, "deployment-controller",
                             "ScalingReplicaSet", w->rollout + made[i] * SEC, text);
        snprintf(text, sizeof text, "Scaled down replica set checkout-%s to %d", wl->old_hash,
                 CHECKOUTS - 1 - i);
        incident_owner_event(w, wl, "Deployment", wl->id, wl->name, "deployment-controller",
                             "ScalingReplicaSet", w->rollout + ended[i] * SEC, text);
        snprintf(name, sizeof name, "checkout-%s", wl->hash);
        snprintf(text, sizeof text, "Created pod: %s", pods[CHECKOUTS + i].name);
        incident_owner_event(w, wl, "ReplicaSet", wl->id + 1, name, "replicaset-controller",
                             "SuccessfulCreate", w->rollout + made[i] * SEC, text);
        snprintf(name, sizeof name, "checkout-%s", wl->old_hash);
        snprintf(text, sizeof text, "Deleted pod: %s", pods[i].name);
        incident_owner_event(w, wl, "ReplicaSet", wl->id + 2, name, "replicaset-controller",
                             "SuccessfulDelete", w->rollout + ended[i] * SEC, text);
    }
}

/* ---- the node that runs short of memory ---- */

static void node_event(struct world *w, const struct world_node *n, const char *type,
                       const char *reason, const char *component, int64_t at, const char *message)
{
    struct world_event *e =
        world_add_event(w, "default", "Node", n->name, n->id, type, reason, message);
    e->component = component;
    e->host = n->name;
    world_add_time(e, at);
}

static void plan_evicted(struct world *w, struct world_pod *p, int64_t at)
{
    struct plan plan = {0};
    add_phase(&plan, p->created, WORLD_CREATING);
    add_start(&plan, p->created + 4 * SEC);
    add_phase(&plan, p->created + 12 * SEC, WORLD_RUNNING);
    add_end(&plan, at, WORLD_EVICTED, 137, "Error");
    keep_plan(w, p, &plan);
    world_add_time(pod_event(w, p, false, "Warning", "Evicted",
                             "The node was low on resource: memory. Container recommendation was "
                             "using 1164528Ki, which "
                             "exceeds its request of 512Mi. "),
                   at);
    killing_event(w, p, at);
}

static void plan_pressure(struct world *w)
{
    struct world_workload *wl = world_find_workload(w, "shop", "recommendation");
    uint32_t index = (uint32_t)(wl - w->workloads);
    struct world_node *n = &w->nodes[2 % w->node_count];
    int64_t at = incident_pressure(w);
    char text[300];
    wl->first_pod = w->pod_count;
    for (int i = 0; i < wl->replicas; i++)
        world_add_pod(w, index, false, w->start - 2 * CLOCK_DAY + i * 8 * SEC)->restarts = 0;
    w->pods[wl->first_pod].node = 2 % (uint32_t)w->node_count;
    w->pods[wl->first_pod + 1].node = 3 % (uint32_t)w->node_count;
    plan_evicted(w, &w->pods[wl->first_pod], at + 55 * SEC);
    int64_t again = at + 56 * SEC;
    struct world_pod *p = world_add_pod(w, index, false, again);
    p->node = 5 % (uint32_t)w->node_count;
    struct plan plan = {0};
    add_phase(&plan, again, WORLD_CREATING);
    add_start(&plan, again + 5 * SEC);
    add_phase(&plan, again + 16 * SEC, WORLD_RUNNING);
    keep_plan(w, p, &plan);
    birth_events(w, p, again);
    snprintf(text, sizeof text, "Created pod: %s", p->name);
    char name[100];
    snprintf(name, sizeof name, "%s-%s", wl->name, wl->hash);
    incident_owner_event(w, wl, "ReplicaSet", wl->id + 1, name, "replicaset-controller",
                         "SuccessfulCreate", again, text);

    n->pressure = at;
    snprintf(text, sizeof text, "Node %s status is now: NodeHasInsufficientMemory", n->name);
    node_event(w, n, "Normal", "NodeHasInsufficientMemory", "kubelet", at, text);
    node_event(w, n, "Warning", "EvictionThresholdMet", "kubelet", at + 45 * SEC,
               "Attempting to reclaim memory");
    node_event(w, n, "Warning", "OOMKilling", "kernel-monitor", incident_oom(w),
               "Memory cgroup out of memory: Killed process 28133 (checkout) total-vm:1318460kB, "
               "anon-rss:523312kB, "
               "file-rss:11204kB, shmem-rss:0kB, UID:1000 pgtables:1184kB oom_score_adj:968");
}

/* ---- what clients cause ---- */

void incident_plan_spare(struct world *w, struct world_pod *p, bool bound, int64_t ends)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    struct plan plan = {0};
    if (bound && wl->old_version && !p->old) {
        plan_failing(w, p, 40, false);
        return;
    }
    add_phase(&plan, p->created, WORLD_PENDING);
    if (bound) {
        add_phase(&plan, p->created + SEC / 4, WORLD_CREATING);
        add_start(&plan, p->created + 2 * SEC);
        add_phase(&plan, p->created + 4 * SEC, WORLD_RUNNING);
    }
    if (bound && ends)
        add_end(&plan, ends, WORLD_COMPLETED, 0, "Completed");
    keep_plan(w, p, &plan);
    if (bound)
        birth_events(w, p, p->created);
    else
        world_add_time(pod_event(w, p, false, "Warning", "FailedScheduling",
                                 "0/1 nodes are available: all of them were unschedulable."),
                       p->created);
}

void incident_plan_end(struct world *w, struct world_pod *p, int64_t at, int64_t gone)
{
    struct plan plan = {0};
    struct world_phase now;
    if (!p->phases && world_pod_at(w, p, p->created, &now))
        *add_phase(&plan, p->created, now.state) = now;
    for (size_t i = 0; i < p->phase_count && p->phases[i].from < at; i++)
        *add_phase(&plan, p->phases[i].from, p->phases[i].state) = p->phases[i];
    if (gone > at)
        add_phase(&plan, at, WORLD_TERMINATING);
    add_phase(&plan, gone, WORLD_GONE);
    keep_plan(w, p, &plan);
    killing_event(w, p, at);
}

/* ---- every day ---- */

static void plan_job(struct world *w, uint32_t index, int64_t at, int number)
{
    const struct world_workload *wl = &w->workloads[index];
    struct world_pod *p = world_add_pod(w, index, false, at);
    struct dice d = dice_of(w->seed, p->id, 11);
    char suffix[8], job[64], text[160];
    snprintf(job, sizeof job, "%s-%lld", wl->name, (long long)(at / CLOCK_MINUTE));
    snprintf(p->name, sizeof p->name, "%s-%s", job, dice_suffix(&d, suffix, 5));
    p->job = number;
    p->node = dice_below(&d, (uint32_t)w->node_count);
    p->restarts = 0;
    struct plan plan = {0};
    bool fails = dice_below(&d, 17) == 0 && (at + CLOCK_HOUR < w->start);
    int64_t end = at + (int64_t)(62 + dice_below(&d, 50)) * SEC;
    add_phase(&plan, at, WORLD_CREATING);
    add_start(&plan, at + CREATING_SECONDS * SEC);
    add_phase(&plan, at + CREATING_SECONDS * SEC, WORLD_RUNNING);
    add_end(&plan, end, fails ? WORLD_FAILED : WORLD_COMPLETED, fails,
            fails ? "Error" : "Completed");
    add_phase(&plan, at + JOB_KEPT_MINUTES * CLOCK_MINUTE + SEC, WORLD_GONE);
    keep_plan(w, p, &plan);
    if (at < w->start - 2 * CLOCK_HOUR)
        return;
    birth_events(w, p, at);
    snprintf(text, sizeof text, "Created job %s", job);
    incident_owner_event(w, wl, "CronJob", wl->id, wl->name, "cronjob-controller",
                         "SuccessfulCreate", at, text);
    snprintf(text, sizeof text, "Created pod: %s", p->name);
    incident_owner_event(w, wl, "Job", wl->id + 1000 + (uint64_t)number, job, "job-controller",
                         "SuccessfulCreate", at, text);
    if (!fails)
        incident_owner_event(w, wl, "Job", wl->id + 1000 + (uint64_t)number, job, "job-controller",
                             "Completed", end, "Job completed");
}

static void plan_jobs(struct world *w)
{
    struct world_workload *wl = world_find_workload(w, "data", "orders-etl");
    wl->first_pod = w->pod_count;
    int number = 0;
    for (int64_t at = clock_align(w->start - CLOCK_DAY, 10 * CLOCK_MINUTE); at < w->horizon;
         at += 10 * CLOCK_MINUTE)
        plan_job(w, (uint32_t)(wl - w->workloads), at, number++);
}

void incident_plan(struct world *w)
{
    plan_rollout(w);
    plan_pressure(w);
    plan_jobs(w);
    const struct world_workload *gateway = world_find_workload(w, "edge", "gateway");
    incident_owner_event(
        w, gateway, "HorizontalPodAutoscaler", gateway->id + 5, gateway->name,
        "horizontal-pod-autoscaler", "SuccessfulRescale", w->start - 41 * CLOCK_MINUTE,
        "New size: 4; reason: cpu resource utilization (percentage of request) above target");
}
