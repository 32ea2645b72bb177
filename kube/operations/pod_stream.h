/*
 * The channels of exec and port-forward over one WebSocket (v4.channel.k8s.io, or v5 where the server has
 * it): every binary message begins with a byte that is its channel.
 * https://kubernetes.io/docs/reference/using-api/ names no more than that; the rest is the kubelet's
 * remotecommand and portforward packages.
 */
#ifndef KUBE_POD_STREAM_H
#define KUBE_POD_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct client;
struct pod_stream;

struct pod_stream_conf {
    const char *path; /* with its query */
    void *context;
    void (*opened)(void *context);
    void (*message)(void *context, int channel, struct str bytes);
    void (*sent)(void *context); /* nothing waits to be sent any more; may be NULL */
    /* The end, once, never from inside pod_stream_open; the stream is gone then. ERR_NONE: closed as
     * agreed. A refusal is told in the server's words. */
    void (*closed)(void *context, const struct err *err);
};

struct pod_stream *pod_stream_open(struct client *c, const struct pod_stream_conf *conf);
void pod_stream_close(struct pod_stream *s); /* no callback any more; NULL is allowed */
/* False when it is not open yet, or over 16 MiB wait to be sent. */
bool pod_stream_send(struct pod_stream *s, int channel, struct str bytes);
size_t pod_stream_waiting(const struct pod_stream *s);
void pod_stream_pause(struct pod_stream *s, bool pause); /* back pressure on messages */

#endif
