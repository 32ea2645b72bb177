/*
 * The feeds of the board: each joins a source to its part of the model. They fill the model and
 * mark it dirty; they never see a pane, and a pane never sees them. Each may be NULL where its
 * source is not configured.
 */
#ifndef CMD_BOARD_FEED_H
#define CMD_BOARD_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/window_source.h"
#include "model/model.h"

struct client;
struct discovery;
struct loki;
struct loop;
struct prometheus;
struct read_api;
struct rule;
struct rule_labels;
struct wire;

/* Nodes, pods, namespaces and events, listed and watched. ns "": all namespaces. */
struct board_kube;
struct board_kube *board_kube_start(struct client *c, struct model *m, const char *ns);
void board_kube_scope(struct board_kube *k, const char *ns); /* board_watch_scope for each */
void board_kube_free(struct board_kube *k); /* NULL is allowed, as for all of these */
bool board_kube_settled(const struct board_kube *k);

/* What is broken: over the tables of board_kube and those of more kinds that it watches itself. */
struct board_broken;
struct board_broken *board_broken_start(struct client *c, struct discovery *d, struct model *m,
                                        const char *ns);
void board_broken_scope(struct board_broken *b, const char *ns); /* as board_kube_scope */
void board_broken_free(struct board_broken *b);
bool board_broken_settled(const struct board_broken *b);

/* Any resource of the API server's by its name, and the names that there are. */
struct board_resource;
struct board_resource *board_resource_start(struct client *c, struct discovery *d, struct model *m);
void board_resource_free(struct board_resource *b);
void board_resource_show(struct board_resource *b, const char *wanted); /* as INTENT_BROWSE's */
void board_resource_name(struct board_resource *b);                     /* INTENT_SERVED */
bool board_resource_settled(const struct board_resource *b);

/* Lines of model->logs out of the API server in the place of Loki's, and the containers that a pod
 * has. */
struct board_pod_logs;
struct board_pod_logs *board_pod_logs_new(struct client *c, struct model *m);
void board_pod_logs_free(struct board_pod_logs *b);
void board_pod_logs_show(struct board_pod_logs *b, const char *wish); /* model/pod_log_wish.h */
void board_pod_logs_stop(struct board_pod_logs *b); /* gives model->logs back, empty */
void board_pod_logs_containers(struct board_pod_logs *b, const char *pod); /* "namespace/pod" */
bool board_pod_logs_settled(const struct board_pod_logs *b);

/* The page of the object that is looked at. */
struct board_page;
struct board_page *board_page_new(struct client *c, struct discovery *d, struct model *m);
void board_page_free(struct board_page *b);
void board_page_show(struct board_page *b, const char *wish); /* model/page_wish.h; NULL: none */
bool board_page_settled(const struct board_page *b);

/* Log lines of the query that the screen asked for last. */
struct board_logs;
struct board_logs *board_logs_new(struct loki *l, struct model *m);
void board_logs_free(struct board_logs *b);
/* to 0: the last lines since `from`, then follow. */
void board_logs_show(struct board_logs *b, const char *query, int64_t from, int64_t to);
/* INTENT_LOGS_OLDER, _NEWER, _AT, _LIVE, _HOLD, of the query shown. */
void board_logs_wish(struct board_logs *b, enum intent_type wish, int64_t time);
void board_logs_stop(struct board_logs *b); /* until the next board_logs_show */
bool board_logs_settled(const struct board_logs *b);

/* What a server says of a query before it is run, and words for completing one. loki and prometheus
 * may be NULL. */
struct board_query;
struct board_query_conf {
    struct loki *loki;
    struct prometheus *prometheus;
    int64_t budget; /* loki.budget */
};
struct board_query *board_query_new(const struct board_query_conf *conf, struct model *m);
void board_query_free(struct board_query *b);
void board_query_check(struct board_query *b, bool promql, const char *text, int64_t from,
                       int64_t to);
bool board_query_settled(const struct board_query *b);
void board_query_words(struct board_query *b, const char *key, int64_t from, int64_t to);

/* The histogram of a log query. loki may be NULL; budget: loki.budget. */
struct board_volume;
struct board_volume *board_volume_new(struct loki *l, int64_t budget, struct model *m);
void board_volume_free(struct board_volume *b);
void board_volume_show(struct board_volume *b, const char *query, int64_t from, int64_t to,
                       bool whatever); /* to 0: live; whatever: above the budget too */
bool board_volume_settled(const struct board_volume *b);

/* The graph of a metric query. loki and prometheus may be NULL. */
struct board_graph;
struct board_graph *board_graph_new(struct loki *l, struct prometheus *p, struct model *m);
void board_graph_free(struct board_graph *b);
void board_graph_show(struct board_graph *b, bool promql, const char *query, int64_t from,
                      int64_t to); /* to 0: up to now */

/* What a collector's snapshots hold: nodes, pods, namespaces, events, other resources by name and what is
 * broken; with `usage` the metrics too. */
struct board_server;
struct board_server *board_server_start(struct read_api *api, struct loop *l, struct model *m,
                                        bool usage);
void board_server_free(struct board_server *s);
void board_server_show(struct board_server *s, int64_t at);           /* 0: the newest */
void board_server_browse(struct board_server *s, const char *wanted); /* as INTENT_BROWSE's */
bool board_server_settled(const struct board_server *s);

/* Days and windows as they are stored, those that they are compared with, and the window still open
 * out of Loki. loki may be NULL. */
struct board_windows;
struct board_windows_conf {
    struct loop *loop;
    struct window_source source; /* none: only the open windows */
    struct loki *loki;
    const char *cluster;
    const struct rule *rules;
    size_t rule_count;
    const struct rule_labels *labels;
    int64_t width;
};
struct board_windows *board_windows_start(const struct board_windows_conf *conf, struct model *m);
void board_windows_free(struct board_windows *b);
void board_windows_show_day(struct board_windows *b, const char *rule, int64_t day);
void board_windows_show(struct board_windows *b, const char *rule, int64_t from);
bool board_windows_settled(const struct board_windows *b);

/* CPU and memory of nodes and pods: Prometheus's, and while there is none what metrics.k8s.io says
 * from now on. */
struct board_metrics;
struct board_metrics_conf {
    struct prometheus *prometheus;
    struct client *client;   /* NULL: no metrics.k8s.io */
    const struct wire *wire; /* says how Prometheus was found */
};
struct board_metrics *board_metrics_start(const struct board_metrics_conf *conf, struct model *m);
void board_metrics_free(struct board_metrics *b);
void board_metrics_show(struct board_metrics *b, int64_t from, int64_t to); /* to 0: live */
bool board_metrics_settled(const struct board_metrics *b);

#endif
