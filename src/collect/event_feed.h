/*
 * The cluster's events as log lines (cluster_event.h): into Loki, or to whoever writes them
 * elsewhere. Each is told once, over restarts too: how far it came is kept in the store, as
 * `<cluster>/events.json`
 * ({"schema":1,"cluster","at":"…","recent":["16 hex digits of an event told at about `at`"]}); and
 * a line pushed to Loki twice is one line there, as an event always gives the same time and text.
 *
 * Labels of a pushed stream: job="kubeboard-events", app="kubeboard" (so no rule takes them for
 * errors), cluster, namespace, type.
 */
#ifndef COLLECT_EVENT_FEED_H
#define COLLECT_EVENT_FEED_H

#include <stdint.h>

#include "base/str.h"

struct client;
struct event_feed;
struct loki;
struct loop;
struct redactor;
struct window_store;

enum {
    EVENT_FEED_QUEUE = 20000, /* events that wait; what comes then is dropped and counted */
    EVENT_FEED_BATCH = 500,   /* events a push */
};

struct event_feed_figures {
    uint64_t told, dropped, refused; /* events */
};

struct event_feed_conf {
    struct loop *loop;
    struct client *client;
    struct window_store *store;
    struct redactor *redactor; /* NULL: messages stay as they are */
    struct loki *loki;         /* pushed there; NULL: `write` gets them */
    void *context;
    void (*write)(void *context, struct str line); /* a line without its newline */
};

struct event_feed *event_feed_start(const struct event_feed_conf *conf);
void event_feed_free(
    struct event_feed *f); /* what waits is told after the next start; NULL is allowed */
struct event_feed_figures event_feed_figures(const struct event_feed *f);

#endif
