/*
 * How the services answer: through here, so that faults reach them all. Each request of the sandbox
 * is one `struct reply`, which lives until its exchange is over.
 */
#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "sandbox/faults.h"

struct loop;
struct loop_timer;
struct server_request;

struct reply {
    struct server_request *r;
    struct faults *faults;
    struct loop *loop;
    enum sandbox_service service;
    const char *path; /* decoded; what is behind a proxy's prefix */
    struct loop_timer *timer;
    void (*later)(struct reply *p, void *context);
    void *later_context;
    bool streaming;
    uint64_t streamed;
    char *kept_path;
    void (*over)(void *context); /* the user's; see reply_on_over */
    void *over_context;
};

/* Wraps a request; it frees itself when the exchange is over. */
struct reply *reply_new(struct server_request *r, struct loop *l, struct faults *f,
                        enum sandbox_service service);
void reply_set_path(struct reply *p, const char *path);

/* Answers with a body; type NULL: none. headers as server_reply's, may be NULL. */
void reply_body(struct reply *p, int status, const char *type, const char *const *headers,
                struct str body);
void reply_text(struct reply *p, int status,
                const char *text); /* text/plain, as Go's http.Error but without a newline */
void reply_json(struct reply *p, int status, struct str body);

/* Streams; see server.h. A stream that a fault cuts refuses further pieces. */
void reply_stream(struct reply *p, int status, const char *type, const char *const *headers);
bool reply_add(struct reply *p, struct str piece);
void reply_end(struct reply *p);
void reply_on_empty(struct reply *p, void (*more)(void *context), void *context);

/* Calls `later` after so many ms, unless the client goes before. */
void reply_later(struct reply *p, int64_t ms, void (*later)(struct reply *p, void *context),
                 void *context);
/* Called once when the exchange is over, however it ended. */
void reply_on_over(struct reply *p, void (*over)(void *context), void *context);

#endif
