#include "cmd/wire.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/output.h"
#include "config/config.h"
#include "kube/access/client.h"
#include "kube/access/gateway.h"
#include "kube/access/kubeconfig.h"
#include "kube/discovery.h"
#include "net/http.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "source/prometheus/prometheus.h"
#include "source/read_api/read_api.h"
#include "store/store.h"
#include "store/window_store.h"

static bool load_config(struct wire *w, const struct options *o, struct err *err)
{
    struct config_override overrides[4] = {{0}};
    size_t n = 0;
    if (options_has(o, OPTION_KUBECONFIG))
        overrides[n++] = (struct config_override){"kubernetes.kubeconfig",
                                                  options_text(o, OPTION_KUBECONFIG, "")};
    if (options_has(o, OPTION_CONTEXT))
        overrides[n++] =
            (struct config_override){"kubernetes.context", options_text(o, OPTION_CONTEXT, "")};
    if (options_has(o, OPTION_SERVER))
        overrides[n++] = (struct config_override){"server.url", options_text(o, OPTION_SERVER, "")};
    w->config =
        config_load_own(options_text(o, OPTION_CONFIG, NULL), o->own_config, overrides, err);
    return w->config != NULL;
}

bool wire_open(struct wire *w, const struct options *o, struct err *err)
{
    if (!load_config(w, o, err))
        return false;
    w->loop = loop_new();
    w->http = http_new(w->loop);
    return true;
}

static void let_go(struct wire *w)
{
    window_store_free(w->store);
    if (w->raw != w->processed)
        store_free(w->raw);
    store_free(w->processed);
    prometheus_free(w->prometheus);
    read_api_free(w->server);
    loki_free(w->loki);
    discovery_free(w->discovery);
    for (int i = 0; i < WELL_KNOWN_SOURCES; i++) {
        gateway_free(w->gateways[i]);
        w->gateways[i] = NULL;
    }
    client_free(w->client);
    kubeconfig_context_free(w->context);
    w->store = NULL;
    w->raw = w->processed = NULL;
    w->prometheus = NULL;
    w->server = NULL;
    w->loki = NULL;
    w->discovery = NULL;
    w->client = NULL;
    w->context = NULL;
}

void wire_close(struct wire *w)
{
    let_go(w);
    http_free(w->http);
    loop_free(w->loop);
    config_free(w->config);
    *w = (struct wire){0};
}

struct kubeconfig_context *wire_find_context(struct wire *w, const char *name, struct err *err)
{
    return kubeconfig_resolve(w->config->kubernetes.kubeconfig, name, err);
}

void wire_contexts(struct wire *w, struct contexts *into)
{
    struct err ignored;
    struct kubeconfig *k = kubeconfig_load(w->config->kubernetes.kubeconfig, &ignored);
    struct client *c = wire_client(w, &ignored);
    contexts_clear(into);
    for (size_t i = 0; k && i < kubeconfig_count(k); i++)
        contexts_add(into, kubeconfig_name(k, i), kubeconfig_part(k, i, "cluster"),
                     kubeconfig_part(k, i, "user"), kubeconfig_part(k, i, "namespace"));
    if (c)
        contexts_choose(into, client_context(c)->name);
    kubeconfig_free(k);
}

void wire_switch(struct wire *w, struct kubeconfig_context *to)
{
    let_go(w);
    w->context = to;
    w->switched = true;
}

struct client *wire_client(struct wire *w, struct err *err)
{
    if (w->client)
        return w->client;
    if (!w->context)
        w->context = wire_find_context(w, w->config->kubernetes.context, err);
    if (w->context)
        w->client = client_new(w->http, w->context);
    return w->client;
}

struct discovery *wire_discovery(struct wire *w, struct err *err)
{
    struct client *c = wire_client(w, err);
    if (c && !w->discovery)
        w->discovery = discovery_new(c);
    return w->discovery;
}

static bool is_auto(const struct conn *c)
{
    return !c->url || strcmp(c->url, "auto") == 0;
}

/* Nobody named a cluster, and there is no kubeconfig. */
static bool has_no_cluster(const struct wire *w)
{
    struct err err;
    if (w->config->kubernetes.kubeconfig || w->config->kubernetes.context)
        return false;
    struct kubeconfig *k = kubeconfig_load(NULL, &err);
    kubeconfig_free(k);
    return !k && err.kind == ERR_NOT_FOUND;
}

/* Whether a source can be made: its address is known, or there is a cluster to find it in. */
static bool can_make(struct wire *w, const struct conn *c, enum well_known_source s,
                     struct err *err)
{
    const char *key = well_known_name(s);
    char mend[120];
    bool by_server = w->config->server.url; /* the cluster itself is not looked at */
    if (!is_auto(c) || (!by_server && wire_client(w, err)))
        return true;
    if (!by_server && !has_no_cluster(w))
        return false;
    snprintf(mend, sizeof mend, "set %s.url in the configuration, or KUBEBOARD_%s_URL", key, key);
    for (char *p = strstr(mend, "KUBEBOARD_"); p && *p && *p != ' '; p++)
        *p = (char)toupper((unsigned char)*p);
    return err_set(err, ERR_OFF, key, mend, "no server is configured");
}

static void lead(struct wire *w, const struct conn *c, const char *service,
                 enum well_known_source s, struct http_target *target)
{
    struct gateway_conf conf = {.source = s, .service = service, .target = target};
    if (is_auto(c))
        w->gateways[s] = gateway_new(w->client, &conf);
}

const char *wire_found(const struct wire *w, enum well_known_source s)
{
    return w->gateways[s] ? gateway_text(w->gateways[s]) : "";
}

struct loki *wire_loki(struct wire *w, struct err *err)
{
    const struct config *c = w->config;
    if (w->loki || !can_make(w, &c->loki, WELL_KNOWN_LOKI, err))
        return w->loki;
    w->loki = loki_new(w->http, &c->loki, &c->loki_labels);
    lead(w, &c->loki, c->loki_service, WELL_KNOWN_LOKI, loki_target(w->loki));
    return w->loki;
}

struct prometheus *wire_prometheus(struct wire *w, struct err *err)
{
    const struct config *c = w->config;
    if (w->prometheus || !can_make(w, &c->prometheus, WELL_KNOWN_PROMETHEUS, err))
        return w->prometheus;
    w->prometheus = prometheus_new(w->http, &c->prometheus);
    lead(w, &c->prometheus, c->prometheus_service, WELL_KNOWN_PROMETHEUS,
         prometheus_target(w->prometheus));
    return w->prometheus;
}

struct read_api *wire_server(struct wire *w, struct err *err)
{
    const struct conn *c = &w->config->server;
    if (!w->server && c->url)
        w->server = read_api_new(w->http, c);
    else if (!w->server)
        err_set(err, ERR_OFF, "server",
                "set server.url in the configuration, or KUBEBOARD_SERVER_URL",
                "no server is configured");
    return w->server;
}

static struct store *open_store(struct wire *w, const char *url, struct err *err)
{
    const struct config *c = w->config;
    static const enum store_client clients[] = {[CONFIG_CLIENT_AUTO] = STORE_CLIENT_AUTO,
                                                [CONFIG_CLIENT_CURL] = STORE_CLIENT_CURL,
                                                [CONFIG_CLIENT_LIBS3] = STORE_CLIENT_LIBS3};
    struct store_conf conf = {.url = url,
                              .client = clients[c->store.client],
                              .endpoint = c->store.endpoint,
                              .region = c->store.region,
                              .path_style = c->store.path_style,
                              .encryption = c->store.encryption,
                              .timeout_ms = (int)(c->store.timeout / CLOCK_MS),
                              .part_size = (size_t)c->store.part_size,
                              .tls = &c->store.tls};
    return store_open(w->http, &conf, err);
}

const char *wire_cluster(struct wire *w)
{
    struct err ignored;
    if (w->config->cluster && !w->switched)
        return w->config->cluster;
    if (w->config->server.url)
        return "unknown"; /* it says so itself */
    if (!w->context)
        wire_client(w, &ignored);
    return kubeconfig_cluster_name(w->context ? w->context->name : "default", w->cluster);
}

struct window_store *wire_store(struct wire *w, struct err *err)
{
    const struct config *c = w->config;
    if (w->store)
        return w->store;
    const char *processed = c->store.processed ? c->store.processed : c->store.raw;
    if (!processed) {
        err_set(err, ERR_OFF, "store",
                "set store.processed to file:///folder or s3://bucket/prefix",
                "no store is configured");
        return NULL;
    }
    w->processed = open_store(w, processed, err);
    if (!w->processed)
        return NULL;
    w->raw = !c->store.raw || strcmp(c->store.raw, processed) == 0
                 ? w->processed
                 : open_store(w, c->store.raw, err);
    if (!w->raw)
        return NULL;
    w->store = window_store_new(w->raw, w->processed, wire_cluster(w));
    return w->store;
}

struct window_source wire_windows(struct wire *w, struct err *err)
{
    struct err ignored;
    struct read_api *server = wire_server(w, &ignored);
    return server ? window_source_of_api(server) : window_source_of_store(wire_store(w, err));
}

static void on_signal(void *context, int number)
{
    struct wire *w = context;
    (void)number;
    w->interrupted = true;
    w->stopped = true;
}

void wire_catch_signals(struct wire *w)
{
    loop_signal(w->loop, SIGINT, on_signal, w);
    loop_signal(w->loop, SIGTERM, on_signal, w);
}

void wire_stop(struct wire *w)
{
    w->stopped = true;
}

bool wire_run(struct wire *w, struct err *err)
{
    while (!w->stopped) {
        if (!output_flush(err))
            return false;
        loop_turn(w->loop, -1);
    }
    return output_flush(err);
}

int wire_end(struct wire *w, const struct err *err)
{
    bool interrupted = w->interrupted;
    struct err flush = {0};
    output_flush(&flush);
    if (err->kind)
        err_print(err);
    wire_close(w);
    if (err->kind)
        return err_exit_status(err);
    return interrupted ? 130 : 0;
}
