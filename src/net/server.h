/* An HTTP server on the loop by libmicrohttpd (which only its own files include): the
 * collector's read API, the sandbox. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct loop;
struct server;
struct
    server_request; /* one exchange; lives until its answer has gone out or the client went away */

struct server_conf {
    const char *listen;  /* "127.0.0.1:0" (0: a free port), "0.0.0.0:8080", "[::1]:9" */
    size_t max_body;     /* larger bodies: 413. 0: 1 MiB */
    int max_connections; /* 0: 200; near it the oldest that asks nothing is cut (server_crowd.h) */
    void *context;
    /* A whole request (its body has come). Answer now with server_reply, or later; every request
     * must be answered, or dropped (server_drop). */
    void (*handle)(void *context, struct server_request *r);
};

struct server *server_new(struct loop *l, const struct server_conf *conf, struct err *err);
void server_free(struct server *s);
int server_port(const struct server *s);

const char *server_method(const struct server_request *r);
const char *server_path(const struct server_request *r); /* decoded, without the query */
const char *server_raw_target(
    const struct server_request *r); /* as it came: path and query, not decoded (signatures) */
const char *
server_query(const struct server_request *r,
             const char *name); /* decoded value, NULL when absent; of a form body too */
const char *server_query_nth(const struct server_request *r, const char *name,
                             size_t n); /* of a name given several times, from 0 */
const char *server_header(const struct server_request *r, const char *name); /* NULL when absent */
/* All headers, for signatures: calls back with each. */
void server_headers(const struct server_request *r,
                    void (*each)(void *context, const char *name, const char *value),
                    void *context);
struct str server_body(const struct server_request *r);
/* Called exactly once, when the client goes away before the end of the answer, or at its end.
 * Freeing the server counts. */
void server_on_end(struct server_request *r, void (*ended)(void *context), void *context);

/* headers: "Name: value", NULL-terminated, may be NULL. The bytes are copied. */
void server_reply(struct server_request *r, int status, const char *content_type,
                  const char *const *headers, struct str body);

/* A body that comes in pieces: chunked. After server_stream_end (or when the client went: `ended`)
 * the request is gone. `abort` cuts the connection in mid-body. At most 64 MiB wait: then false. */
void server_stream(struct server_request *r, int status, const char *content_type,
                   const char *const *headers);
bool server_stream_add(struct server_request *r, struct str piece);
void server_stream_end(struct server_request *r, bool abort);
/* Calls `more` whenever nothing of the stream waits to be sent any more, so that a long body is
 * made only as fast as the client reads it: it adds a piece of some 64 KiB, or ends the stream, or
 * does neither: then it is called again after the next add. */
void server_stream_on_empty(struct server_request *r, void (*more)(void *context), void *context);
/* Bytes that wait to be sent. */
size_t server_stream_waiting(const struct server_request *r);

/* Closes the connection without an answer. */
void server_drop(struct server_request *r);

/* Answers 101 and hands the connection over (WebSocket): `open` gets the socket and what was read
 * behind the request. The socket is non-blocking; server_upgrade_close gives it back. */
struct server_upgrade;
void server_reply_upgrade(struct server_request *r, const char *const *headers,
                          void (*open)(void *context, struct server_upgrade *u, int fd,
                                       struct str early),
                          void *context);
void server_upgrade_close(struct server_upgrade *u);

#endif
