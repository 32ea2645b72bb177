#include "collect/snapshot_usage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/metric.h"
#include "source/prometheus/prometheus.h"
#include "source/prometheus/prometheus_keeper.h"

struct used {
    char *key; /* "node", or "namespace/pod" */
    double cpu, memory;
};

struct table {
    struct map *by_key; /* to the index + 1 */
    struct used *list;
    size_t count, cap;
};

struct snapshot_usage {
    struct prometheus *prometheus;
    int64_t at;
    struct prometheus_call *call;
    int metric, choice;
    const char *labels[2];
    struct table nodes, pods;
    struct err err;
    void *context;
    void (*done)(void *context, const struct err *err);
};

static void free_table(struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i].key);
    free(t->list);
    map_free(t->by_key, NULL);
}

void snapshot_usage_free(struct snapshot_usage *u)
{
    if (!u)
        return;
    prometheus_cancel(u->call);
    free_table(&u->nodes);
    free_table(&u->pods);
    free(u);
}

static struct used *used_of(struct table *t, const char *key)
{
    uintptr_t index = (uintptr_t)map_get(t->by_key, str_of(key));
    if (index)
        return &t->list[index - 1];
    mem_grow(&t->list, &t->cap, t->count + 1, sizeof *t->list);
    t->list[t->count] = (struct used){mem_dup(key), NAN, NAN};
    map_put(t->by_key, str_of(key), (void *)(uintptr_t)(t->count + 1));
    return &t->list[t->count++];
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct snapshot_usage *u = context;
    char key[600];
    (void)time;
    int n =
        snprintf(key, sizeof key, "%s%s%s", labels_value(series, u->labels[0]),
                 u->labels[1] ? "/" : "", u->labels[1] ? labels_value(series, u->labels[1]) : "");
    if (n <= 0 || n >= (int)sizeof key || !isfinite(value))
        return;
    bool pod = u->metric == METRIC_POD_CPU || u->metric == METRIC_POD_MEMORY;
    bool cpu = u->metric == METRIC_POD_CPU || u->metric == METRIC_NODE_CPU;
    struct used *used = used_of(pod ? &u->pods : &u->nodes, key);
    *(cpu ? &used->cpu : &used->memory) = value;
}

static void ask(struct snapshot_usage *u);

static void on_answer(void *context, size_t series, const char *warnings, const struct err *err)
{
    struct snapshot_usage *u = context;
    (void)warnings;
    u->call = NULL;
    if (err->kind)
        u->err = *err;
    u->choice++;
    if (series || err->kind) {
        u->metric++;
        u->choice = 0;
    }
    ask(u);
}

/* The metric's next query; the next metric when there is none. */
static void ask(struct snapshot_usage *u)
{
    const char *promql = NULL;
    while (u->metric < METRIC_COUNT &&
           !(promql = prometheus_keeper_query((enum metric)u->metric, u->choice, u->labels))) {
        u->metric++;
        u->choice = 0;
    }
    if (!promql) {
        u->done(u->context, &u->err);
        return;
    }
    u->call = prometheus_ask(u->prometheus, &(struct prometheus_query){.promql = promql,
                                                                       .from = u->at,
                                                                       .to = u->at,
                                                                       .context = u,
                                                                       .point = on_point,
                                                                       .done = on_answer});
}

struct snapshot_usage *snapshot_usage_ask(struct prometheus *p, int64_t at, void *context,
                                          void (*done)(void *context, const struct err *err))
{
    struct snapshot_usage *u = mem_alloc(sizeof *u);
    u->prometheus = p;
    u->at = at;
    u->context = context;
    u->done = done;
    u->nodes.by_key = map_new();
    u->pods.by_key = map_new();
    ask(u);
    return u;
}

/* Whole thousandths of a core, whole bytes, ten-thousandths of a node: what is below is noise that
 * would not pack. */
static void put_amount(struct json_out *o, const char *name, double value, double unit)
{
    if (isfinite(value))
        json_out_number(o, name, round(value * unit) / unit);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct used *)a)->key, ((const struct used *)b)->key);
}

static void write_table(struct table *t, struct json_out *o, const char *name, bool pods)
{
    if (t->count)
        qsort(t->list, t->count, sizeof *t->list, by_key);
    json_out_array(o, name);
    for (size_t i = 0; i < t->count; i++) {
        const struct used *used = &t->list[i];
        const char *slash = pods ? strchr(used->key, '/') : NULL;
        json_out_object(o, NULL);
        if (slash)
            json_out_string(o, "namespace", (struct str){used->key, (size_t)(slash - used->key)});
        json_out_text(o, "name", slash ? slash + 1 : used->key);
        put_amount(o, "cpu", used->cpu, pods ? 1e3 : 1e4);
        put_amount(o, "memory", used->memory, pods ? 1 : 1e4);
        json_out_end_object(o);
    }
    json_out_end_array(o);
}

void snapshot_usage_write(struct snapshot_usage *u, struct json_out *o)
{
    write_table(&u->nodes, o, "nodes", false);
    write_table(&u->pods, o, "pods", true);
}
