/* WebSocket (RFC 6455) by wslay over a connection of http: the tail of Loki, exec of Kubernetes. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct http;
struct http_target;
struct websocket;

struct websocket_call {
    struct http_target *target;
    const char *path;
    const char *protocol;       /* Sec-WebSocket-Protocol, or NULL */
    const char *const *headers; /* further ones; may be NULL */
    size_t max_message;         /* 0: 64 MiB */
    int idle_ms;                /* ends with ERR_AWAY when nothing (no ping either) came for so long; 0: never */
    void *context;
    void (*opened)(void *context);
    void (*message)(void *context, struct str bytes, bool binary);
    /* The end, once: err->what holds the close reason or the server's answer to a refused upgrade (err->http its status). */
    void (*closed)(void *context, int close_code, const struct err *err);
};

struct websocket *websocket_open(struct http *h, const struct websocket_call *call);
bool websocket_send(struct websocket *w, struct str bytes, bool binary); /* false when over 16 MiB wait to be sent */
void websocket_close(struct websocket *w); /* no callback any more; NULL is allowed */

#endif
