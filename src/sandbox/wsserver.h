/* The server's side of a WebSocket (RFC 6455), just enough for Loki's tail: it sends text, pings
 * and a close, and reads what a client says only to answer pings and to notice its end. */
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
    void (*opened)(void *context, struct wsserver *w);
    void (*closed)(void *context);
};
bool wsserver_accept(struct reply *p, const struct wsserver_call *call);

bool wsserver_text(struct wsserver *w,
                   struct str text); /* false: more than 8 MiB wait, nothing was sent */
void wsserver_ping(struct wsserver *w);
void wsserver_close(struct wsserver *w, int code,
                    const char *reason); /* sends the frame, ends soon */
void wsserver_end(struct wsserver *w);   /* at once; `closed` is not called */

#endif
