#include "sandbox/prometheus/meters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/prometheus/promd.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/incident.h"
#include "sandbox/world/world.h"

#define MIB (1024.0 * 1024.0)

struct telling {
    const struct world *w;
    int64_t t;
    void (*each)(void *context, const struct meters_label *labels, size_t count, double value);
    void *context;
};

/* A value that wanders: one throw a quarter of a minute for each id, smoothed over a minute. 0…1.
 */
static double wander(const struct world *w, uint64_t id, int64_t t)
{
    double sum = 0;
    int64_t slot = t / (15 * CLOCK_SECOND);
    for (int i = 0; i < 4; i++) {
        struct dice d = dice_of(w->seed, id, (uint64_t)(slot - i));
        sum += dice_unit(&d);
    }
    return sum / 4;
}

static bool is_of_incident(const struct world *w, const struct world_workload *wl,
                           const struct world_pod *p)
{
    return wl->old_version && !p->old && incident_depth(w, w->start) > 0;
}

/* Cores. Errors and retries cost the new version more than its traffic does. */
static double pod_cpu(const struct world *w, const struct world_pod *p, int64_t t)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    double usual = wl->cpu / 1000.0 * (0.25 + 0.3 * world_traffic(w, t));
    double extra = is_of_incident(w, wl, p) ? 1.2 * incident_depth(w, t) : 0;
    return usual * (0.7 + 0.6 * wander(w, p->id, t)) * (1 + extra);
}

/* Bytes. The new version leaks from each start on, until the kernel ends it. */
static double pod_memory(const struct world *w, const struct world_pod *p,
                         const struct world_phase *phase, int64_t t)
{
    const struct world_workload *wl = &w->workloads[p->workload];
    double limit = 2.0 * wl->memory * MIB;
    double bytes = wl->memory * MIB * (0.45 + 0.2 * wander(w, p->id + 1, t));
    if (is_of_incident(w, wl, p)) {
        double minutes = (double)(t - phase->started) / (double)CLOCK_MINUTE;
        bytes += limit * 0.12 * (minutes > 0 ? minutes : 0);
    }
    return bytes < limit * 0.99 ? bytes : limit * 0.99;
}

static void tell_pod(const struct telling *to, const struct world_pod *p, const char *container,
                     double value)
{
    const struct world_workload *wl = &to->w->workloads[p->workload];
    const char *node = to->w->nodes[p->node].name;
    struct meters_label labels[] = {{"container", container}, {"instance", node},
                                    {"job", "kubelet"},       {"namespace", wl->ns},
                                    {"node", node},           {"pod", p->name}};
    to->each(to->context, labels, sizeof labels / sizeof *labels, value);
}

/* cAdvisor tells a pod three times: its container, its pause container, and the sum without a
 * container's name. */
static void each_pod(const struct telling *to, bool memory)
{
    const struct world *w = to->w;
    for (size_t i = 0; i < w->pod_count; i++) {
        struct world_phase phase;
        const struct world_pod *p = &w->pods[i];
        if (!world_pod_at(w, p, to->t, &phase) || !world_is_running(phase.state))
            continue;
        double value = memory ? floor(pod_memory(w, p, &phase, to->t)) : pod_cpu(w, p, to->t);
        double pause = memory ? floor(0.6 * MIB) : 0;
        tell_pod(to, p, w->workloads[p->workload].name, value);
        tell_pod(to, p, "POD", pause);
        tell_pod(to, p, "", value + pause);
    }
}

static void pod_cpus(const struct telling *to)
{
    each_pod(to, false);
}

static void pod_memories(const struct telling *to)
{
    each_pod(to, true);
}

/* The share of a node that its pods and its system use. */
static double node_share(const struct world *w, const struct world_node *n, int64_t t, bool memory)
{
    double used = memory ? 0.25 : 0.06;
    double base = used + 0.3 * world_traffic(w, t) + 0.18 * wander(w, n->id + memory, t);
    if (memory && n->pressure && t >= n->pressure - 4 * CLOCK_MINUTE) {
        double near = (double)(t - n->pressure + 4 * CLOCK_MINUTE) / (double)(4 * CLOCK_MINUTE);
        base += (0.95 - base) * (near < 1 ? near : 1);
    }
    return base < 0.97 ? base : 0.97;
}

static void tell_node(const struct telling *to, const struct world_node *n, const char *extra,
                      const char *value, double number)
{
    char instance[40];
    snprintf(instance, sizeof instance, "%s:9100", n->ip);
    struct meters_label labels[] = {
        {"instance", instance}, {"job", "node-exporter"}, {extra, value}};
    to->each(to->context, labels, extra ? 3 : 2, number);
}

static void node_cpus(const struct telling *to)
{
    for (size_t i = 0; i < to->w->node_count; i++) {
        const struct world_node *n = &to->w->nodes[i];
        double busy = node_share(to->w, n, to->t, false);
        tell_node(to, n, "mode", "idle", 1 - busy);
        tell_node(to, n, "mode", "user", busy * 0.7);
        tell_node(to, n, "mode", "system", busy * 0.3);
    }
}

static void node_memory_free(const struct telling *to)
{
    for (size_t i = 0; i < to->w->node_count; i++) {
        const struct world_node *n = &to->w->nodes[i];
        tell_node(to, n, NULL, NULL,
                  floor((double)n->memory * (1 - node_share(to->w, n, to->t, true))));
    }
}

static void node_memory(const struct telling *to)
{
    for (size_t i = 0; i < to->w->node_count; i++)
        tell_node(to, &to->w->nodes[i], NULL, NULL, (double)to->w->nodes[i].memory);
}

static void node_names(const struct telling *to)
{
    for (size_t i = 0; i < to->w->node_count; i++)
        tell_node(to, &to->w->nodes[i], "nodename", to->w->nodes[i].name, 1);
}

static void allocatable(const struct telling *to)
{
    for (size_t i = 0; i < to->w->node_count; i++) {
        const struct world_node *n = &to->w->nodes[i];
        struct meters_label cpu[] = {
            {"job", "kube-state-metrics"}, {"node", n->name}, {"resource", "cpu"}};
        struct meters_label memory[] = {
            {"job", "kube-state-metrics"}, {"node", n->name}, {"resource", "memory"}};
        to->each(to->context, cpu, 3, n->cpu);
        to->each(to->context, memory, 3, floor((double)n->memory * 0.93));
    }
}

static void each_resource(const struct telling *to, double factor)
{
    for (size_t i = 0; i < to->w->pod_count; i++) {
        struct world_phase phase;
        const struct world_pod *p = &to->w->pods[i];
        const struct world_workload *wl = &to->w->workloads[p->workload];
        if (!world_pod_at(to->w, p, to->t, &phase))
            continue;
        const char *const names[] = {"cpu", "memory"};
        const double values[] = {wl->cpu / 1000.0 * factor, wl->memory * MIB * factor};
        for (int r = 0; r < 2; r++) {
            struct meters_label labels[] = {
                {"container", wl->name}, {"job", "kube-state-metrics"},
                {"namespace", wl->ns},   {"node", to->w->nodes[p->node].name},
                {"pod", p->name},        {"resource", names[r]}};
            to->each(to->context, labels, 6, values[r]);
        }
    }
}

static void requests(const struct telling *to)
{
    each_resource(to, 1);
}

static void limits(const struct telling *to)
{
    each_resource(to, 2);
}

static void restarts(const struct telling *to)
{
    for (size_t i = 0; i < to->w->pod_count; i++) {
        struct world_phase phase;
        const struct world_pod *p = &to->w->pods[i];
        const struct world_workload *wl = &to->w->workloads[p->workload];
        if (!world_pod_at(to->w, p, to->t, &phase))
            continue;
        struct meters_label labels[] = {{"container", wl->name},
                                        {"job", "kube-state-metrics"},
                                        {"namespace", wl->ns},
                                        {"pod", p->name}};
        to->each(to->context, labels, 4, phase.restarts);
    }
}

/* kube-state-metrics tells every phase of every pod: 1 for the one that it is in. */
static void pod_phases(const struct telling *to)
{
    static const char *const phases[] = {"Failed", "Pending", "Running", "Succeeded", "Unknown"};
    for (size_t i = 0; i < to->w->pod_count; i++) {
        struct world_phase phase;
        const struct world_pod *p = &to->w->pods[i];
        if (!world_pod_at(to->w, p, to->t, &phase))
            continue;
        for (size_t k = 0; k < sizeof phases / sizeof *phases; k++) {
            struct meters_label labels[] = {{"job", "kube-state-metrics"},
                                            {"namespace", to->w->workloads[p->workload].ns},
                                            {"phase", phases[k]},
                                            {"pod", p->name}};
            to->each(to->context, labels, 4, strcmp(phases[k], world_phase_name(p, &phase)) == 0);
        }
    }
}

static void pod_infos(const struct telling *to)
{
    static const char *const owners[] = {"ReplicaSet", "StatefulSet", "DaemonSet", "Job"};
    for (size_t i = 0; i < to->w->pod_count; i++) {
        struct world_phase phase;
        const struct world_pod *p = &to->w->pods[i];
        const struct world_workload *wl = &to->w->workloads[p->workload];
        if (!world_pod_at(to->w, p, to->t, &phase))
            continue;
        struct meters_label labels[] = {{"created_by_kind", owners[wl->kind]},
                                        {"host_ip", to->w->nodes[p->node].ip},
                                        {"job", "kube-state-metrics"},
                                        {"namespace", wl->ns},
                                        {"node", to->w->nodes[p->node].name},
                                        {"pod", p->name},
                                        {"pod_ip", p->ip}};
        to->each(to->context, labels, 7, 1);
    }
}

static void alert_series(const struct telling *to)
{
    struct promd_alert list[PROMD_ALERTS];
    size_t count = promd_alerts(to->w, to->t, list);
    for (size_t i = 0; i < count; i++) {
        struct meters_label labels[] = {{"alertname", list[i].name},
                                        {"alertstate", list[i].firing ? "firing" : "pending"},
                                        {"namespace", list[i].namespace_},
                                        {"severity", list[i].severity}};
        to->each(to->context, labels, 4, 1);
    }
}

static void targets(const struct telling *to)
{
    static const char *const jobs[] = {"kubelet", "kube-state-metrics", "node-exporter",
                                       "prometheus"};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        struct meters_label labels[] = {{"instance", "10.0.0.1:9090"}, {"job", jobs[i]}};
        to->each(to->context, labels, 2, 1);
    }
}

struct meter {
    const char *name;
    enum meters_type type;
    void (*tell)(const struct telling *to);
};

static const struct meter metrics[] = {
    {"ALERTS", METERS_GAUGE, alert_series},
    {"container_cpu_usage_seconds_total", METERS_RATE, pod_cpus},
    {"container_memory_working_set_bytes", METERS_GAUGE, pod_memories},
    {"kube_node_status_allocatable", METERS_GAUGE, allocatable},
    {"kube_pod_container_resource_limits", METERS_GAUGE, limits},
    {"kube_pod_container_resource_requests", METERS_GAUGE, requests},
    {"kube_pod_container_status_restarts_total", METERS_COUNT, restarts},
    {"kube_pod_info", METERS_GAUGE, pod_infos},
    {"kube_pod_status_phase", METERS_GAUGE, pod_phases},
    {"node_cpu_seconds_total", METERS_RATE, node_cpus},
    {"node_memory_MemAvailable_bytes", METERS_GAUGE, node_memory_free},
    {"node_memory_MemTotal_bytes", METERS_GAUGE, node_memory},
    {"node_uname_info", METERS_GAUGE, node_names},
    {"up", METERS_GAUGE, targets},
};

enum { COUNT = sizeof metrics / sizeof *metrics };

const char *meters_name(size_t i)
{
    return i < COUNT ? metrics[i].name : NULL;
}

enum meters_type meters_type_of(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(metrics[i].name, name) == 0)
            return metrics[i].type;
    return METERS_GAUGE;
}

bool meters_each(const struct world *w, const char *name, int64_t t,
                 void (*each)(void *context, const struct meters_label *labels, size_t count,
                              double value),
                 void *context)
{
    struct telling to = {w, t, each, context};
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(metrics[i].name, name) == 0) {
            metrics[i].tell(&to);
            return true;
        }
    }
    return false;
}
