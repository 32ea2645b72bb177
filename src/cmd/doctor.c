/* `kubeboard doctor`: every source that the configuration names is asked, a line each. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/doctor_rights.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "config/config.h"
#include "kube/access/client.h"
#include "source/loki/loki.h"
#include "source/prometheus/prometheus.h"
#include "source/read_api/read_api.h"
#include "store/store.h"

struct doctor {
    struct wire *wire;
    const struct options *options;
    size_t step;
    struct doctor_rights *rights;
    const struct store *writing; /* asked whether it may be written */
    size_t ok, failed, off;
    int64_t started;
};

static void next(struct doctor *d);

static void print_line(const char *mark, const char *name, const char *text)
{
    char head[40];
    snprintf(head, sizeof head, "%-5s %-24s ", mark, name);
    output_text(head);
    output_safe(str_of(text));
    output_text("\n");
}

static void pass(struct doctor *d, const char *name, const char *text)
{
    d->ok++;
    print_line("ok", name, text);
}

static void fail(struct doctor *d, const char *name, const struct err *err)
{
    char line[1024];
    /* What nobody configured is no fault. */
    bool off = err->kind == ERR_OFF;
    d->off += off;
    d->failed += !off;
    print_line(off ? "-" : "FAIL", name, err_line(err, line, sizeof line));
}

/* A source that was found is told with the way to it. */
static const char *found(const struct doctor *d, enum well_known_source s, char out[300])
{
    const char *way = wire_found(d->wire, s);
    snprintf(out, 300, "%.240s%s", way, *way ? " through the API server; " : "");
    return out;
}

static void told(struct doctor *d, const char *name, const char *text, const struct err *err)
{
    if (err->kind)
        fail(d, name, err);
    else
        pass(d, name, text);
    next(d);
}

static bool configuration(struct doctor *d)
{
    const struct config *c = d->wire->config;
    char text[600];
    snprintf(text, sizeof text, "%s; cluster %s, %zu rules",
             c->file ? c->file : "no file: defaults", wire_cluster(d->wire),
             c->collector.rule_count);
    pass(d, "configuration", text);
    return false;
}

static void on_probe(void *context, const struct err *err)
{
    struct doctor *d = context;
    char text[400];
    const struct kubeconfig_context *c = client_context(d->wire->client);
    snprintf(text, sizeof text, "context %.120s at %.200s%s", c->name, c->conn.url,
             c->conn.insecure ? " (its certificate is not verified: insecure-skip-tls-verify)"
                              : "");
    told(d, "kubernetes", text, err);
}

static bool kubernetes(struct doctor *d)
{
    struct err err;
    if (wire_server(d->wire, &err))
        return false;
    struct client *c = wire_client(d->wire, &err);
    if (c)
        client_probe(c, on_probe, d);
    else
        fail(d, "kubernetes", &err);
    return c != NULL;
}

static void on_server(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct doctor *d = context;
    char text[400];
    (void)rules;
    snprintf(text, sizeof text, "collector at %.250s; windows of %zu rule%s",
             read_api_place(d->wire->server), count, count == 1 ? "" : "s");
    told(d, "server", text, err);
}

/* The collector's read API, for who runs the board from it: then no cluster is asked. */
static bool server(struct doctor *d)
{
    struct err ignored;
    struct read_api *a = wire_server(d->wire, &ignored);
    if (a)
        read_api_rules(a, d, on_server);
    return a != NULL;
}

static void on_loki(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct doctor *d = context;
    char text[500], way[300];
    (void)values;
    snprintf(text, sizeof text, "%s%zu namespaces in the last hour, clock differs by %.1f s",
             found(d, WELL_KNOWN_LOKI, way), count, (double)loki_clock_offset(d->wire->loki) / 1e9);
    told(d, "loki", text, err);
}

static bool loki(struct doctor *d)
{
    struct err err;
    struct loki *l = wire_loki(d->wire, &err);
    if (l)
        loki_label_values(l, loki_labels(l)->namespace_, NULL, clock_now() - CLOCK_HOUR,
                          clock_now(), on_loki, d);
    else
        fail(d, "loki", &err);
    return l != NULL;
}

static void on_prometheus(void *context, size_t series, const char *warnings, const struct err *err)
{
    struct doctor *d = context;
    char text[600], way[300];
    snprintf(text, sizeof text, "%s%zu targets are up%s%.200s",
             found(d, WELL_KNOWN_PROMETHEUS, way), series, *warnings ? "; " : "", warnings);
    told(d, "prometheus", text, err);
}

static void on_target(void *context, const struct labels *series, int64_t time, double value)
{
    (void)context;
    (void)series;
    (void)time;
    (void)value;
}

static bool prometheus(struct doctor *d)
{
    struct err err;
    struct prometheus *p = wire_prometheus(d->wire, &err);
    struct prometheus_query q = {
        .promql = "up == 1", .context = d, .point = on_target, .done = on_prometheus};
    if (p)
        prometheus_ask(p, &q);
    else
        fail(d, "prometheus", &err);
    return p != NULL;
}

static bool on_entry(void *context, const struct store_entry *entry)
{
    (void)context;
    (void)entry;
    return false;
}

static void on_store(struct doctor *d, const char *name, struct store *s, const struct err *err)
{
    struct buf text;
    buf_init(&text, 2000);
    store_describe(s, &text);
    told(d, name, buf_text(&text), err);
    buf_free(&text);
}

static void on_processed(void *context, const struct err *err)
{
    struct doctor *d = context;
    on_store(d, "store.processed", d->wire->processed, err);
}

static void on_raw(void *context, const struct err *err)
{
    struct doctor *d = context;
    on_store(d, "store.raw", d->wire->raw, err);
}

static bool processed(struct doctor *d)
{
    struct err err;
    if (!wire_store(d->wire, &err)) {
        fail(d, "store.processed", &err);
        return false;
    }
    struct store_list list = {.max = 1, .context = d, .entry = on_entry, .done = on_processed};
    store_list(d->wire->processed, &list);
    return true;
}

static bool raw(struct doctor *d)
{
    if (!d->wire->store || d->wire->raw == d->wire->processed)
        return false;
    struct store_list list = {.max = 1, .context = d, .entry = on_entry, .done = on_raw};
    store_list(d->wire->raw, &list);
    return true;
}

/* The collector writes; a board that only reads does without. */
static void on_write(void *context, const struct err *err)
{
    struct doctor *d = context;
    const char *name = d->writing == d->wire->raw ? "may write raw" : "may write processed";
    struct err why = *err;
    char mend[sizeof why.mend];
    str_copy(mend, sizeof mend, why.mend);
    if (why.kind)
        snprintf(why.mend, sizeof why.mend, "%.*s%sonly the collector needs it",
                 (int)sizeof why.mend - 60, mend, *mend ? "; " : "");
    told(d, name, "allowed", &why);
}

static bool ask_to_write(struct doctor *d, struct store *s, const char *what)
{
    char *prefix = mem_printf("%s/%s/", wire_cluster(d->wire), what);
    d->writing = s;
    bool asked = store_probe(s, prefix, d, on_write) != NULL;
    free(prefix);
    return asked;
}

static bool write_processed(struct doctor *d)
{
    return d->wire->store && ask_to_write(d, d->wire->processed, "windows");
}

static bool write_raw(struct doctor *d)
{
    return d->wire->store && d->wire->raw != d->wire->processed &&
           ask_to_write(d, d->wire->raw, "lines");
}

static void on_right(void *context, const char *name, const char *text, const struct err *err)
{
    struct doctor *d = context;
    if (err->kind)
        fail(d, name, err);
    else
        pass(d, name, text);
}

static void on_rights(void *context)
{
    next(context);
}

static bool rights(struct doctor *d)
{
    struct client *c = d->wire->client;
    if (!c)
        return false;
    d->rights = doctor_rights_start(&(struct doctor_rights_conf){
        .client = c,
        .namespace_ = options_text(d->options, OPTION_NAMESPACE, client_context(c)->namespace_),
        .context = d,
        .told = on_right,
        .done = on_rights});
    return true;
}

/* Each starts an answer that calls `told`, or has said its line and returns false. */
static bool (*const steps[])(struct doctor *d) = {
    configuration, kubernetes, rights,          server, loki,
    prometheus,    processed,  write_processed, raw,    write_raw,
};

static void next(struct doctor *d)
{
    while (d->step < sizeof steps / sizeof *steps) {
        d->step++;
        if (steps[d->step - 1](d))
            return;
    }
    wire_stop(d->wire);
}

int cmd_doctor(const struct options *o)
{
    struct wire w = {0};
    struct doctor d = {.wire = &w, .options = o};
    struct err err = {0};
    if (o->argument_count)
        err_set(&err, ERR_USAGE, o->arguments[0], "see kubeboard doctor --help",
                "it takes no argument");
    else if (wire_open(&w, o, &err)) {
        wire_catch_signals(&w);
        next(&d);
        wire_run(&w, &err);
    }
    doctor_rights_free(d.rights);
    int status = wire_end(&w, &err);
    return status ? status : !d.failed ? 0 : d.ok > 1 ? 3 : 1;
}
