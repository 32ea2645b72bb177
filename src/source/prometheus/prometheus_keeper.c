/*
 * Each metric has a few queries that may give it, by what is installed: the first that gives a
 * series is kept. A range query fills the span; live, one instant query a metric and interval adds
 * a point, and a gap (sleep, an outage) makes the span be read again.
 */
#include "source/prometheus/prometheus_keeper.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"

/* Rates look four scrape intervals back; a minute is the longest that is usual. */
#define RATE "[4m]"
#define REAL "{container!=\"\",container!=\"POD\"}"
/* One series a node, though several jobs may scrape it. */
#define BY_NAME                                                                                    \
    " * on (instance) group_left (nodename) max by (instance,nodename) (node_uname_info)"

enum { CHOICES = 4, DEFAULT_STEP = 60, DEFAULT_INTERVAL = 30, GAP_STEPS = 3 };

struct choice {
    const char *promql;
    const char *labels[2]; /* joined by '/': the series' key */
};

static const struct choice choices[METRIC_COUNT][CHOICES] = {
    [METRIC_POD_CPU] = {{"sum by (namespace,pod) (rate(container_cpu_usage_seconds_total" REAL RATE
                         "))",
                         {"namespace", "pod"}}},
    [METRIC_POD_MEMORY] = {{"sum by (namespace,pod) (container_memory_working_set_bytes" REAL ")",
                            {"namespace", "pod"}}},
    [METRIC_NODE_CPU] =
        {{"(1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}" RATE ")))" BY_NAME,
          {"nodename"}},
         {"1 - avg by (node) (rate(node_cpu_seconds_total{mode=\"idle\",node!=\"\"}" RATE "))",
          {"node"}},
         {"sum by (node) (rate(container_cpu_usage_seconds_total" REAL RATE
          ")) / on (node) max by (node) (kube_node_status_allocatable{resource=\"cpu\"})",
          {"node"}},
         /* The kubelet's own word of its machine, by the label of the usual scrape configuration.
          */
         {"sum by (kubernetes_io_hostname) (rate(container_cpu_usage_seconds_total{id=\"/\","
          "kubernetes_io_hostname!=\"\"}" RATE
          ")) / max by (kubernetes_io_hostname) (machine_cpu_cores)",
          {"kubernetes_io_hostname"}}},
    [METRIC_NODE_MEMORY] =
        {{"(1 - max by (instance) (node_memory_MemAvailable_bytes)"
          " / max by (instance) (node_memory_MemTotal_bytes))" BY_NAME,
          {"nodename"}},
         {"1 - max by (node) (node_memory_MemAvailable_bytes{node!=\"\"})"
          " / max by (node) (node_memory_MemTotal_bytes{node!=\"\"})",
          {"node"}},
         {"sum by (node) (container_memory_working_set_bytes" REAL
          ") / on (node) max by (node) (kube_node_status_allocatable{resource=\"memory\"})",
          {"node"}},
         {"sum by (kubernetes_io_hostname) (container_memory_working_set_bytes{id=\"/\","
          "kubernetes_io_hostname!=\"\"})"
          " / max by (kubernetes_io_hostname) (machine_memory_bytes)",
          {"kubernetes_io_hostname"}}},
};

static const char *const nothing[METRIC_COUNT] = {
    [METRIC_POD_CPU] = "no container_cpu_usage_seconds_total: is the kubelet's cAdvisor scraped?",
    [METRIC_POD_MEMORY] =
        "no container_memory_working_set_bytes: is the kubelet's cAdvisor scraped?",
    [METRIC_NODE_CPU] = "neither node_exporter nor kube-state-metrics is scraped",
    [METRIC_NODE_MEMORY] = "neither node_exporter nor kube-state-metrics is scraped",
};

struct lane {
    struct prometheus_keeper *owner;
    struct prometheus_call *call;
    int choice;   /* that is asked or was found */
    bool found;   /* it gave series */
    bool settled; /* the span's first answer came, or failed */
    char missing[300];
};

struct prometheus_keeper {
    struct prometheus *prometheus;
    struct prometheus_keeper_conf conf;
    struct lane lanes[METRIC_COUNT];
    int64_t from, to; /* shown; to 0: live */
    int64_t filled;   /* wall ns up to which live data was asked for */
    struct loop_timer *timer;
    struct backoff backoff;
};

static bool is_live(const struct prometheus_keeper *k)
{
    return k->to == 0;
}

static enum metric metric_of(const struct lane *lane)
{
    return (enum metric)(lane - lane->owner->lanes);
}

static bool is_wanted(const struct prometheus_keeper *k, enum metric m)
{
    return !k->conf.nodes_only || m == METRIC_NODE_CPU || m == METRIC_NODE_MEMORY;
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct lane *lane = context;
    const struct choice *c = &choices[metric_of(lane)][lane->choice];
    char key[600];
    int n =
        snprintf(key, sizeof key, "%s%s%s", labels_value(series, c->labels[0]),
                 c->labels[1] ? "/" : "", c->labels[1] ? labels_value(series, c->labels[1]) : "");
    if (n > 0 && n < (int)sizeof key)
        series_add(lane->owner->conf.series[metric_of(lane)], (struct str){key, (size_t)n}, time,
                   value);
}

static void ask(struct lane *lane, bool range);

static void tell(struct prometheus_keeper *k)
{
    if (k->conf.changed)
        k->conf.changed(k->conf.context);
}

static bool idle(const struct prometheus_keeper *k)
{
    for (int m = 0; m < METRIC_COUNT; m++)
        if (k->lanes[m].call)
            return false;
    return true;
}

/* When every metric has its answer: the next point, or another try. */
static void plan(struct prometheus_keeper *k, const struct err *err)
{
    bool away = err->kind && err->kind != ERR_REFUSED;
    if (!idle(k))
        return;
    if (away) {
        k->filled = 0; /* the span is read again, so the outage leaves no hole */
        loop_timer_set(k->timer, backoff_next(&k->backoff, err));
        return;
    }
    backoff_reset(&k->backoff);
    if (is_live(k))
        loop_timer_set(k->timer, k->conf.interval / CLOCK_MS);
}

static bool has_next(const struct lane *lane)
{
    return lane->choice + 1 < CHOICES && choices[metric_of(lane)][lane->choice + 1].promql;
}

static void on_done(void *context, size_t series, const char *warnings, const struct err *err)
{
    struct lane *lane = context;
    struct prometheus_keeper *k = lane->owner;
    (void)warnings;
    lane->call = NULL;
    bool empty = err->kind == ERR_REFUSED || (!err->kind && !series);
    if (empty && !lane->found && has_next(lane)) {
        lane->choice++;
        ask(lane, true);
        return;
    }
    lane->settled = true;
    lane->missing[0] = '\0';
    if (err->kind == ERR_REFUSED)
        snprintf(lane->missing, sizeof lane->missing, "%.290s", err->what);
    else if (empty && !lane->found)
        snprintf(lane->missing, sizeof lane->missing, "%s", nothing[metric_of(lane)]);
    if (!err->kind && series)
        lane->found = true;
    else if (!lane->found)
        lane->choice = 0;
    plan(k, err);
    tell(k);
}

static void ask(struct lane *lane, bool range)
{
    struct prometheus_keeper *k = lane->owner;
    int64_t now = prometheus_now(k->prometheus);
    struct prometheus_query q = {.promql = choices[metric_of(lane)][lane->choice].promql,
                                 .context = lane,
                                 .point = on_point,
                                 .done = on_done};
    if (range) {
        q.from = is_live(k) ? now - k->conf.span : k->from;
        q.to = is_live(k) ? now : k->to;
        q.step = k->conf.step;
    }
    lane->call = prometheus_ask(k->prometheus, &q);
}

static void forget_old(struct prometheus_keeper *k)
{
    for (int m = 0; m < METRIC_COUNT; m++)
        if (k->conf.series[m])
            series_forget_before(k->conf.series[m], prometheus_now(k->prometheus) - k->conf.span);
}

static void refresh(void *context)
{
    struct prometheus_keeper *k = context;
    int64_t now = clock_now();
    bool gap = now - k->filled > GAP_STEPS * k->conf.step || now < k->filled;
    k->filled = now;
    if (is_live(k))
        forget_old(k);
    for (int m = 0; m < METRIC_COUNT; m++) {
        struct lane *lane = &k->lanes[m];
        /* What is not installed may come: it is asked for again with the span. */
        if (is_wanted(k, (enum metric)m) && !lane->call)
            ask(lane, gap || !lane->found || !is_live(k));
    }
}

static void make_series(struct prometheus_keeper *k)
{
    int64_t span = is_live(k) ? k->conf.span : k->to - k->from;
    size_t points = (size_t)(span / k->conf.step) + 2;
    for (int m = 0; m < METRIC_COUNT; m++) {
        series_free(k->conf.series[m]);
        k->conf.series[m] = series_new(k->conf.step, points);
    }
}

void prometheus_keeper_show(struct prometheus_keeper *k, int64_t from, int64_t to)
{
    k->from = from;
    k->to = to;
    k->filled = 0;
    make_series(k);
    for (int m = 0; m < METRIC_COUNT; m++) {
        struct lane *lane = &k->lanes[m];
        prometheus_cancel(lane->call);
        lane->call = NULL;
        lane->settled = !is_wanted(k, (enum metric)m);
    }
    loop_timer_set(k->timer, 0);
}

struct prometheus_keeper *prometheus_keeper_start(struct prometheus *p,
                                                  const struct prometheus_keeper_conf *conf)
{
    struct prometheus_keeper *k = mem_alloc(sizeof *k);
    k->prometheus = p;
    k->conf = *conf;
    if (!k->conf.span)
        k->conf.span = CLOCK_HOUR;
    if (!k->conf.step)
        k->conf.step = DEFAULT_STEP * CLOCK_SECOND;
    if (k->conf.interval < CLOCK_SECOND)
        k->conf.interval = DEFAULT_INTERVAL * CLOCK_SECOND;
    k->timer = loop_timer_new(http_loop(prometheus_http(p)), refresh, k);
    for (int m = 0; m < METRIC_COUNT; m++)
        k->lanes[m].owner = k;
    prometheus_keeper_show(k, 0, 0);
    return k;
}

void prometheus_keeper_stop(struct prometheus_keeper *k)
{
    if (!k)
        return;
    for (int m = 0; m < METRIC_COUNT; m++) {
        prometheus_cancel(k->lanes[m].call);
        series_free(k->conf.series[m]);
        k->conf.series[m] = NULL;
    }
    loop_timer_free(k->timer);
    free(k);
}

bool prometheus_keeper_settled(const struct prometheus_keeper *k)
{
    for (int m = 0; m < METRIC_COUNT; m++)
        if (!k->lanes[m].settled)
            return false;
    return true;
}

const char *prometheus_keeper_missing(const struct prometheus_keeper *k, enum metric m)
{
    return k->lanes[m].missing;
}

const char *prometheus_keeper_query(enum metric m, int choice, const char *labels[2])
{
    if (choice >= CHOICES || !choices[m][choice].promql)
        return NULL;
    labels[0] = choices[m][choice].labels[0];
    labels[1] = choices[m][choice].labels[1];
    return choices[m][choice].promql;
}
