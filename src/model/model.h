/* Everything that panes draw, in one place; sources fill it, panes read it, nobody does both. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/broken_rows.h"
#include "model/intent.h"
#include "model/line.h"
#include "model/object.h"
#include "model/past.h"
#include "model/scope.h"
#include "model/series.h"
#include "model/upstream.h"
#include "model/window.h"

struct model_logs {
    struct lines *lines;
    struct upstream upstream;
    char *query;      /* what the lines answer */
    int64_t from, to; /* to 0: following */
    bool loading;
    char lane[24];     /* "poll", "tail+poll", "range": which way the lines come */
    double per_second; /* lines/s of the last 10 s while following */
    int64_t lag;       /* ns between the newest line and its arrival; -1 unknown */
};

enum {
    MODEL_RULES = 64,
    MODEL_LOG_BYTES = 128 << 20, /* of the log pane's lines */
    MODEL_SERIES_STEP_SECONDS = 60,
    MODEL_SERIES_POINTS = 60, /* an hour */
};
struct model_windows {
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

struct model {
    struct scope scope;
    struct resource nodes, pods, namespaces, events;
    struct model_broken broken;
    struct model_logs logs;
    struct model_windows windows;
    struct series *series[METRIC_COUNT];
    struct upstream metrics;
    struct intents *intents;
    char *insecure; /* a visible warning ("TLS certificate of … is not verified"), or NULL */
    bool dirty;     /* something that is drawn changed since the last frame */
};

/* With empty lines, series (MODEL_SERIES_…) and intents. Everything that it points to is its own.
 * Tables are made by whoever knows the kinds: they are NULL at first. */
struct model *model_new(void);
void model_free(struct model *m);
/* As new, but for the intents, of which none waits any more: another cluster is looked at. No feed
 * may be running, and no pane may hold anything of it. */
void model_clear(struct model *m);

#endif
