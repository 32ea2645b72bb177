/* The server's side of a WebSocket (RFC 6455), as much as Loki's tail and the kubelet's streams need. */
#ifndef SANDBOX_WSSERVER_H
#define SANDBOX_WSSERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct loop;
struct reply;
struct wsserver;

/* Answers the request with 101 (false: it is no WebSocket handshake; 400 has been sent). `opened`
 * comes when frames can be sent; `closed` exactly once, when the connection has ended by whichever
 * side; the wsserver is gone then. */
struct wsserver_call {
    struct loop *loop;
    void *context;
    const char
        *protocols; /* those that we speak, blanks between: one of them must be asked for; NULL:
                              none */
    void (*opened)(void *context, struct wsserver *w);
    void (*message)(void *context, struct str bytes); /* text or binary, whole; may be NULL */
    void (*drained)(void *context); /* nothing waits to be sent any more; may be NULL */
    void (*closed)(void *context);
};
bool wsserver_accept(struct reply *p, const struct wsserver_call *call);

bool wsserver_text(struct wsserver *w,
                   struct str text); /* false: more than 8 MiB wait, nothing was sent */
bool wsserver_binary(struct wsserver *w, struct str bytes); /* the same */
size_t wsserver_waiting(const struct wsserver *w);
void wsserver_ping(struct wsserver *w);
void wsserver_close(struct wsserver *w, int code,
                    const char *reason); /* sends the frame, ends soon */
void wsserver_end(struct wsserver *w);   /* at once; `closed` is not called */

#endif
