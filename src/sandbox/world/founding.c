#include "sandbox/world/founding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/incident.h"
#include "sandbox/world/world.h"

enum { NODES_SMALL = 6, PODS_A_NODE_FILLED = 30, REPLICAS_FILLED = 8, NAMESPACES_FILLED = 20 };

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
        n->id = world_id(w, n->name);
    }
}

static void finish_workload(struct world *w, struct world_workload *wl)
{
    char key[200];
    snprintf(key, sizeof key, "%s/%s", wl->ns, wl->name);
    wl->id = world_id(w, key);
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

struct world *founding_world(uint64_t seed, int64_t start, int nodes, int pods)
{
    struct world *w = world_new(seed, start);
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
    world_plan_all(w);
    /* Others point into the pods, which therefore never move again. */
    mem_grow(&w->pods, &w->pod_cap, w->pod_count + WORLD_SPARE_PODS, sizeof *w->pods);
    w->pod_cap = w->pod_count + WORLD_SPARE_PODS;
    return w;
}
