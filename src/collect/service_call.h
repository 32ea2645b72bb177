/* One question to the read API: what it asks for, what runs for it, and how it is answered. Inside
 * of service. */
#ifndef COLLECT_SERVICE_CALL_H
#define COLLECT_SERVICE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct loop;
struct server_request;
struct service_pack;
struct store_op;
struct window_store;
struct window_store_op;

enum { SERVICE_CALL_LIMIT = 500, SERVICE_CALL_MOST = 5000, SERVICE_CALL_BODY = 64 << 20 };

struct service_call {
    struct service_call *prev, *next;
    struct service_call **list; /* that it stands in */
    size_t *running;            /* counts those that are not answered */
    struct loop *loop;
    struct server_request *request;
    struct window_store *store;
    char *path; /* behind the resource's name, in lower case: "/errors/2021-08-27" or "" */
    bool text;  /* plain text instead of JSON */
    size_t limit, offset; /* ?limit= and ?continue= */
    bool answered;
    struct service_pack *pack;
    /* What runs: cancelled when the client goes. */
    struct window_store_op *op;
    struct store_op *io;
    void *own;
    void (*free_own)(void *own); /* NULL: nothing */
};

/* Takes the request over; lives until it ends. */
struct service_call *service_call_new(struct service_call **list, size_t *running, struct loop *l,
                                      struct server_request *r, struct window_store *store,
                                      const char *path);

/* Puts a last member "continue" into the object that body is; 0: there is no more. */
void service_call_continue(struct buf *body, size_t next);
/* Answers, with an ETag (304 when the client has it) and gzip when the client takes it; the body is
 * taken over. */
void service_call_reply(struct service_call *c, struct buf *body);
/* The same of an object that is packed already: sent so to a client that takes gzip, else unpacked
 * for it. */
void service_call_packed(struct service_call *c, struct str packed);
/* What came of reading a stored object (c->io): answered as it lies there; where a part or text is asked
 * for, what `part` writes to *out, or with the error that it sets. */
void service_call_stored(struct service_call *c, struct str bytes, const struct err *err,
                         void (*part)(struct service_call *c, struct str bytes, struct buf *out,
                                      struct err *err));
/* With the status that the error stands for. */
void service_call_fail(struct service_call *c, const struct err *err);
void service_call_status(struct service_call *c, int status, const char *what);

const char *service_call_query(const struct service_call *c,
                               const char *name); /* NULL when absent */
/* ?at=, ?from=, ?to=: a time as people write it; false when it was answered with a 400. */
bool service_call_time(struct service_call *c, const char *name, int64_t otherwise, int64_t *out);

#endif
