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
#include "sandbox/world/incident.h"

enum { NODES_SMALL = 6, PODS_A_NODE_FILLED = 30, REPLICAS_FILLED = 8, NAMESPACES_FILLED = 20 };

struct world_memory {
    struct arena arena;
};

static const struct world_workload base_workloads[] = {
#define W(ns_, name_, kind_, replicas_, logs_, rate_, image_, version_, old_, cpu_, memory_,       \
          port_, sidecar_)                                                                         \
    {.ns = ns_,                                                                                    \
     .name = name_,                                                                                \
     .kind = WORLD_##kind_,                                                                        \
     .replicas = replicas_,                                                                        \
     .logs = logs_,                                                                                \
     .rate = rate_,                                                                                \
     .image = image_,                                                                              \
     .version = version_,                                                                          \
     .old_version = old_,                                                                          \
     .cpu = cpu_,                                                                                  \
     .memory = memory_,                                                                            \
     .port = port_,                                                                                \
     .sidecar = sidecar_},
#include "sandbox/world/world_workloads.def"
#undef W
};
enum { BASE_WORKLOADS = sizeof base_workloads / sizeof *base_workloads };

static const char *const base_namespaces[] = {"data",        "default",     "edge",
                                              "kube-public", "kube-system", "kubeboard",
                                              "monitoring",  "payments",    "shop"};

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

static uint64_t text_id(const struct world *w, const char *text)
{
    return hash_mix(hash_id(text, strlen(text), HASH_ID_SEED) ^ w->seed);
}

static void make_nodes(struct world *w, int count)
{
    static const char *const zones[] = {"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"};
    w->node_count = (size_t)count;
    w->nodes = mem_array(w->node_count, sizeof *w->nodes);
    for (size_t i = 0; i < w->node_count; i++) {
        struct world_node *n = &w->nodes[i];
        struct dice d = dice_of(w->seed, i, 1);
        int third = (int)(i * 37 / 250 * 32 + i % 3 * 32 + dice_below(&d, 30)) % 256;
        int fourth = (int)((i * 37 + 11) % 250) + 2;
        int second = (int)(i / 4000);
        snprintf(n->ip, sizeof n->ip, "10.%d.%d.%d", second, third, fourth);
        snprintf(n->name, sizeof n->name, "ip-10-%d-%d-%d.ap-northeast-2.compute.internal", second,
                 third, fourth);
        char hex[20];
        snprintf(n->instance, sizeof n->instance, "i-0%s", dice_hex(&d, hex, 16));
        n->zone = zones[i % 3];
        bool large = i % 3 == 2;
        n->type = large ? "m5.2xlarge" : "m5.xlarge";
        n->cpu = large ? 8 : 4;
        n->memory = (large ? INT64_C(31) : INT64_C(15)) * 1024 * 1024 * 1024 +
                    (int64_t)dice_below(&d, 1 << 28);
        n->created = w->start - (int64_t)(3 + dice_below(&d, 40)) * CLOCK_DAY -
                     (int64_t)dice_below(&d, 80000) * CLOCK_SECOND;
        n->id = text_id(w, n->name);
    }
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

static void finish_workload(struct world *w, struct world_workload *wl)
{
    char key[200];
    snprintf(key, sizeof key, "%s/%s", wl->ns, wl->name);
    wl->id = text_id(w, key);
    struct dice d = dice_of(w->seed, wl->id, 3);
    dice_suffix(&d, wl->hash, 10);
    dice_suffix(&d, wl->old_hash, 10);
    wl->revision = 3 + (int)dice_below(&d, 60);
    wl->created = w->start - (int64_t)(20 + dice_below(&d, 300)) * CLOCK_DAY -
                  (int64_t)dice_below(&d, 86400) * CLOCK_SECOND;
    if (wl->kind == WORLD_DAEMONSET)
        wl->replicas = (int)w->node_count;
}

/* Pods that simply run. */
static void make_pods(struct world *w, uint32_t index)
{
    struct world_workload *wl = &w->workloads[index];
    wl->first_pod = w->pod_count;
    struct dice d = dice_of(w->seed, wl->id, 4);
    int64_t rolled = w->start - (int64_t)(1 + dice_below(&d, 12)) * CLOCK_DAY -
                     (int64_t)dice_below(&d, 50000) * CLOCK_SECOND;
    for (int i = 0; i < wl->replicas; i++) {
        int64_t created = wl->kind == WORLD_DAEMONSET ? w->nodes[i].created + 20 * CLOCK_SECOND
                                                      : rolled + i * 7 * CLOCK_SECOND;
        world_add_pod(w, index, false, created / CLOCK_SECOND * CLOCK_SECOND);
    }
}

/* More workloads of the same kind until the wished number of pods is reached: for measuring. They
 * write no logs. */
static size_t fillers_for(int pods, int nodes)
{
    int base = 0;
    for (size_t i = 0; i < BASE_WORKLOADS; i++)
        base += base_workloads[i].kind == WORLD_DAEMONSET ? nodes : base_workloads[i].replicas;
    return pods > base ? (size_t)(pods - base + REPLICAS_FILLED - 1) / REPLICAS_FILLED : 0;
}

static void make_fillers(struct world *w, size_t count)
{
    static const char *const names[] = {"api",    "worker", "web",  "billing",
                                        "search", "notify", "sync", "report"};
    for (size_t i = 0; i < count; i++) {
        struct world_workload *wl = &w->workloads[w->workload_count++];
        char text[64];
        snprintf(text, sizeof text, "team-%02zu", i % NAMESPACES_FILLED);
        wl->ns = world_keep(w, text);
        snprintf(text, sizeof text, "%s-%zu", names[i % 8], i / 8);
        wl->name = world_keep(w, text);
        wl->kind = WORLD_DEPLOYMENT;
        wl->replicas = REPLICAS_FILLED;
        wl->logs = "";
        wl->image = "registry.example.com/team/service";
        wl->version = "1.0.0";
        wl->cpu = 50;
        wl->memory = 128;
        wl->port = 8080;
        finish_workload(w, wl);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void make_namespaces(struct world *w, bool filled)
{
    size_t base = sizeof base_namespaces / sizeof *base_namespaces;
    w->namespaces = mem_array(base + NAMESPACES_FILLED, sizeof *w->namespaces);
    for (size_t i = 0; i < base; i++)
        w->namespaces[w->namespace_count++] = base_namespaces[i];
    for (int i = 0; filled && i < NAMESPACES_FILLED; i++) {
        char text[32];
        snprintf(text, sizeof text, "team-%02d", i);
        w->namespaces[w->namespace_count++] = world_keep(w, text);
    }
    qsort(w->namespaces, w->namespace_count, sizeof *w->namespaces, by_text);
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

static void make_changes(struct world *w)
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

struct world *world_new(uint64_t seed, int64_t start, int nodes, int pods)
{
    struct world *w = mem_alloc(sizeof *w);
    w->memory = mem_alloc(sizeof *w->memory);
    arena_init(&w->memory->arena);
    w->seed = hash_mix(seed ? seed : 1);
    w->start = start / CLOCK_SECOND * CLOCK_SECOND;
    w->rollout = w->start - 12 * CLOCK_MINUTE;
    w->horizon = w->start + 2 * CLOCK_DAY;
    if (nodes < NODES_SMALL)
        nodes = NODES_SMALL;
    if (nodes * 4 * PODS_A_NODE_FILLED < pods)
        nodes = pods / PODS_A_NODE_FILLED;
    make_nodes(w, nodes);
    size_t fillers = fillers_for(pods, nodes);
    make_namespaces(w, fillers > 0);
    w->workloads = mem_array(BASE_WORKLOADS + fillers, sizeof *w->workloads);
    memcpy(w->workloads, base_workloads, sizeof base_workloads);
    w->workload_count = BASE_WORKLOADS;
    for (size_t i = 0; i < BASE_WORKLOADS; i++)
        finish_workload(w, &w->workloads[i]);
    make_fillers(w, fillers);
    for (uint32_t i = 0; i < w->workload_count; i++)
        if (!incident_owns(&w->workloads[i]))
            make_pods(w, i);
    incident_plan(w);
    make_changes(w);
    /* Others point into the pods, which therefore never move again. */
    mem_grow(&w->pods, &w->pod_cap, w->pod_count + WORLD_SPARE_PODS, sizeof *w->pods);
    w->pod_cap = w->pod_count + WORLD_SPARE_PODS;
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
    e->id = hash_mix(object_id ^ text_id(w, reason) ^ text_id(w, message));
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
