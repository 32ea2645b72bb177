/* WebSocket (RFC 6455) by wslay over a connection of http: the tail of Loki, exec of Kubernetes. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
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
    int idle_ms; /* ends with ERR_AWAY when nothing (no ping either) came for so long; 0: never */
    void *context;
    void (*opened)(void *context);
    void (*message)(void *context, struct str bytes, bool binary);
    /* The end, once, never from inside websocket_open; the websocket is gone afterwards. ERR_NONE:
     * closed as agreed (1000); else err->what holds the close reason (1006: the connection broke
     * without one), or the server's answer to a refused upgrade (err->http its status; the code is
     * 0 then). */
    void (*closed)(void *context, int close_code, const struct err *err);
};

struct websocket *websocket_open(struct http *h, const struct websocket_call *call);
bool websocket_send(struct websocket *w, struct str bytes,
                    bool binary);          /* false when over 16 MiB wait to be sent */
void websocket_close(struct websocket *w); /* no callback any more; NULL is allowed */
/* The subprotocol that the server chose, "" when none. From `opened` on. */
const char *websocket_protocol(const struct websocket *w);
/* The Sec-WebSocket-Accept that answers a key: for servers too. */
void websocket_accept(struct buf *out, const char *key);

#endif
