#include "kube/describe/describe_node.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/describe/describe_parts.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/quantity.h"
#include "kube/kinds/trouble.h"

enum { TEXT_LONGEST = 4096 };

static void add_text(struct page *p, const char *key, const char *text)
{
    if (*text)
        page_field(p, key, PAGE_TEXT, text);
}

static void add_taints(struct page *p, const struct json *node)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    for (const struct json *t = json_first(json_get(node, "spec.taints")); t; t = json_next(t)) {
        const char *value = json_string(t, "value", "");
        trouble_part(&text, ", ");
        buf_printf(&text, "%.300s%s%.100s:%.40s", json_string(t, "key", ""), *value ? "=" : "",
                   value, json_string(t, "effect", ""));
    }
    add_text(p, "Taints", text.n ? buf_text(&text) : "");
    buf_free(&text);
}

void describe_node_fields(struct page *p, const struct json *node)
{
    static const struct {
        const char *key, *path;
    } fields[] = {{"Provider", "spec.providerID"},
                  {"Pod CIDR", "spec.podCIDR"},
                  {"Kubelet", "status.nodeInfo.kubeletVersion"},
                  {"Container runtime", "status.nodeInfo.containerRuntimeVersion"},
                  {"OS", "status.nodeInfo.osImage"},
                  {"Kernel", "status.nodeInfo.kernelVersion"},
                  {"Architecture", "status.nodeInfo.architecture"}};
    if (json_bool(node, "spec.unschedulable", false))
        page_field(p, "Unschedulable", PAGE_WARN, "yes: cordoned");
    add_taints(p, node);
    const struct json *a = json_first(json_get(node, "status.addresses"));
    for (; a; a = json_next(a))
        add_text(p, json_string(a, "type", "Address"), json_string(a, "address", ""));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        add_text(p, fields[i].key, json_string(node, fields[i].path, ""));
}

/* ---- what it has, and what is asked of it ---- */

static void add_amounts(struct page *p, const char *key, const struct json *list)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    describe_parts_amounts(&text, list);
    add_text(p, key, text.n ? buf_text(&text) : "");
    buf_free(&text);
}

static const union cell *cell(const struct object *pod, const char *title)
{
    return &pod->cells[objects_column(&kind_pod.kind, title)];
}

static bool has_ended(const struct object *pod)
{
    const char *phase = cell(pod, "PHASE")->text;
    return strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
}

static int64_t sum(const struct objects *pods, const char *title)
{
    int64_t total = 0;
    for (size_t i = 0; i < objects_count(pods); i++) {
        const struct object *pod = objects_at(pods, i);
        int64_t n = cell(pod, title)->number;
        if (!has_ended(pod) && n > 0 && __builtin_add_overflow(total, n, &total))
            return INT64_MAX;
    }
    return total;
}

static void add_asked(struct page *p, const char *key, const struct objects *pods,
                      const char *requests, const char *limits, int64_t has, int64_t unit,
                      const char *suffix)
{
    int64_t asked = sum(pods, requests), limit = sum(pods, limits);
    int asked_share = has > 0 ? (int)(100.0 * (double)asked / (double)has + 0.5) : 0,
        limit_share = has > 0 ? (int)(100.0 * (double)limit / (double)has + 0.5) : 0;
    page_fieldf(p, key, asked_share > 100 ? PAGE_WARN : PAGE_TEXT,
                "requests %lld%s (%d%%), limits %lld%s (%d%%)", (long long)(asked / unit), suffix,
                asked_share, (long long)(limit / unit), suffix, limit_share);
}

static int by_place(const void *a, const void *b)
{
    return object_compare(&kind_pod.kind, *(const struct object *const *)a,
                          *(const struct object *const *)b, -3);
}

static void add_pod(struct page *p, const struct object *pod)
{
    struct buf key;
    const union cell *ready = cell(pod, "READY");
    int64_t cpu = cell(pod, "CPU REQUEST")->number, memory = cell(pod, "MEMORY REQUEST")->number;
    buf_init(&key, TEXT_LONGEST);
    buf_printf(&key, "%s/%s", pod->namespace_, pod->name);
    page_fieldf(p, buf_text(&key), describe_parts_health(pod->health),
                "%.60s %d/%d, restarts %lld, requests cpu %lldm, memory %lldMi",
                cell(pod, "STATUS")->text, (int)ready->pair.part, (int)ready->pair.whole,
                (long long)cell(pod, "RESTARTS")->number, (long long)(cpu < 0 ? 0 : cpu),
                (long long)(memory < 0 ? 0 : memory >> 20));
    page_link(p, "Pod", pod->namespace_, pod->name);
    buf_free(&key);
}

static void add_pods(struct page *p, const struct objects *pods)
{
    size_t count = objects_count(pods);
    const struct object **list = mem_array(count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = objects_at(pods, i);
    qsort(list, count, sizeof *list, by_place);
    for (size_t i = 0; i < count; i++)
        add_pod(p, list[i]);
    free(list);
}

void describe_node_sections(struct page *p, const struct json *node, const struct objects *pods,
                            const char *why)
{
    const struct json *allocatable = json_get(node, "status.allocatable");
    int64_t cpu, memory, most;
    quantity_milli(str_of(json_string(allocatable, "cpu", "")), &cpu);
    quantity_value(str_of(json_string(allocatable, "memory", "")), &memory);
    quantity_value(str_of(json_string(allocatable, "pods", "")), &most);
    page_section(p, "Resources");
    add_amounts(p, "Capacity", json_get(node, "status.capacity"));
    add_amounts(p, "Allocatable", allocatable);
    if (pods) {
        add_asked(p, "CPU", pods, "CPU REQUEST", "CPU LIMIT", cpu, 1, "m");
        add_asked(p, "Memory", pods, "MEMORY REQUEST", "MEMORY LIMIT", memory, 1 << 20, "Mi");
        page_fieldf(p, "Pods", PAGE_TEXT, "%zu of %lld", objects_count(pods), (long long)most);
    }
    page_section(p, "Pods");
    if (!pods || !objects_count(pods))
        page_text(p, PAGE_DIM, pods ? "none" : why);
    else
        add_pods(p, pods);
}
