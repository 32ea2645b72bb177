/*
 * Draining a node as kubectl does: looked at first (what would go, what stays, what would be lost), then
 * cordoned, then its pods are evicted, at most 8 at a time, waiting where a disruption budget says so.
 */
#ifndef KUBE_DRAIN_H
#define KUBE_DRAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct client;
struct drain;

enum { DRAIN_NAMES = 200 };

/* What is on the node. Names are of the first few, "shop/web-1, shop/web-2 …". */
struct drain_plan {
    size_t evict;          /* pods that would be evicted, all counted */
    size_t stay;           /* of daemon sets, or static */
    size_t alone, scratch; /* of those evicted: without controller; with emptyDir data */
    char alone_names[DRAIN_NAMES], scratch_names[DRAIN_NAMES];
};

struct drain_conf {
    const char *node, *uid; /* uid "": not known */
    /* What the question that was agreed to has said: without them such pods are refused, and nothing
     * is evicted. */
    bool may_lose_alone, may_lose_scratch;
    int limit_seconds; /* 0: 300 */
    void *context;
    void (*progress)(void *context, const char *text);
    /* The end, once, never from inside: ERR_NONE when no pod is left that had to go. `outcome` says
     * how far it came in either case. */
    void (*done)(void *context, const char *outcome, const struct err *err);
};

/* Only looks. `told` once, never from inside. */
struct drain *drain_look(struct client *c, const char *node,
                         void (*told)(void *context, const struct drain_plan *plan,
                                      const struct err *err),
                         void *context);
struct drain *drain_start(struct client *c, const struct drain_conf *conf);
void drain_stop(struct drain *d); /* nothing is told any more; NULL is allowed; not after the end.
                                     What was evicted stays so, the node stays cordoned */

#endif
