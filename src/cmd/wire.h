/* What the commands share: configuration, loop, and the sources that it names, made when they are
 * first asked for. */
#ifndef CMD_WIRE_H
#define CMD_WIRE_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/options.h"
#include "cmd/window_source.h"
#include "kube/access/well_known.h"
#include "model/contexts.h"

struct wire {
    struct loop *loop;
    struct http *http;
    struct config *config;
    struct kubeconfig_context *context; /* NULL until wire_client */
    struct client *client;
    struct discovery *discovery;
    struct loki *loki;
    struct prometheus *prometheus;
    struct read_api *server;
    struct gateway *gateways[WELL_KNOWN_SOURCES]; /* of sources that are found by themselves */
    struct store *raw, *processed;                /* may be one */
    struct window_store *store;
    char cluster[64];
    bool switched;    /* to another context than the configuration's */
    bool stopped;     /* wire_run ends */
    bool interrupted; /* SIGINT or SIGTERM came */
};

/* Reads the configuration with the command line's overrides and makes loop and HTTP client. After
 * false only wire_close. */
bool wire_open(struct wire *w, const struct options *o, struct err *err);
void wire_close(struct wire *w);

/* Another context of the kubeconfig, or NULL and *err. The caller's. */
struct kubeconfig_context *wire_find_context(struct wire *w, const char *name, struct err *err);
/* The contexts of the kubeconfig as it is now, and the one that the client is of; none without a
 * kubeconfig. */
void wire_contexts(struct wire *w, struct contexts *into);
/* Goes to that context and takes it over: every source is let go of, to be made anew when it is asked
 * for. The cluster is then called as the context has it. */
void wire_switch(struct wire *w, struct kubeconfig_context *to);

/* Each makes its source at the first call; no connection is made yet. One that is to be found in the
 * cluster is looked for when it is first asked: what is asked meanwhile waits, and ends with ERR_OFF
 * where there is none. NULL and *err (ERR_CONFIG, ERR_OFF) when it is wrongly configured, or not at
 * all and there is no cluster. */
struct client *wire_client(struct wire *w, struct err *err);
struct discovery *wire_discovery(struct wire *w, struct err *err);
struct loki *wire_loki(struct wire *w, struct err *err);
struct prometheus *wire_prometheus(struct wire *w, struct err *err);
struct window_store *wire_store(struct wire *w, struct err *err);
struct read_api *wire_server(struct wire *w, struct err *err);
/* Error windows: the read API's where one is configured, else the store's. No ops: *err. */
struct window_source wire_windows(struct wire *w, struct err *err);
/* The Service of a source that was found and is reached through the API server:
 * "monitoring/loki-gateway:80"; "" when it is configured by its address, or not found (yet). */
const char *wire_found(const struct wire *w, enum well_known_source s);
/* The cluster's name in the store and on screen: the configuration's, else made of the context's.
 */
const char *wire_cluster(struct wire *w);

/* SIGINT and SIGTERM end wire_run and set `interrupted`. */
void wire_catch_signals(struct wire *w);
void wire_stop(struct wire *w); /* ends wire_run */
/* Turns the loop until wire_stop, handing standard output over whenever it would wait. False: *err
 * says why it cannot. */
bool wire_run(struct wire *w, struct err *err);

/* The end of a command: prints err (when its kind is not ERR_NONE) and gives the exit status; 130
 * when interrupted. */
int wire_end(struct wire *w, const struct err *err);

#endif
