/*
 * A tiny HTTP/1.1 server on the loop, by plain sockets, that does what a test tells it: recorded answers by path, answers that
 * a function makes, cut bodies, delays, connections closed without a word, restarts on the same port, WebSocket frames.
 */
#ifndef TESTS_WIRE_CANNED_H
#define TESTS_WIRE_CANNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct loop;
struct canned;
struct canned_socket; /* one connection */

struct canned_request {
    const char *method, *target, *path; /* target: as it came; path: without the query */
    struct str head;                    /* all header lines */
    struct str body;
};
/* A header's value, or a form field (of the query, or of a form body), decoded; NULL when absent. Valid until the next call. */
const char *canned_header(const struct canned_request *r, const char *name);
const char *canned_field(const struct canned_request *r, const char *name);
int64_t canned_number(const struct canned_request *r, const char *name, int64_t otherwise);

struct canned_answer {
    int status;          /* 200 */
    const char *type;    /* "application/json" */
    const char *headers; /* further lines, each with CRLF, or NULL */
    struct buf body;     /* the handler fills it */
    int delay_ms;
    size_t cut;   /* the connection closes after so many bytes of the body; SIZE_MAX: never */
    bool hang_up; /* closes without an answer */
    bool chunked;
};

struct canned *canned_new(struct loop *l);
void canned_free(struct canned *c);
const char *canned_url(const struct canned *c); /* "http://127.0.0.1:PORT" */
size_t canned_waiting(const struct canned *c);  /* answers that are delayed now */

/* Paths that start with `prefix` are answered by `handle`; the newest rule that fits counts. Others: 404. */
void canned_on(struct canned *c, const char *prefix,
               void (*handle)(void *context, const struct canned_request *r,
                              struct canned_answer *a),
               void *context);
/* … by a recorded exchange (a file below TEST_DATA): status, headers and body as recorded. */
void canned_file(struct canned *c, const char *prefix, const char *file);
void canned_text(struct canned *c, const char *prefix, int status, const char *type,
                 const char *body);
/* … by an upgrade to WebSocket: `open` may send frames at once, they go out behind the 101 in one piece. */
void canned_websocket(struct canned *c, const char *prefix,
                      void (*open)(void *context, struct canned_socket *s), void *context);
void canned_frame(struct canned_socket *s, int opcode,
                  struct str payload); /* 1 text, 8 close, 9 ping */
void canned_close_frame(struct canned_socket *s, int code, const char *reason);
void canned_hang_up(struct canned_socket *s);
/* Every frame that a client sends, unmasked. */
void canned_on_frame(struct canned *c,
                     void (*frame)(void *context, struct canned_socket *s, int opcode,
                                   struct str payload),
                     void *context);
/* Opcodes of the frames that clients sent, in order ("a" a pong, "8" a close, …). */
const char *canned_frames_seen(const struct canned *c);

/* Answers exactly these bytes to the next request, then closes. */
void canned_raw_once(struct canned *c, const char *bytes);

void canned_stop(struct canned *c);  /* refuses connections, cuts those that stand */
void canned_start(struct canned *c); /* listens again, on the same port */
size_t canned_requests(const struct canned *c);
const char *canned_last(const struct canned *c); /* target of the last request, "" at first */

#endif
