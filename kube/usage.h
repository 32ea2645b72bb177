/* CPU and memory of now by metrics.k8s.io/v1beta1 (metrics-server, or an adapter): no history. */
#ifndef KUBE_USAGE_H
#define KUBE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct client;
struct kind;
struct usage;

struct usage_one {
    const char *namespace_, *name; /* "" for a node; valid during the call */
    int64_t cpu;                   /* nanocores, of all containers */
    int64_t memory;                /* bytes */
    int64_t time;                  /* wall ns: when it was measured, 0: not told */
};

struct usage_conf {
    bool nodes;             /* of nodes, else of pods */
    const char *namespace_; /* of pods; "": all */
    void *context;
    void (*one)(void *context, const struct usage_one *u); /* while the answer arrives */
    /* Once, never from inside usage_ask. ERR_NOT_FOUND: the cluster has no metrics server. */
    void (*done)(void *context, size_t count, const struct err *err);
};

/* What is measured, as a resource of the group: for paths only. Static. */
const struct kind *usage_kind(bool nodes);
struct usage *usage_ask(struct client *c, const struct usage_conf *conf); /* copies conf */
void usage_cancel(
    struct usage *u); /* `done` is not called any more; NULL is allowed; not after done */

#endif
