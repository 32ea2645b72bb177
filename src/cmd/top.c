/*
 * `kubeboard top`: what nodes and pods ask for comes from the API server, what they use from the
 * first that has it: Prometheus (now and the last hour), then metrics.k8s.io (now). Lists and
 * metrics are asked for at the same time; whoever is missing leaves its columns empty and is named
 * on standard error.
 */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/top_print.h"
#include "cmd/top_rows.h"
#include "cmd/wire.h"
#include "kube/access/client.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "kube/usage.h"
#include "net/loop.h"
#include "source/prometheus/prometheus.h"
#include "source/prometheus/prometheus_keeper.h"

enum { PATIENCE_MS = 10000, PARTIAL = 3 };

struct top {
    struct wire *wire;
    struct client *client;
    const struct options *options;
    bool nodes;
    int format;
    const char *namespace_; /* "": all */
    struct top_rows *rows;
    struct get *list, *charges;
    bool charged; /* every pod's requests are known */
    struct prometheus *prometheus;
    struct prometheus_keeper *keeper;
    struct series *series[METRIC_COUNT];
    struct loop_timer *patience;
    struct usage *usage;
    bool measured; /* the metrics came, or will not */
    struct top_print print;
    struct err err;   /* why there are no rows */
    bool partial;     /* something that was asked for is missing */
    bool has_history; /* of Prometheus */
};

static void finish_when_all_came(struct top *t)
{
    if (!t->list && !t->charges && t->measured)
        wire_stop(t->wire);
}

static void miss(struct top *t, const struct err *err)
{
    t->partial = true;
    err_print(err);
}

/* ---- what they ask for ---- */

static bool on_node(void *context, const struct object *row)
{
    struct top *t = context;
    top_rows_add_node(t->rows, row);
    return true;
}

static bool on_pod(void *context, const struct object *row)
{
    struct top *t = context;
    top_rows_add_pod(t->rows, row);
    return true;
}

static bool on_charge(void *context, const struct object *row)
{
    struct top *t = context;
    top_rows_charge(t->rows, row);
    return true;
}

static void on_list(void *context, size_t count, const struct err *err)
{
    struct top *t = context;
    (void)count;
    t->list = NULL;
    if (err->kind) {
        t->err = *err;
        wire_stop(t->wire);
        return;
    }
    finish_when_all_came(t);
}

static void on_charges(void *context, size_t count, const struct err *err)
{
    struct top *t = context;
    (void)count;
    t->charges = NULL;
    t->charged = err->kind == ERR_NONE;
    if (err->kind)
        miss(t, err);
    finish_when_all_came(t);
}

static void start_lists(struct top *t)
{
    struct get_conf list = {.kind = t->nodes ? &kind_node.kind : &kind_pod.kind,
                            .namespace_ = t->nodes ? "" : t->namespace_,
                            .label_selector = options_text(t->options, OPTION_SELECTOR, NULL),
                            .context = t,
                            .row = t->nodes ? on_node : on_pod,
                            .done = on_list};
    struct get_conf charges = {.kind = &kind_pod.kind,
                               .namespace_ = "",
                               .field_selector = "status.phase!=Succeeded,status.phase!=Failed",
                               .context = t,
                               .row = on_charge,
                               .done = on_charges};
    t->list = get_start(t->client, &list);
    if (t->nodes)
        t->charges = get_start(t->client, &charges);
}

/* ---- what they use ---- */

static void on_usage(void *context, const struct usage_one *u)
{
    struct top *t = context;
    struct top_row *row = top_rows_find(t->rows, u->namespace_, u->name);
    /* The list may still be on its way: it is whole before the metrics are asked for. */
    if (!row)
        return;
    row->cpu = (double)u->cpu / 1e9;
    row->memory = (double)u->memory;
    if (u->time > t->print.time)
        t->print.time = u->time;
}

static void on_usage_done(void *context, size_t count, const struct err *err)
{
    struct top *t = context;
    t->usage = NULL;
    t->measured = true;
    if (err->kind)
        miss(t, err);
    else if (count)
        t->print.source = "metrics.k8s.io";
    wire_stop(t->wire);
}

static void ask_usage(struct top *t)
{
    struct usage_conf conf = {.nodes = t->nodes,
                              .namespace_ = t->nodes ? "" : t->namespace_,
                              .context = t,
                              .one = on_usage,
                              .done = on_usage_done};
    t->usage = usage_ask(t->client, &conf);
}

static enum metric cpu_metric(const struct top *t)
{
    return t->nodes ? METRIC_NODE_CPU : METRIC_POD_CPU;
}

static enum metric memory_metric(const struct top *t)
{
    return t->nodes ? METRIC_NODE_MEMORY : METRIC_POD_MEMORY;
}

static bool has_series(const struct top *t, enum metric m)
{
    return t->series[m] && series_names(t->series[m]) > 0;
}

/* Prometheus has answered, or has had its time. */
static void settle(struct top *t)
{
    if (t->measured)
        return;
    loop_timer_stop(t->patience);
    t->measured = true;
    t->has_history = has_series(t, cpu_metric(t)) || has_series(t, memory_metric(t));
    finish_when_all_came(t);
}

static void on_metrics(void *context)
{
    struct top *t = context;
    bool failed = prometheus_upstream(t->prometheus)->err.kind != ERR_NONE;
    if (failed || prometheus_keeper_settled(t->keeper))
        settle(t);
}

static void out_of_patience(void *context)
{
    settle(context);
}

static void start_metrics(struct top *t)
{
    struct err off;
    t->prometheus = wire_prometheus(t->wire, &off);
    t->patience = loop_timer_new(t->wire->loop, out_of_patience, t);
    if (!t->prometheus) {
        t->measured = true;
        return;
    }
    struct prometheus_keeper_conf conf = {.series = t->series,
                                          .step = CLOCK_MINUTE,
                                          .nodes_only = t->nodes,
                                          .context = t,
                                          .changed = on_metrics};
    t->keeper = prometheus_keeper_start(t->prometheus, &conf);
    loop_timer_set(t->patience, PATIENCE_MS);
}

/* A node's series are shares of the whole node. */
static void take_latest(struct top *t)
{
    const struct series *cpu = t->series[cpu_metric(t)], *memory = t->series[memory_metric(t)];
    for (size_t i = 0; i < top_rows_count(t->rows); i++) {
        struct top_row *r = top_rows_at(t->rows, i);
        double cores = t->nodes ? (double)r->cpu_capacity / 1000 : 1,
               bytes = t->nodes ? (double)r->memory_capacity : 1;
        r->cpu = cores < 0 ? NAN : series_latest(cpu, str_of(r->key)) * cores;
        r->memory = bytes < 0 ? NAN : series_latest(memory, str_of(r->key)) * bytes;
    }
    t->print.source = "prometheus";
    t->print.cpu = cpu;
    t->print.memory = memory;
    t->print.step = CLOCK_MINUTE;
    t->print.time = series_newest(cpu);
    if (series_newest(memory) > t->print.time)
        t->print.time = series_newest(memory);
}

/* Why a Prometheus that is configured gave nothing. */
static void blame_prometheus(struct top *t)
{
    struct err err = prometheus_upstream(t->prometheus)->err;
    const char *missing = prometheus_keeper_missing(t->keeper, cpu_metric(t));
    if (!err.kind && *missing)
        err_set(&err, ERR_NOT_FOUND, "prometheus", "", "%s", missing);
    else if (!err.kind)
        err_set(&err, ERR_AWAY, "prometheus", "", "no answer within %d s", PATIENCE_MS / 1000);
    miss(t, &err);
}

/* ---- the end ---- */

static void say_source(const struct top *t)
{
    char age[CLOCK_TEXT];
    const struct top_print *p = &t->print;
    if (!p->source) {
        fprintf(stderr, "kubeboard: top: nobody measures CPU and memory here: requests and limits "
                        "alone are shown\n");
        return;
    }
    int64_t old = clock_now() - p->time;
    fprintf(stderr, "kubeboard: top: CPU and memory from %s", p->source);
    if (p->time)
        fprintf(stderr, ", %s old", clock_age(old > 0 ? old : 0, age));
    fprintf(stderr, "%s\n", p->cpu ? "" : "; the last hour is Prometheus' to tell");
}

static bool gather(struct top *t, struct err *err)
{
    t->rows = top_rows_new();
    wire_catch_signals(t->wire);
    start_lists(t);
    start_metrics(t);
    if (!wire_run(t->wire, err))
        return false;
    *err = t->err;
    if (err->kind || t->wire->interrupted)
        return false;
    top_rows_finish(t->rows, t->charged);
    if (t->has_history) {
        take_latest(t);
        return true;
    }
    if (t->prometheus)
        blame_prometheus(t);
    t->wire->stopped = false;
    ask_usage(t);
    return wire_run(t->wire, err) && !t->wire->interrupted;
}

static void print(struct top *t)
{
    t->print.nodes = t->nodes;
    t->print.with_namespace = !t->nodes && !*t->namespace_;
    say_source(t);
    if (t->format == 0)
        top_print_table(&t->print, t->rows);
    else
        top_print_json(&t->print, t->rows);
}

static bool check(struct top *t, const struct options *o, struct err *err)
{
    const struct kind *kind = o->argument_count == 1 ? kinds_find(o->arguments[0]) : NULL;
    t->nodes = kind == &kind_node.kind;
    if (!t->nodes && kind != &kind_pod.kind)
        return err_set(err, ERR_USAGE, "top", "kubeboard top nodes, kubeboard top pods -A",
                       "it takes nodes or pods");
    return options_choice(o, OPTION_OUTPUT, "table|json", &t->format, err);
}

int cmd_top(const struct options *o)
{
    struct wire w = {0};
    struct top t = {.wire = &w, .options = o};
    struct err err = {0};
    bool done = check(&t, o, &err) && wire_open(&w, o, &err) && (t.client = wire_client(&w, &err));
    if (done) {
        t.namespace_ =
            options_has(o, OPTION_ALL_NAMESPACES)
                ? ""
                : options_text(o, OPTION_NAMESPACE, client_context(t.client)->namespace_);
        done = gather(&t, &err);
    }
    if (done)
        print(&t);
    get_cancel(t.list);
    get_cancel(t.charges);
    usage_cancel(t.usage);
    prometheus_keeper_stop(t.keeper);
    loop_timer_free(t.patience);
    top_rows_free(t.rows);
    int status = wire_end(&w, &err);
    return !status && t.partial ? PARTIAL : status;
}
