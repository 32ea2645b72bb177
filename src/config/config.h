/*
 * The configuration of CONTRACT.md, read and checked from one table. Everything has a default, so
 * no file is needed. Order: defaults, file, environment (KUBEBOARD_LOKI_URL for loki.url), the
 * command line.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rule.h"
#include "net/conn.h"

enum config_store_client { CONFIG_CLIENT_AUTO, CONFIG_CLIENT_CURL, CONFIG_CLIENT_LIBS3 };
enum config_choice { CONFIG_AUTO, CONFIG_TRUE, CONFIG_FALSE };
enum config_events { CONFIG_EVENTS_LOKI, CONFIG_EVENTS_STDOUT, CONFIG_EVENTS_OFF };

struct config_pair {
    char *name, *value;
};
struct config_pairs {
    struct config_pair *list;
    size_t count;
};

/* Texts are NULL when not given and without default. Paths are absolute, ~ is put in. Spans in ns.
 */
struct config {
    char *file;                    /* that was read; NULL: none */
    char *own;                     /* the second one (config_load_own); NULL: none */
    struct config_origin *origins; /* config.c's own: where each value came from */
    char *cluster;
    struct {
        char *kubeconfig, *context;
    } kubernetes;
    struct conn loki;   /* url "auto": the Service is to be found */
    char *loki_service; /* "namespace/name:port"; NULL: by its well-known names */
    struct rule_labels loki_labels;
    int64_t loki_budget; /* bytes; 0: none */
    struct config_pairs loki_queries;
    struct conn prometheus;
    char *prometheus_service;
    struct config_pairs prometheus_charts;
    struct conn alertmanager;
    struct conn server; /* a collector's read API; url NULL: none */
    char *alertmanager_service;
    struct {
        char *raw, *processed; /* file:///… or s3://…; NULL: no store */
        enum config_store_client client;
        char *endpoint, *region;
        bool path_style;
        char *encryption;
        int64_t timeout, part_size; /* ns; bytes; 0: as the store has it */
        struct conn tls;            /* only its TLS members and proxy */
    } store;
    struct {
        int64_t window, grace, catch_up;
        struct rule
            *rules; /* the default rule of CONTRACT.md's example "errors" when none is configured */
        size_t rule_count;
        char **redact; /* kinds; NULL-terminated; default: all of model/redaction.h */
        struct config_pairs redact_patterns;
        bool snapshots;
        enum config_events events;
        int64_t retain_raw, retain_processed, retain_snapshots;
        char *lease_namespace, *lease_name;
        char *listen, *listen_token_file;
    } collector;
    struct {
        char *theme, *layout;
        bool mouse;
        enum config_choice ascii;
        struct config_pairs keys;
    } ui;
};

/* One override of the command line: {"kubernetes.context", "prod"}. */
struct config_override {
    const char *key, *value;
};

/*
 * Reads `file` (NULL: $KUBEBOARD_CONFIG, $XDG_CONFIG_HOME/kubeboard/config.yaml, ~/.config/…; a
 * missing default file is no error, a missing named one is). `overrides` ends with a NULL key. NULL
 * and ERR_CONFIG with "FILE:LINE: KEY" as the place. Blocks (one small local file).
 */
struct config *config_load(const char *file, const struct config_override *overrides,
                           struct err *err);
/* The same; behind `file` (which must be there) `own` is read, of which only what the screen shows
 * counts, not where from: ui, loki.queries, prometheus.charts. Faults of its other keys are faults
 * all the same. */
struct config *config_load_own(const char *file, const char *own,
                               const struct config_override *overrides, struct err *err);
void config_free(struct config *c); /* NULL is allowed */

/* For a fault that only the value's user can see: where err->where names a key ("ui.theme",
 * "ui.keys.quit"), puts the file and line, the variable or the option of its value there. */
void config_place(const struct config *c, struct err *err);

#endif
