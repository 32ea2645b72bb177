#include "sandbox/world/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/world/dice.h"

struct world_memory {
    struct arena arena;
};

char *world_keep(struct world *w, const char *text)
{
    return arena_dup(&w->memory->arena, str_of(text));
}

void *world_keep_bytes(struct world *w, const void *bytes, size_t n)
{
    void *copy = arena_alloc(&w->memory->arena, n);
    memcpy(copy, bytes, n);
    return copy;
}

uint64_t world_id(const struct world *w, const char *text)
{
    return hash_mix(hash_id(text, strlen(text), HASH_ID_SEED) ^ w->seed);
}

static struct world_pod *fill_pod(struct world *w, uint32_t workload, int generation,
                                  int64_t created)
{
    struct world_workload *wl = &w->workloads[workload];
    struct world_pod *p = &w->pods[w->pod_count];
    memset(p, 0, sizeof *p);
    size_t i = w->pod_count - wl->first_pod;
    struct dice d = dice_of(w->seed, wl->id, i);
    char suffix[8];
    dice_suffix(&d, suffix, 5);
    p->job = -1;
    if (wl->kind == WORLD_DEPLOYMENT)
        snprintf(p->name, sizeof p->name, "%s-%s-%s", wl->name, world_hash(wl, generation), suffix);
    else if (wl->kind == WORLD_STATEFULSET)
        snprintf(p->name, sizeof p->name, "%s-%zu", wl->name, i);
    else
        snprintf(p->name, sizeof p->name, "%s-%s", wl->name, suffix);
    p->workload = workload;
    p->old = generation == WORLD_OLD;
    p->generation = p->old ? 0 : generation;
    p->node = wl->kind == WORLD_DAEMONSET ? (uint32_t)(i % w->node_count)
                                          : (uint32_t)(w->pod_count % w->node_count);
    p->created = created;
    p->id = hash_mix(wl->id ^ hash_mix(i + 77));
    snprintf(p->ip, sizeof p->ip, "10.%u.%u.%u", 100 + (unsigned)(w->pod_count >> 16),
             (unsigned)(w->pod_count >> 8) & 255, (unsigned)w->pod_count & 255);
    p->restarts = dice_below(&d, 10) == 0 ? 1 + (int)dice_below(&d, 3) : 0;
    w->pod_count++;
    return p;
}

struct world_pod *world_add_pod(struct world *w, uint32_t workload, bool old, int64_t created)
{
    mem_grow(&w->pods, &w->pod_cap, w->pod_count + 1, sizeof *w->pods);
    w->workloads[workload].pod_count++;
    return fill_pod(w, workload, old ? WORLD_OLD : 0, created);
}

struct world_pod *world_add_spare(struct world *w, uint32_t workload, int generation,
                                  int64_t created)
{
    if (w->pod_count == w->pod_cap)
        return NULL;
    struct world_workload *wl = &w->workloads[workload];
    struct world_pod *p = fill_pod(w, workload, generation, created);
    p->restarts = 0;
    p->next_pod = wl->more_pods;
    wl->more_pods = (uint32_t)w->pod_count; /* its index + 1 */
    return p;
}

static void add_change(struct world *w, int64_t time, enum world_change_kind kind, size_t index)
{
    mem_grow(&w->changes, &w->change_cap, w->change_count + 1, sizeof *w->changes);
    w->changes[w->change_count++] = (struct world_change){time, kind, (uint32_t)index};
}

static int by_change(const void *a, const void *b)
{
    const struct world_change *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void pod_changes(struct world *w, const struct world_pod *p, int64_t after)
{
    for (size_t k = 0; k < p->phase_count; k++) {
        if (p->phases[k].from <= after)
            continue;
        add_change(w, p->phases[k].from, WORLD_CHANGE_POD, (size_t)(p - w->pods));
        add_change(w, p->phases[k].from, WORLD_CHANGE_WORKLOAD, p->workload);
    }
}

static void event_changes(struct world *w, size_t first, int64_t after)
{
    for (size_t i = first; i < w->event_count; i++) {
        struct world_event *e = w->events[i];
        qsort(e->times, e->count, sizeof *e->times, by_time);
        for (size_t k = 0; k < e->count; k++) {
            int64_t gone = e->times[k] + WORLD_EVENT_TTL_MINUTES * CLOCK_MINUTE;
            if (e->times[k] > after)
                add_change(w, e->times[k], WORLD_CHANGE_EVENT, i);
            if (gone > after)
                add_change(w, gone, WORLD_CHANGE_EVENT, i);
        }
    }
}

static void sort_changes(struct world *w)
{
    if (w->change_count)
        qsort(w->changes, w->change_count, sizeof *w->changes, by_change);
}

void world_plan_all(struct world *w)
{
    for (size_t i = 0; i < w->pod_count; i++)
        pod_changes(w, &w->pods[i], w->start);
    event_changes(w, 0, w->start);
    for (size_t i = 0; i < w->node_count; i++)
        if (w->nodes[i].pressure > w->start)
            add_change(w, w->nodes[i].pressure, WORLD_CHANGE_NODE, i);
    sort_changes(w);
}

void world_plan_more(struct world *w, const struct world_pod *p, size_t first_event, int64_t after)
{
    if (p)
        pod_changes(w, p, after);
    event_changes(w, first_event, after);
    sort_changes(w);
}

void world_plan_change(struct world *w, int64_t time, enum world_change_kind kind, size_t index)
{
    add_change(w, time, kind, index);
    sort_changes(w);
}

struct world *world_new(uint64_t seed, int64_t start)
{
    struct world *w = mem_alloc(sizeof *w);
    w->memory = mem_alloc(sizeof *w->memory);
    arena_init(&w->memory->arena);
    w->seed = hash_mix(seed ? seed : 1);
    w->start = start / CLOCK_SECOND * CLOCK_SECOND;
    w->rollout = w->start - 12 * CLOCK_MINUTE;
    w->horizon = w->start + 2 * CLOCK_DAY;
    return w;
}

void world_free(struct world *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->event_count; i++) {
        free(w->events[i]->times);
        free(w->events[i]);
    }
    arena_free(&w->memory->arena);
    free(w->memory);
    free(w->events);
    free(w->namespaces);
    free(w->nodes);
    free(w->workloads);
    free(w->pods);
    free(w->changes);
    free(w);
}

struct world_workload *world_find_workload(const struct world *w, const char *ns, const char *name)
{
    for (size_t i = 0; i < w->workload_count; i++)
        if (strcmp(w->workloads[i].name, name) == 0 && strcmp(w->workloads[i].ns, ns) == 0)
            return &w->workloads[i];
    return NULL;
}

/* ---- what is true at a moment ---- */

bool world_is_running(enum world_state s)
{
    return s == WORLD_STARTING || s == WORLD_RUNNING || s == WORLD_TERMINATING;
}

bool world_pod_at(const struct world *w, const struct world_pod *p, int64_t t,
                  struct world_phase *out)
{
    (void)w;
    if (t < p->created)
        return false;
    if (!p->phases) {
        *out = (struct world_phase){.from = p->created,
                                    .state = WORLD_RUNNING,
                                    .restarts = p->restarts,
                                    .started = p->created + 4 * CLOCK_SECOND};
        if (p->restarts) {
            out->ended = p->created + (int64_t)(p->id % 20 + 4) * CLOCK_HOUR;
            out->before = out->started;
            out->started = out->ended + CLOCK_SECOND;
            out->exit_code = 137;
            out->reason = "OOMKilled";
        }
        return true;
    }
    size_t low = 0, high = p->phase_count;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (p->phases[middle].from <= t)
            low = middle;
        else
            high = middle;
    }
    *out = p->phases[low];
    return out->from <= t && out->state != WORLD_GONE;
}

void world_pod_life(const struct world_pod *p, int64_t *from, int64_t *to)
{
    *from = p->created;
    *to = INT64_MAX;
    if (p->phase_count && p->phases[p->phase_count - 1].state == WORLD_GONE)
        *to = p->phases[p->phase_count - 1].from;
}

int world_pod_generation(const struct world_pod *p)
{
    return p->old ? WORLD_OLD : p->generation;
}

static void count_pod(const struct world *w, const struct world_pod *p, int generation, int64_t t,
                      int *pods, int *ready)
{
    struct world_phase phase;
    if (world_pod_generation(p) != generation || !world_pod_at(w, p, t, &phase) ||
        phase.state == WORLD_EVICTED || phase.state == WORLD_COMPLETED ||
        phase.state == WORLD_TERMINATING)
        return;
    ++*pods;
    *ready += phase.state == WORLD_RUNNING;
}

void world_count_pods(const struct world *w, const struct world_workload *wl, int generation,
                      int64_t t, int *pods, int *ready)
{
    *pods = *ready = 0;
    for (size_t i = 0; i < wl->pod_count; i++)
        count_pod(w, &w->pods[wl->first_pod + i], generation, t, pods, ready);
    for (uint32_t i = wl->more_pods; i; i = w->pods[i - 1].next_pod)
        count_pod(w, &w->pods[i - 1], generation, t, pods, ready);
}

struct world_wish world_wish_at(const struct world_workload *wl, int64_t t)
{
    size_t i = wl->wish_count;
    while (i && wl->wishes[i - 1].from > t)
        i--;
    if (i)
        return wl->wishes[i - 1];
    struct world_wish planned = {.replicas = wl->replicas};
    str_copy(planned.hash, sizeof planned.hash, wl->hash);
    return planned;
}

const char *world_hash(const struct world_workload *wl, int generation)
{
    if (generation == WORLD_OLD)
        return wl->old_hash;
    for (size_t i = 0; i < wl->wish_count; i++)
        if (wl->wishes[i].generation == generation)
            return wl->wishes[i].hash;
    return wl->hash;
}

bool world_is_cordoned(const struct world_node *n, int64_t t)
{
    size_t i = 0;
    while (i < n->cordon_count && n->cordons[i] <= t)
        i++;
    return i & 1;
}

size_t world_event_at(const struct world_event *e, int64_t t, int64_t *first, int64_t *last)
{
    size_t low = 0, high = e->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->times[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low || e->times[low - 1] + WORLD_EVENT_TTL_MINUTES * CLOCK_MINUTE <= t)
        return 0;
    *first = e->times[0];
    *last = e->times[low - 1];
    return low;
}

double world_traffic(const struct world *w, int64_t t)
{
    double day = (double)(t % CLOCK_DAY) / (double)CLOCK_DAY;
    struct dice d = dice_of(w->seed, (uint64_t)(t / (10 * CLOCK_MINUTE)), 5);
    return (1.0 + 0.35 * sin((day - 0.12) * 2 * 3.14159265358979)) * (0.92 + 0.16 * dice_unit(&d));
}

/* ---- events ---- */

struct world_event *world_add_event(struct world *w, const char *ns, const char *kind,
                                    const char *object, uint64_t object_id, const char *type,
                                    const char *reason, const char *message)
{
    struct world_event *e = mem_alloc(sizeof *e);
    e->ns = ns;
    e->kind = kind;
    e->api = strcmp(kind, "Deployment") == 0 || strcmp(kind, "ReplicaSet") == 0 ? "apps/v1"
             : strcmp(kind, "Job") == 0 || strcmp(kind, "CronJob") == 0         ? "batch/v1"
             : strcmp(kind, "Node") == 0                                        ? ""
                                                                                : "v1";
    e->object = object;
    e->object_id = object_id;
    e->field = e->host = "";
    e->component = "kubelet";
    e->type = type;
    e->reason = reason;
    e->message = world_keep(w, message);
    e->id = hash_mix(object_id ^ world_id(w, reason) ^ world_id(w, message));
    snprintf(e->name, sizeof e->name, "%s.%016llx", object,
             (unsigned long long)(e->id | UINT64_C(0x1600000000000000)));
    mem_grow(&w->events, &w->event_cap, w->event_count + 1, sizeof *w->events);
    w->events[w->event_count++] = e;
    return e;
}

void world_add_time(struct world_event *e, int64_t t)
{
    mem_grow(&e->times, &e->cap, e->count + 1, sizeof *e->times);
    e->times[e->count++] = t;
}

const char *world_phase_name(const struct world_pod *p, const struct world_phase *ph)
{
    switch (ph->state) {
    case WORLD_PENDING:
    case WORLD_CREATING:
        return "Pending";
    case WORLD_COMPLETED:
        return "Succeeded";
    case WORLD_EVICTED:
        return "Failed";
    case WORLD_FAILED:
        return p->job >= 0 ? "Failed" : "Running";
    default:
        return "Running";
    }
}
