/* metrics.k8s.io/v1beta1, as a metrics-server behind the aggregation layer answers: what Prometheus
 * shows of the same moment, without its history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/prometheus/meters.h"
#include "sandbox/world/world.h"

enum { CONTAINERS = 4, BODY_MAX = 32 << 20 };
#define RESOLUTION (15 * CLOCK_SECOND)

/* What one node or pod uses: a pod by its containers, a node as its only one. */
struct used {
    char ns[64], name[80];
    struct {
        char name[64];
        double cpu, memory; /* cores, bytes */
    } list[CONTAINERS];
    size_t count;
};

struct usage {
    const struct apiserver_call *call;
    const struct world *world;
    struct map *all; /* "namespace/name" or a node's address -> struct used */
    bool memory;     /* which of the two is being read */
    double factor;
};

static const char *label(const struct meters_label *labels, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(labels[i].name, name) == 0)
            return labels[i].value;
    return "";
}

static struct used *used_of(struct usage *u, const char *ns, const char *name)
{
    char key[160];
    snprintf(key, sizeof key, "%s/%s", ns, name);
    struct used *used = map_get(u->all, str_of(key));
    if (used)
        return used;
    used = mem_alloc(sizeof *used);
    snprintf(used->ns, sizeof used->ns, "%s", ns);
    snprintf(used->name, sizeof used->name, "%s", name);
    map_put(u->all, str_of(key), used);
    return used;
}

static void take(struct usage *u, struct used *used, const char *container, double value)
{
    size_t i = 0;
    while (i < used->count && strcmp(used->list[i].name, container) != 0)
        i++;
    if (i == CONTAINERS)
        return;
    if (i == used->count)
        snprintf(used->list[used->count++].name, sizeof used->list[i].name, "%s", container);
    *(u->memory ? &used->list[i].memory : &used->list[i].cpu) += value * u->factor;
}

static void on_container(void *context, const struct meters_label *labels, size_t count,
                         double value)
{
    struct usage *u = context;
    const char *container = label(labels, count, "container");
    const char *ns = label(labels, count, "namespace");
    if (!*container || strcmp(container, "POD") == 0 ||
        (*u->call->ns && strcmp(u->call->ns, ns) != 0))
        return;
    take(u, used_of(u, ns, label(labels, count, "pod")), container, value);
}

/* The pretend node_exporter tells the share of all cores in one series. */
static void on_node(void *context, const struct meters_label *labels, size_t count, double value)
{
    struct usage *u = context;
    const char *instance = label(labels, count, "instance");
    size_t address = strcspn(instance, ":");
    if (strcmp(label(labels, count, "mode"), "idle") == 0)
        return;
    for (size_t i = 0; i < u->world->node_count; i++) {
        const struct world_node *n = &u->world->nodes[i];
        if (strlen(n->ip) == address && strncmp(n->ip, instance, address) == 0)
            take(u, used_of(u, "", n->name), "", u->memory ? value : value * n->cpu);
    }
}

static void read_all(struct usage *u, int64_t t)
{
    bool nodes = strcmp(u->call->resource, "nodes") == 0;
    u->factor = 1;
    meters_each(u->world, nodes ? "node_cpu_seconds_total" : "container_cpu_usage_seconds_total", t,
                nodes ? on_node : on_container, u);
    u->memory = true;
    if (!nodes) {
        meters_each(u->world, "container_memory_working_set_bytes", t, on_container, u);
        return;
    }
    meters_each(u->world, "node_memory_MemTotal_bytes", t, on_node, u);
    u->factor = -1;
    meters_each(u->world, "node_memory_MemAvailable_bytes", t, on_node, u);
}

static void write_amounts(struct json_out *out, double cpu, double memory)
{
    json_out_object(out, "usage");
    pretend_textf(out, "cpu", "%.0fn", cpu * 1e9);
    pretend_textf(out, "memory", "%.0fKi", memory / 1024);
    json_out_end_object(out);
}

static void write_one(const struct usage *u, const struct used *used, int64_t t, bool typed,
                      struct json_out *out)
{
    char time[CLOCK_TEXT];
    bool pod = *used->ns;
    json_out_object(out, NULL);
    if (typed) {
        json_out_text(out, "kind", pod ? "PodMetrics" : "NodeMetrics");
        json_out_text(out, "apiVersion", "metrics.k8s.io/v1beta1");
    }
    json_out_object(out, "metadata");
    json_out_text(out, "name", used->name);
    if (pod)
        json_out_text(out, "namespace", used->ns);
    json_out_text(out, "creationTimestamp", clock_rfc3339(u->call->t, false, time));
    json_out_end_object(out);
    json_out_text(out, "timestamp", clock_rfc3339(t, false, time));
    json_out_text(out, "window", "20s");
    if (!pod)
        write_amounts(out, used->list[0].cpu, used->list[0].memory);
    else
        json_out_array(out, "containers");
    for (size_t i = 0; pod && i < used->count; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "name", used->list[i].name);
        write_amounts(out, used->list[i].cpu, used->list[i].memory);
        json_out_end_object(out);
    }
    if (pod)
        json_out_end_array(out);
    json_out_end_object(out);
}

static void write_list(const struct usage *u, int64_t t, struct json_out *out)
{
    struct str key;
    void *used;
    bool nodes = strcmp(u->call->resource, "nodes") == 0;
    json_out_object(out, NULL);
    json_out_text(out, "kind", nodes ? "NodeMetricsList" : "PodMetricsList");
    json_out_text(out, "apiVersion", "metrics.k8s.io/v1beta1");
    json_out_object(out, "metadata");
    json_out_end_object(out);
    json_out_array(out, "items");
    for (size_t at = 0; map_next(u->all, &at, &key, &used);)
        write_one(u, used, t, false, out);
    json_out_end_array(out);
    json_out_end_object(out);
}

void apiserver_usage(struct apiserver_call *c)
{
    bool pods = strcmp(c->resource, "pods") == 0, nodes = strcmp(c->resource, "nodes") == 0;
    bool reads = strcmp(c->verb, "list") == 0 || strcmp(c->verb, "get") == 0;
    if (strcmp(c->version, "v1beta1") != 0 || (!pods && !nodes) || *c->sub || !reads) {
        apiserver_status_no_resource(c);
        return;
    }
    struct usage u = {.call = c, .world = c->conf->world, .all = map_new()};
    int64_t t = clock_align(c->t, RESOLUTION);
    char key[160];
    struct buf json;
    read_all(&u, t);
    buf_init(&json, BODY_MAX);
    struct json_out out = {.b = &json};
    snprintf(key, sizeof key, "%s/%s", c->ns, c->name);
    const struct used *one = *c->name ? map_get(u.all, str_of(key)) : NULL;
    if (one)
        write_one(&u, one, t, true, &out);
    else if (!*c->name)
        write_list(&u, t, &out);
    if (json.n)
        apiserver_call_answer(c, 200, buf_str(&json));
    else
        apiserver_status_not_found(c);
    buf_free(&json);
    map_free(u.all, free);
}
