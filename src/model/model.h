/* Everything that panes draw, in one place; sources fill it, panes read it, nobody does both. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/err.h"
#include "model/broken_rows.h"
#include "model/contexts.h"
#include "model/graph.h"
#include "model/intent.h"
#include "model/line.h"
#include "model/marks.h"
#include "model/object.h"
#include "model/offers.h"
#include "model/page_wish.h"
#include "model/pages_seen.h"
#include "model/past.h"
#include "model/pod_parts.h"
#include "model/question.h"
#include "model/scope.h"
#include "model/series.h"
#include "model/served.h"
#include "model/upstream.h"
#include "model/vocabulary.h"
#include "model/volume.h"
#include "model/window.h"

/* What lies beyond one end of the lines held. */
enum model_edge_state {
    MODEL_EDGE_NONE,    /* the feed cannot read further there */
    MODEL_EDGE_MORE,    /* there may be more: ask for a page */
    MODEL_EDGE_LOADING, /* a page is being read */
    MODEL_EDGE_FAILED,  /* err says why it could not; asking again is allowed */
    MODEL_EDGE_END,     /* nothing was found back to `searched`; asking again looks further back */
    MODEL_EDGE_LIVE,    /* the newer end only: lines that come are put there */
};
struct model_edge {
    enum model_edge_state state;
    int64_t time;     /* older: all lines from there on are held; newer: all before it */
    int64_t searched; /* older: where the looking has come to */
    uint64_t let_go;  /* lines that were held beyond it and gave way */
    struct err err;
};

/*
 * The lines of one query, filled by one feed at a time, whatever its source. What is held is one
 * span of time without holes, between two edges. The feed keeps `lines` and both edges in step: a
 * page comes whole or up to a time, never a part of a nanosecond; when the store is full the end
 * farther from what is looked at gives way (INTENT_LOGS_HOLD) and is counted there; lines that
 * come while the newer end is not LIVE are counted in newer.let_go instead of held. A feed that
 * cannot read back leaves the older edge at NONE and passes over the intents.
 */
struct model_logs {
    struct lines *lines;
    struct model_edge older, newer;
    uint64_t arrived; /* log lines that came live since the query began, held or not */
    int64_t at;       /* of INTENT_LOGS_AT: the time to be shown; 0: none */
    struct upstream upstream;
    char *query;      /* what the lines answer */
    int64_t from, to; /* to 0: following */
    bool loading;
    char lane[24];        /* "poll", "tail+poll", "range": which way the lines come */
    double per_second;    /* lines/s of the last 10 s while following */
    int64_t lag;          /* ns between the newest line and its arrival; -1 unknown */
    bool from_pod;        /* the lines come from the API server: query is a pod_log_wish */
    struct upstream loki; /* then: how Loki was before */
    char way[160];        /* how Loki is reached where it was found by itself; "" */
};

enum {
    MODEL_RULES = 64,
    MODEL_LOG_BYTES = 192 << 20, /* of the log pane's lines: a million of 150 bytes */
    MODEL_SERIES_STEP_SECONDS = 60,
    MODEL_SERIES_POINTS = 60, /* an hour */
};
struct model_windows {
    char *
        query; /* of the first rule: what counts as an error where nothing else is chosen; or NULL */
    struct upstream upstream;      /* of the store */
    struct upstream open_upstream; /* of the open window, which comes from Loki */
    char *rules[MODEL_RULES];      /* names */
    size_t rule_count;
    struct window_day *days[MODEL_RULES]; /* the shown day of each rule; NULL: not there (yet) */
    struct window *open[MODEL_RULES];     /* the one still open, worked out live; NULL: none */
    struct window *chosen; /* the window that the groups pane shows: its own, never one of `open` */
    struct upstream chosen_upstream;
    int64_t width;               /* ns */
    struct pasts *pasts;         /* what the shown windows are compared with, as it comes */
    struct catalogue *catalogue; /* NULL: not there (yet) */
};

/* What is broken in the cluster now, whatever the scope's moment is. */
struct model_broken {
    struct broken_rows *rows;
    struct upstream upstream; /* OFF: nobody looks */
    bool looking;             /* some of the kinds have not answered yet */
    char unseen[300];         /* kinds that could not be looked at: "leases denied"; "" */
};

/* A resource that the user asked for by name. */
enum { MODEL_BROWSED = 4, MODEL_BROWSED_NAME = 1024 };
struct model_browsed {
    char name[MODEL_BROWSED_NAME]; /* as the intent named it, selector and all; "": free */
    const struct kind *kind;       /* what it was found to be; NULL: not known yet, or none */
    struct resource resource;      /* its upstream says why there is none */
};

/* The pages of objects: what is looked at, and what was. */
struct model_page {
    struct page_wish wish;    /* that the feed works on; object.name "": none */
    struct upstream upstream; /* of that object */
    struct pages_seen seen;
    uint64_t changes;
};

struct model {
    struct scope scope;
    struct contexts contexts; /* of the kubeconfig */
    struct resource nodes, pods, namespaces, events;
    struct model_broken broken;
    struct model_browsed browsed[MODEL_BROWSED];
    struct served *served;
    struct model_page page;
    struct pod_parts containers;
    struct model_logs logs;
    struct marks *marks; /* the user's: the log pane writes them */
    struct model_windows windows;
    struct series *series[METRIC_COUNT];
    struct upstream metrics;
    struct offers offers;
    struct volume volume; /* of the log pane's query */
    struct graph graph;   /* of the metric query that was typed last */
    struct upstream graph_upstream;
    bool graph_loading;
    struct question question;      /* the query that was typed last */
    struct vocabulary *vocabulary; /* of the logs' labels */
    char metrics_way[160]; /* how they are reached where that was found out: "metrics.k8s.io"; "" */
    struct intents *intents;
    char *insecure; /* a visible warning ("TLS certificate of … is not verified"), or NULL */
    int64_t clock_offset; /* the cluster's clock less ours, ns; 0: none that is known of */
    bool dirty;           /* something that is drawn changed since the last frame */
};

/* With empty lines, series (MODEL_SERIES_…) and intents. Everything that it points to is its own.
 * Tables are made by whoever knows the kinds: they are NULL at first. */
struct model *model_new(void);
void model_free(struct model *m);
/* As new, but for the intents, of which none waits any more: another cluster is looked at. No feed
 * may be running, and no pane may hold anything of it. */
void model_clear(struct model *m);

/* How many of the lists that panes show hold anything: the log's lines, what is broken, each
 * resource. */
size_t model_lists_filled(const struct model *m);

const struct model_browsed *model_browsed_find(const struct model *m,
                                               const char *name); /* or NULL */

#endif
