/* `kubeboard collect`: the headless collector. Once started it speaks JSON lines on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/wire.h"
#include "collect/collector.h"
#include "collect/holder.h"
#include "config/config.h"
#include "kube/client.h"
#include "source/loki.h"
#include "store/store.h"
#include "store/window_store.h"
#include "triage/redact.h"

struct collect {
    struct wire *wire;
    struct collector_conf conf;
    struct collector *collector; /* NULL while another holds the lock */
    struct holder *holder;
    char identity[300], lease[80];
    bool once, failed;
    struct err err;
};

static const char *const results[] = {
    [WINDOW_JOB_STORED] = "stored", [WINDOW_JOB_KEPT] = "kept", [WINDOW_JOB_FAILED] = "failed"};

static void on_window(void *context, const struct rule *rule, int64_t from,
                      enum window_job_result result, const struct window *w, const struct err *err)
{
    struct collect *c = context;
    char time[CLOCK_TEXT], lines[32], groups[32], why[1024];
    snprintf(lines, sizeof lines, "%llu", w ? (unsigned long long)w->lines : 0);
    snprintf(groups, sizeof groups, "%zu", w ? w->group_count : 0);
    const char *complete = w && w->complete ? "true" : "false";
    clock_rfc3339(from, false, time);
    if (result == WINDOW_JOB_FAILED)
        log_event(LOG_ERROR, "window failed", "rule", rule->name, "from", time, "error",
                  err_line(err, why, sizeof why), NULL);
    else
        log_event(LOG_INFO, "window done", "rule", rule->name, "from", time, "result",
                  results[result], "lines", lines, "groups", groups, "complete", complete, NULL);
    c->failed |= result == WINDOW_JOB_FAILED || (w && !w->complete && !w->truncated);
}

static void on_round(void *context, const struct collector_round *round, const struct err *err)
{
    struct collect *c = context;
    char stored[32], failed[32];
    snprintf(stored, sizeof stored, "%zu", round->stored);
    snprintf(failed, sizeof failed, "%zu", round->failed);
    if (err->kind)
        log_err(LOG_ERROR, "round broke off", err);
    log_event(LOG_INFO, "round done", "stored", stored, "failed", failed, NULL);
    if (!c->once)
        return;
    c->err = *err;
    wire_stop(c->wire);
}

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

static bool fill_conf(struct wire *w, const struct options *o, struct collector_conf *conf,
                      struct err *err)
{
    const struct config *config = w->config;
    if (o->argument_count)
        return err_set(err, ERR_USAGE, o->arguments[0], "see kubeboard collect --help",
                       "it takes no argument");
    if (!config->cluster)
        return err_set(err, ERR_CONFIG, config->file ? config->file : "configuration",
                       "write cluster: NAME, or set KUBEBOARD_CLUSTER",
                       "the collector needs the cluster's name: it is part of every key");
    if (!config->collector.rule_count)
        return err_set(err, ERR_CONFIG, "collector.rules", "write a rule",
                       "there is nothing to collect");
    *conf =
        (struct collector_conf){.loop = w->loop,
                                .loki = wire_loki(w, err),
                                .cluster = config->cluster,
                                .rules = config->collector.rules,
                                .rule_count = config->collector.rule_count,
                                .labels = &config->loki_labels,
                                .width = config->collector.window,
                                .grace = config->collector.grace,
                                .catch_up = config->collector.catch_up,
                                .force = options_has(o, OPTION_FORCE),
                                .once = options_has(o, OPTION_ONCE) || options_has(o, OPTION_FROM)};
    if (!conf->loki || !(conf->store = wire_store(w, err)))
        return false;
    const char *rule = options_text(o, OPTION_RULE, NULL);
    if (rule && !only_rule(conf, rule, err))
        return false;
    if (!options_span(o, clock_now(), 0, &conf->again_from, &conf->again_to, err))
        return false;
    conf->redactor = make_redactor(config, err);
    return conf->redactor != NULL;
}

/* The running collector works while it holds the lock and rests while another does. */
static void on_holder(void *context, bool held, const char *who, const struct err *err)
{
    struct collect *c = context;
    if (err->kind)
        log_err(LOG_ERROR, "cannot ask who may write", err);
    log_event(LOG_INFO, held ? "this collector writes" : "another collector writes", "holder", who,
              NULL);
    if (held && !c->collector) {
        c->collector = collector_start(&c->conf);
    } else if (!held) {
        collector_free(c->collector);
        c->collector = NULL;
    }
}

/* A folder is locked by a file in it, a bucket by a Lease. */
static bool lock_conf(struct collect *c, const struct options *o, struct holder_conf *lock,
                      struct err *err)
{
    const struct config *config = c->wire->config;
    const char *url = store_url(c->wire->processed);
    char host[200] = "";
    gethostname(host, sizeof host - 1);
    snprintf(c->identity, sizeof c->identity, "%s_%ld", host, (long)getpid());
    *lock = (struct holder_conf){
        .loop = c->wire->loop, .identity = c->identity, .context = c, .changed = on_holder};
    if (strncmp(url, "file://", 7) == 0) {
        lock->folder = url + 7;
        return true;
    }
    if (options_has(o, OPTION_UNLOCKED))
        return true;
    lock->client = wire_client(c->wire, err);
    if (!lock->client)
        return err_set(err, ERR_CONFIG, "lease",
                       "run it in the cluster, or give --unlocked and run only one",
                       "there is no Kubernetes to hold a Lease that keeps a second collector away");
    snprintf(c->lease, sizeof c->lease, "kubeboard-%s", config->cluster);
    lock->name = config->collector.lease_name ? config->collector.lease_name : c->lease;
    lock->namespace_ = config->collector.lease_namespace ? config->collector.lease_namespace
                                                         : client_context(lock->client)->namespace_;
    return true;
}

static void on_released(void *context)
{
    struct collect *c = context;
    c->wire->stopped = true;
}

/* Whoever waits for the lock need not wait for it to grow old. */
static void give_back(struct collect *c)
{
    struct err ignored;
    collector_free(c->collector);
    c->collector = NULL;
    if (!c->holder || !holder_held(c->holder))
        return;
    c->wire->stopped = false;
    holder_release(c->holder, on_released);
    wire_run(c->wire, &ignored);
}

static bool start(struct collect *c, const struct options *o, struct err *err)
{
    struct holder_conf lock;
    if (!fill_conf(c->wire, o, &c->conf, err))
        return false;
    c->conf.context = c;
    c->conf.window_done = on_window;
    c->conf.round_done = on_round;
    c->once = c->conf.once;
    if (!c->once && !lock_conf(c, o, &lock, err))
        return false;
    if (!options_has(o, OPTION_LOG_FILE))
        log_to_json();
    wire_catch_signals(c->wire);
    if (c->once)
        c->collector = collector_start(&c->conf);
    else
        c->holder = holder_new(&lock);
    return true;
}

int cmd_collect(const struct options *o)
{
    struct wire w = {0};
    struct collect c = {.wire = &w};
    struct err err = {0};
    if (wire_open(&w, o, &err) && start(&c, o, &err)) {
        if (wire_run(&w, &err))
            err = c.err;
        give_back(&c);
    }
    holder_free(c.holder);
    redact_free(c.conf.redactor);
    /* A collector that was told to stop has done its work. */
    if (!c.once)
        w.interrupted = false;
    int status = wire_end(&w, &err);
    return status == 0 && c.once && c.failed ? 1 : status;
}
