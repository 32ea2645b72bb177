/* A wish of the user as data, queued from the screen to a source. */
#ifndef MODEL_INTENT_H
#define MODEL_INTENT_H

#include <stdbool.h>
#include <stdint.h>

enum intent_type {
    INTENT_LOGS, /* text: LogQL; from, to (to 0: follow live): fill model->logs */
    /* Of the query that model->logs answers; see model_logs for what a feed makes of them. */
    INTENT_LOGS_OLDER, /* a page before what is held */
    INTENT_LOGS_NEWER, /* a page behind it; at the present it joins the lines that come */
    INTENT_LOGS_AT,    /* from: a time: what is held goes, the lines about that time come */
    INTENT_LOGS_LIVE,  /* what is held goes, the newest lines come and are followed */
    INTENT_LOGS_HOLD, /* from: the time that is looked at: the end farther from it gives way; 0: the
                          newest */
    INTENT_WINDOW_DAY, /* text: rule; from: the day: fill model->windows */
    INTENT_WINDOW,     /* text: rule; from: the window's start: fill model->window */
    INTENT_METRICS,    /* from, to (0: live): fill model->series */
    INTENT_POD_LOGS,   /* text: a pod_log_wish: fill model->logs from the API server */
    INTENT_CONTAINERS, /* text: "namespace/pod": fill model->containers */
    INTENT_PAGE,       /* text: a page_wish; NULL: no page is looked at any more */
    INTENT_CONTEXT,    /* text: a kubeconfig context */
    INTENT_LOGIN,      /* log in to the cluster, where the login may ask */
    /* Fill model->browsed. text: lines; the first is a namespace or empty (all), each behind it a
     * resource as one types it and perhaps, behind a blank, a label selector. What is not named any
     * more is let go of. */
    INTENT_BROWSE,
    INTENT_SERVED, /* fill model->served, unless it is fresh */
    INTENT_OFFERS, /* text: an object (object_ref_text): fill model->offers with what may be done to it */
    INTENT_QUESTION, /* text: an offer's name, and behind a blank what was typed: put the question */
    INTENT_AGREED,   /* from: the question's number: do it */
    INTENT_FORGET,   /* the question was answered by no, or the menu was left */
    INTENT_STOP,     /* from: id of what runs, or of a forwarded port */
    INTENT_CHECK, /* text: LogQL; from, to: what is wrong with it, what it costs: model->question */
    INTENT_CHECK_PROMQL,    /* text: PromQL: the same */
    INTENT_VOLUME,          /* text: a log query; from, to (0: live): fill model->volume */
    INTENT_VOLUME_WHATEVER, /* the same, whatever it costs */
    INTENT_GRAPH,           /* text: a LogQL metric query; from, to (0: live): fill model->graph */
    INTENT_GRAPH_PROMQL,    /* text: PromQL: the same */
    INTENT_WORDS, /* text: a key of model->vocabulary; from, to: the span it is asked of */
    INTENT_QUIT,
};

struct intent {
    enum intent_type type;
    char *text; /* the queue's own; may be NULL */
    int64_t from, to;
};

struct intents; /* a bounded queue (64; the oldest falls out): a newer intent replaces a waiting one
                 * of the same type (INTENT_WINDOW_DAY: of the same rule; INTENT_STOP: of the same id;
                 * INTENT_WORDS: of the same key) */
struct intents *intents_new(void);
void intents_free(struct intents *q);
void intents_push(struct intents *q, enum intent_type type, const char *text, int64_t from,
                  int64_t to);
/* Takes the oldest; the caller frees out->text. False when there is none. */
bool intents_take(struct intents *q, struct intent *out);

#endif
