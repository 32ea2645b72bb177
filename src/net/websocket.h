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
    void (*sent)(void *context); /* all that waited to be sent has gone out; may be NULL */
    /* The server's answer to a refused upgrade, to be told in better words: may fill *err, which is
     * what `closed` gets. May be NULL. */
    void (*refusal)(void *context, int status, struct str body, struct err *err);
    /* The end, once, never from inside websocket_open; the websocket is gone afterwards. ERR_NONE:
     * closed as agreed (1000); else err->what holds the close reason (1006: the connection broke
     * without one), or the server's answer to a refused upgrade (err->http its status; the code is
     * 0 then). */
    void (*closed)(void *context, int close_code, const struct err *err);
};

struct websocket *websocket_open(struct http *h, const struct websocket_call *call);
bool websocket_send(struct websocket *w, struct str bytes,
                    bool binary);                    /* false when over 16 MiB wait to be sent */
size_t websocket_waiting(const struct websocket *w); /* bytes that are not sent yet */
/* Keeps the link alive; dropped while much waits. */
void websocket_ping(struct websocket *w);
/* Back pressure: no message comes any more until it is taken off (but for what has been read
 * already, a few). */
void websocket_pause(struct websocket *w, bool pause);
void websocket_close(struct websocket *w); /* no callback any more; NULL is allowed */
/* The Sec-WebSocket-Accept that answers a key: for servers too. */
void websocket_accept(struct buf *out, const char *key);

#endif
