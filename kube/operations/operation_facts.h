/* What has to be known of an object before something is done to it, read from its JSON. */
#ifndef KUBE_OPERATION_FACTS_H
#define KUBE_OPERATION_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

enum { OPERATION_FACTS_MOST = 16 };

struct operation_facts {
    char uid[64];
    int64_t replicas; /* wanted; -1: the kind has none */
    bool unschedulable, paused, running;
    char owner[200]; /* "ReplicaSet web-5d9" of a controller, or "" */
    char containers[OPERATION_FACTS_MOST][64];
    size_t container_count; /* the default one first */
    int ports[OPERATION_FACTS_MOST];
    size_t port_count;
    bool scratch;  /* has emptyDir volumes */
    bool mirror;   /* a static pod's shadow: only its node's kubelet can end it */
    bool daemon;   /* a daemon set's */
    bool finished; /* Succeeded or Failed */
    bool leaving;  /* has a deletionTimestamp */
};

void operation_facts_read(struct operation_facts *f, const struct json *object);

#endif
