/*
 * `kubeboard collect`: the headless collector. Once started it speaks JSON lines on standard error.
 * SIGHUP tries the new configuration beside the old one; when it is good, everything is opened anew
 * on it (what was under way is done again: that is safe at any moment), else all stays as it is.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "collect/duties.h"
#include "collect/holder.h"
#include "collect/metrics.h"
#include "collect/service.h"
#include "config/config.h"
#include "kube/access/client.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "store/store.h"
#include "triage/redact/redact.h"

/* A pod has 30 s to end: so long for aborts of uploads, and for the lock to be given back. */
enum { SETTLE_MS = 3000, RELEASE_MS = 8000 };

struct collect {
    const struct options *options;
    struct wire wire;
    struct duties_conf conf;
    struct duties *duties; /* NULL while another holds the lock */
    struct holder *holder;
    struct service *service;
    struct metrics *metrics; /* over a SIGHUP */
    char identity[300], lease[80];
    bool once, incomplete, partly, again;
    struct err err;
};

static void on_done(void *context, bool incomplete, bool partly, const struct err *err)
{
    struct collect *c = context;
    c->incomplete = incomplete;
    c->partly = partly;
    c->err = *err;
    wire_stop(&c->wire);
}

static void on_event(void *context, struct str line)
{
    (void)context;
    output_write(line);
    output_text("\n");
}

static void on_health(void *context, const char *why)
{
    struct collect *c = context;
    if (c->service)
        service_health(c->service, why);
}

/* ---- the configuration ---- */

static bool only_rule(struct collector_conf *conf, const char *name, struct err *err)
{
    for (size_t i = 0; i < conf->rule_count; i++) {
        if (str_is(str_of(conf->rules[i].name), name)) {
            conf->rules = &conf->rules[i];
            conf->rule_count = 1;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--rule", "see collector.rules in the configuration",
                   "there is no rule '%.60s'", name);
}

static struct redactor *make_redactor(const struct config *config, struct err *err)
{
    const struct config_pairs *own = &config->collector.redact_patterns;
    const char **names = mem_array(own->count + 1, sizeof *names);
    const char **patterns = mem_array(own->count + 1, sizeof *patterns);
    for (size_t i = 0; i < own->count; i++) {
        names[i] = own->list[i].name;
        patterns[i] = own->list[i].value;
    }
    struct redactor *r =
        redact_new((const char *const *)config->collector.redact, names, patterns, err);
    free(names);
    free(patterns);
    return r;
}

static bool check_usage(const struct wire *w, const struct options *o, struct err *err)
{
    if (o->argument_count)
        return err_set(err, ERR_USAGE, o->arguments[0], "see kubeboard collect --help",
                       "it takes no argument");
    if (!w->config->cluster)
        return err_set(err, ERR_CONFIG, w->config->file ? w->config->file : "configuration",
                       "write cluster: NAME, or set KUBEBOARD_CLUSTER",
                       "the collector needs the cluster's name: it is part of every key");
    if (!w->config->collector.rule_count)
        return err_set(err, ERR_CONFIG, "collector.rules", "write a rule",
                       "there is nothing to collect");
    return true;
}

static bool fill_collector(struct wire *w, const struct options *o, struct collector_conf *conf,
                           struct err *err)
{
    const struct config *config = w->config;
    bool reprocess = options_has(o, OPTION_REPROCESS);
    *conf = (struct collector_conf){.loop = w->loop,
                                    .cluster = config->cluster,
                                    .rules = config->collector.rules,
                                    .rule_count = config->collector.rule_count,
                                    .labels = &config->loki_labels,
                                    .width = config->collector.window,
                                    .grace = config->collector.grace,
                                    .catch_up = config->collector.catch_up,
                                    .force = options_has(o, OPTION_FORCE),
                                    .reprocess = reprocess,
                                    .once = options_has(o, OPTION_ONCE) ||
                                            options_has(o, OPTION_FROM) || reprocess};
    if (!reprocess && !(conf->loki = wire_loki(w, err)))
        return false;
    conf->store = wire_store(w, err);
    if (!conf->store)
        return false;
    const char *rule = options_text(o, OPTION_RULE, NULL);
    if (rule && !only_rule(conf, rule, err))
        return false;
    if (!options_span(o, clock_now(), 0, &conf->again_from, &conf->again_to, err))
        return false;
    conf->redactor = make_redactor(config, err);
    return conf->redactor != NULL;
}

/* Snapshots and events need Kubernetes; without one, windows are collected all the same. */
static struct client *find_client(struct wire *w)
{
    struct err err;
    struct client *client = wire_client(w, &err);
    if (!client)
        log_err(LOG_WARN, "no Kubernetes: no snapshots and no events", &err);
    return client;
}

static bool fill_conf(struct wire *w, const struct options *o, struct duties_conf *conf,
                      struct err *err)
{
    static const enum duties_events events[] = {[CONFIG_EVENTS_LOKI] = DUTIES_EVENTS_LOKI,
                                                [CONFIG_EVENTS_STDOUT] = DUTIES_EVENTS_WRITTEN,
                                                [CONFIG_EVENTS_OFF] = DUTIES_EVENTS_OFF};
    const struct config *config = w->config;
    struct err ignored;
    *conf =
        (struct duties_conf){.snapshots = config->collector.snapshots,
                             .events = events[config->collector.events],
                             .keep = {[RETENTION_RAW] = config->collector.retain_raw,
                                      [RETENTION_PROCESSED] = config->collector.retain_processed,
                                      [RETENTION_SNAPSHOTS] = config->collector.retain_snapshots},
                             .write = on_event,
                             .done = on_done,
                             .health = on_health};
    if (!check_usage(w, o, err) || !fill_collector(w, o, &conf->collector, err))
        return false;
    bool past = conf->collector.reprocess || conf->collector.again_to;
    bool wanted = conf->snapshots || (conf->events != DUTIES_EVENTS_OFF && !conf->collector.once);
    conf->client = wanted && !past ? find_client(w) : NULL;
    conf->prometheus = conf->client ? wire_prometheus(w, &ignored) : NULL;
    return true;
}

/* ---- who writes ---- */

/* The running collector works while it holds the lock and rests while another does. */
static void on_holder(void *context, bool held, const char *who, const struct err *err)
{
    struct collect *c = context;
    if (err->kind)
        log_err(LOG_ERROR, "cannot ask who may write", err);
    if (held && !c->duties) {
        log_event(LOG_INFO, "this collector writes", "holder", who, NULL);
        c->duties = duties_start(&c->conf);
    } else if (!held) {
        log_event(LOG_INFO, c->duties ? "this collector writes no more" : "this collector waits",
                  "holder", who, NULL);
        duties_free(c->duties);
        c->duties = NULL;
    }
    metrics_leader(c->metrics, held);
}

/* Asked before each write: the lock may have gone to another while this process was stopped. */
static bool may_write(void *context)
{
    const struct collect *c = context;
    return c->holder && holder_held(c->holder);
}

/* A folder is locked by a file in it, a bucket by a Lease. */
static bool lock_conf(struct collect *c, struct holder_conf *lock, struct err *err)
{
    const struct config *config = c->wire.config;
    const char *url = store_url(c->wire.processed);
    char host[200] = "";
    gethostname(host, sizeof host - 1);
    snprintf(c->identity, sizeof c->identity, "%s_%ld", host, (long)getpid());
    *lock = (struct holder_conf){
        .loop = c->wire.loop, .identity = c->identity, .context = c, .changed = on_holder};
    if (strncmp(url, "file://", 7) == 0) {
        lock->folder = url + 7;
        return true;
    }
    if (options_has(c->options, OPTION_UNLOCKED))
        return true;
    lock->client = wire_client(&c->wire, err);
    if (!lock->client) {
        struct err why = *err;
        return err_set(err, ERR_CONFIG, "lease",
                       "run it in the cluster, or give --unlocked and run only one",
                       "there is no Kubernetes to hold a Lease that keeps a second collector away: "
                       "%.300s",
                       why.what);
    }
    snprintf(c->lease, sizeof c->lease, "kubeboard-%s", config->cluster);
    lock->name = config->collector.lease_name ? config->collector.lease_name : c->lease;
    lock->namespace_ = config->collector.lease_namespace ? config->collector.lease_namespace
                                                         : client_context(lock->client)->namespace_;
    return true;
}

static void on_released(void *context)
{
    wire_stop(&((struct collect *)context)->wire);
}

/* What was under way may have begun an upload in parts: its abort is waited for. */
static void settle(struct collect *c)
{
    struct wire *w = &c->wire;
    if (!w->store)
        return;
    struct loop_timer *enough = loop_timer_new(w->loop, on_released, c);
    loop_timer_set(enough, SETTLE_MS);
    w->stopped = false;
    while (!w->stopped && !(store_settled(w->raw) && store_settled(w->processed)))
        loop_turn(w->loop, -1);
    loop_timer_free(enough);
}

/* Whoever waits for the lock need not wait for it to grow old. A server that does not answer does
 * not hold us up. */
static void give_back(struct collect *c)
{
    struct err ignored;
    if (!c->holder || !holder_held(c->holder))
        return;
    struct loop_timer *enough = loop_timer_new(c->wire.loop, on_released, c);
    loop_timer_set(enough, RELEASE_MS);
    c->wire.stopped = false;
    holder_release(c->holder, on_released);
    wire_run(&c->wire, &ignored);
    loop_timer_free(enough);
}

/* ---- SIGHUP ---- */

static void on_hangup(void *context, int number)
{
    struct collect *c = context;
    struct wire trial = {0};
    struct duties_conf conf = {0};
    struct err err = {0};
    (void)number;
    bool good = wire_open(&trial, c->options, &err) && fill_conf(&trial, c->options, &conf, &err);
    redact_free(conf.collector.redactor);
    wire_close(&trial);
    if (!good) {
        log_err(LOG_ERROR, "the new configuration is not used", &err);
        return;
    }
    log_event(LOG_INFO, "the configuration was read again", NULL);
    c->again = true;
    wire_stop(&c->wire);
}

/* ---- a run ---- */

static bool start_service(struct collect *c, struct err *err)
{
    const struct config *config = c->wire.config;
    struct service_conf conf = {.loop = c->wire.loop,
                                .listen = config->collector.listen,
                                .token_file = config->collector.listen_token_file,
                                .store = c->conf.collector.store,
                                .metrics = c->metrics};
    if (!conf.listen || !*conf.listen)
        return true;
    c->service = service_new(&conf, err);
    char port[16];
    snprintf(port, sizeof port, "%d", c->service ? service_port(c->service) : 0);
    if (c->service)
        log_event(LOG_INFO, "listening", "address", conf.listen, "port", port, NULL);
    return c->service != NULL;
}

static bool start(struct collect *c, struct err *err)
{
    struct holder_conf lock;
    if (!options_has(c->options, OPTION_LOG_FILE))
        log_to_json();
    if (!fill_conf(&c->wire, c->options, &c->conf, err))
        return false;
    c->conf.context = c;
    c->conf.metrics = c->metrics;
    c->once = c->conf.collector.once;
    if (!c->once && (!lock_conf(c, &lock, err) || !start_service(c, err)))
        return false;
    wire_catch_signals(&c->wire);
    if (c->once) {
        c->duties = duties_start(&c->conf);
        return true;
    }
    loop_signal(c->wire.loop, SIGHUP, on_hangup, c);
    c->holder = holder_new(&lock);
    store_guard(c->wire.raw, may_write, c);
    store_guard(c->wire.processed, may_write, c);
    return true;
}

/* Everything that the configuration opened; the wire stays to be ended. */
static void stop(struct collect *c)
{
    duties_free(c->duties);
    c->duties = NULL;
    settle(c);
    if (!c->again)
        give_back(c);
    service_free(c->service);
    c->service = NULL;
    holder_free(c->holder);
    c->holder = NULL;
    redact_free(c->conf.collector.redactor);
    c->conf = (struct duties_conf){0};
}

static int run(struct collect *c)
{
    struct err err = {0};
    c->again = false;
    if (wire_open(&c->wire, c->options, &err) && start(c, &err) && wire_run(&c->wire, &err))
        err = c->err;
    stop(c);
    /* A collector that was told to stop has done its work. */
    if (!c->once)
        c->wire.interrupted = false;
    return wire_end(&c->wire, &err);
}

int cmd_collect(const struct options *o)
{
    struct collect c = {.options = o, .metrics = metrics_new()};
    int status;
    do
        status = run(&c);
    while (status == 0 && c.again);
    metrics_free(c.metrics);
    if (status == 0 && c.incomplete)
        return 1;
    return status == 0 && c.partly ? 3 : status;
}
