/* HTTP by libcurl (which no other file includes): many requests on the loop, none of which ever
 * blocks it. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/conn.h"

struct loop;

/* The client: one multi handle, its connections and TLS sessions. Made once, and installed as the
 * loop's waiter. */
struct http;
struct http *http_new(struct loop *l);
void http_free(struct http *h); /* cancels what runs, without callbacks */
struct loop *http_loop(struct http *h);
/* What libcurl says of itself: "libcurl/7.88.1 OpenSSL/3.0.11 …". */
const char *http_version(void);

/* A connection's secrets and TLS options, ready to be used by many requests. Copies the conn. */
struct http_target;
struct http_target *http_target_new(struct http *h, const struct conn *c);
void http_target_free(struct http_target *t); /* requests under way keep what they need */
const struct conn *http_target_conn(const struct http_target *t);
/* A bearer token that changes (exec plugin, projected): used from the next request on. NULL: none.
 */
void http_target_set_token(struct http_target *t, const char *token);
/* A client certificate that an exec plugin gave (PEM). */
void http_target_set_cert(struct http_target *t, const char *cert_pem, const char *key_pem);

/*
 * The same server as `base`, with its credentials as they are at each request, TLS and proxy, but
 * `prefix` before every path, and the tenant and headers of the target's own conn: a service behind
 * another's proxy. `place` names it in errors. May be called again: the next requests go there.
 */
void http_target_lead(struct http_target *t, struct http_target *base, const char *prefix,
                      const char *place);
/* Its connections may be dead though nobody said so (an answer does not come): what is sent from now
 * on goes over another one. */
void http_target_leave(struct http_target *t);
/* Where it is, for errors and logs: the place it was led to, else conn_place. Returns out. */
char *http_target_place(const struct http_target *t, char *out, size_t size);

/* A door before a target: a login, or an address that has to be found first. */
enum http_door_answer {
    HTTP_DOOR_OPEN,
    HTTP_DOOR_WAIT,  /* the request waits until http_target_opened */
    HTTP_DOOR_CLOSED /* the request ends with *err */
};
struct http_door {
    void *context;
    /* Asked for each request and socket before it goes out; may send requests of its own to other
     * targets. */
    enum http_door_answer (*ask)(void *context, struct err *err);
    /* Sees the end of each request before `done`, and may say its error better. */
    void (*answered)(void *context, int status, struct str body, struct err *err);
};
/* Copied. NULL takes the door away; what waits at it goes out at the next http_target_opened. */
void http_target_set_door(struct http_target *t, const struct http_door *door);
/* The door's answer may be another one now: all that waits at it asks again. */
void http_target_opened(struct http_target *t);

struct http_request; /* under way */

struct http_call {
    struct http_target *target;
    const char *method; /* NULL: GET */
    const char
        *path; /* behind the target's URL: "/api/v1/pods?limit=500"; or a whole http(s) URL */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL. "Accept-Encoding" is
                                   curl's: all it can inflate */
    struct str body;            /* copied */
    const char *content_type;   /* of the body */
    int connect_ms;             /* 0: 10 s */
    int idle_ms;       /* ends when no byte came for so long; 0: 30 s; -1: never (a watch) */
    int total_ms;      /* 0: none. A list or a window that still moves is never cut */
    size_t max_body;   /* bytes kept for `done` (0: 64 MiB); no bound on what `chunk` passes on */
    bool no_auth;      /* without the target's credentials */
    bool identity;     /* no compression */
    bool http1;        /* HTTP/1.1 only */
    const char *sigv4; /* "aws:amz:REGION:s3": sign with sigv4_user and sigv4_password (S3) */
    const char *sigv4_user, *sigv4_password;

    void *context;
    /* The status line and headers are there (a 1xx is not told). May be NULL. */
    void (*head)(void *context, struct http_request *r, int status);
    /* Body bytes of a 2xx answer as they come; without it, and for other answers, the body is kept
     * for `done`. Returning false cancels the request: `done` gets ERR_CANCELLED. */
    bool (*chunk)(void *context, struct str bytes);
    /*
     * The end, exactly once, never from inside http_send; after it the request is gone. err->kind
     * is ERR_NONE for a 2xx answer that came whole; else what went wrong: no connection, time-outs
     * and cut bodies ERR_AWAY; a status as http_status_err has it. `status` 0: no answer came.
     * `body` is what was kept (the error's text too).
     */
    void (*done)(void *context, struct http_request *r, int status, struct str body,
                 const struct err *err);
};

struct http_request *http_send(struct http *h,
                               const struct http_call *call); /* copies the call; never NULL */
void http_cancel(
    struct http_request *r); /* `done` is not called any more; NULL is allowed; instant */
/* In `head` and `done`: a header's value of the answer ("" when absent); valid until the callback
 * returns. */
const char *http_header(struct http_request *r, const char *name);
/* The answer's Date as wall ns, 0 when there is none: the server's clock. */
int64_t http_date(struct http_request *r);
/* Pauses and resumes delivery of `chunk` (back pressure). */
void http_pause(struct http_request *r, bool pause);

/* Fills *err from a status: 401, 403, 407 DENIED; 404 NOT_FOUND; 408, 429, 5xx AWAY; 409 CONFLICT;
 * 410 GONE; 413 LIMIT; other 4xx REFUSED; 3xx PROTOCOL. `message` is what the server said
 * (shortened). Returns false. */
bool http_status_err(struct err *err, int status, const char *where, struct str message);

/* A connection handed over for a foreign protocol (WebSocket): curl does proxy, TLS and client
 * certificate, then the socket's bytes are ours. HTTP/1.1 only. */
struct http_socket;
struct http_socket_call {
    struct http_target *target;
    const char *path; /* "/loki/api/v1/tail?…": put behind the target's URL; http or https scheme */
    void *context;
    /* The connection stands (err->kind ERR_NONE), or never will. */
    void (*connected)(void *context, const struct err *err);
    void (*readable)(void *context); /* read until http_socket_read gives 0 */
    void (*writable)(void *context); /* only while http_socket_want_write */
};
struct http_socket *http_socket_open(struct http *h, const struct http_socket_call *call);
void http_socket_close(struct http_socket *s); /* no callback any more; NULL is allowed */
/* Bytes read; 0: none at present; -1: the other side closed or broke. */
ptrdiff_t http_socket_read(struct http_socket *s, void *to, size_t n);
ptrdiff_t http_socket_write(struct http_socket *s, const void *from, size_t n);
void http_socket_want_write(struct http_socket *s, bool want);
/* Back pressure: while paused `readable` is not called (TLS may still hold bytes that came before).
 */
void http_socket_pause(struct http_socket *s, bool pause);
/* The request line and headers that belong to the target (Host, Authorization, tenant, its own
 * headers), each with CRLF: for the HTTP/1.1 upgrade that the WebSocket writes itself. */
bool http_socket_request_head(struct http_socket *s, struct buf *out, struct err *err);

#endif
