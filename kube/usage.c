/*
 * NodeMetricsList and PodMetricsList, as documented in k8s.io/metrics: {"metadata":{"name","namespace"},
 * "timestamp","window","usage":{"cpu":"156340273n","memory":"3213Ki"}}; a pod's has "containers"
 * with a usage each, and its metrics are their sum.
 */
#include "kube/usage.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/quantity.h"
#include "kube/pages.h"

#define API "/apis/metrics.k8s.io/v1beta1"

static const char *const keep[] = {"metadata.name", "metadata.namespace", "timestamp",
                                   "usage",         "containers.usage",   NULL};

struct usage {
    struct usage_conf conf; /* its texts are not used after the start */
    struct pages *pages;
    struct json_doc *doc;
    size_t count;
};

static int64_t sum(int64_t a, int64_t b)
{
    int64_t out;
    return b <= 0 ? a : __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

static void add_usage(struct usage_one *one, const struct json *holder)
{
    int64_t cpu, memory;
    quantity_nano(str_of(json_string(holder, "usage.cpu", "")), &cpu);
    quantity_value(str_of(json_string(holder, "usage.memory", "")), &memory);
    one->cpu = sum(one->cpu, cpu);
    one->memory = sum(one->memory, memory);
}

static bool on_element(void *context, struct str json, struct err *err)
{
    struct usage *u = context;
    const struct json *j = json_parse(u->doc, json.p, json.n, err);
    if (!j)
        return false;
    struct usage_one one = {.namespace_ = json_string(j, "metadata.namespace", ""),
                            .name = json_string(j, "metadata.name", ""),
                            .time = kinds_time(j, "timestamp")};
    if (!*one.name)
        return true;
    add_usage(&one, j);
    for (const struct json *c = json_first(json_member(j, "containers")); c; c = json_next(c))
        add_usage(&one, c);
    u->count++;
    u->conf.one(u->conf.context, &one);
    return true;
}

static void on_done(void *context, const char *version, const struct err *err)
{
    struct usage *u = context;
    struct usage_conf conf = u->conf;
    struct err end = *err;
    size_t count = u->count;
    (void)version;
    /* The whole group is missing: a 404 in plain words. */
    if (end.kind == ERR_NOT_FOUND)
        err_set(&end, ERR_NOT_FOUND, "metrics.k8s.io", "install metrics-server",
                "the cluster serves no metrics");
    u->pages = NULL;
    usage_cancel(u);
    conf.done(conf.context, count, &end);
}

const struct kind *usage_kind(bool nodes)
{
    static const struct kind of_nodes = {.name = "nodes", .api = API},
                             of_pods = {.name = "pods", .api = API, .namespaced = true};
    return nodes ? &of_nodes : &of_pods;
}

struct usage *usage_ask(struct client *c, const struct usage_conf *conf)
{
    struct usage *u = mem_alloc(sizeof *u);
    u->conf = *conf;
    u->doc = json_doc_new();
    char *path = kinds_path(usage_kind(conf->nodes), conf->namespace_, NULL);
    u->pages = pages_start(
        c, &(struct pages_conf){
               .path = path, .keep = keep, .context = u, .element = on_element, .done = on_done});
    free(path);
    return u;
}

void usage_cancel(struct usage *u)
{
    if (!u)
        return;
    pages_cancel(u->pages);
    json_doc_free(u->doc);
    free(u);
}
