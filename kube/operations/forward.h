/*
 * Port-forward: a listener on 127.0.0.1 whose connections lead, each by its own WebSocket, to a port of a
 * pod.
 */
#ifndef KUBE_FORWARD_H
#define KUBE_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct client;
struct forward;

enum { FORWARD_LINKS = 64 }; /* connections at a time; more are refused, and counted as errors */

struct forward_conf {
    const char *namespace_, *pod;
    int local, remote; /* local 0: a free port */
    void *context;
    void (*changed)(void *context); /* counts or state; may come often; never from inside */
};

struct forward_state {
    int local, remote;
    size_t open;             /* connections now */
    uint64_t connections;    /* in all */
    uint64_t sent, received; /* bytes to and from the pod */
    uint64_t errors;
    char last_error[300]; /* "" when none; foreign text */
};

/* Listens at once; the pod is dialled when someone connects. NULL and *err when the port cannot be
 * listened on. Copies conf. */
struct forward *forward_open(struct client *c, const struct forward_conf *conf, struct err *err);
void forward_close(struct forward *f); /* cuts its connections; NULL is allowed */
void forward_state(const struct forward *f, struct forward_state *out);

/* "8080", "9090:8080", ":8080" (a free local port); false: neither. */
bool forward_ports(struct str text, int *local, int *remote);

#endif
