/*
 * One fetch of keys from a server: STS, the container's agent or the instance's metadata. Each is a
 * table of what to ask first and what to make of an answer; what they share (time-outs, trying
 * again, cancelling) is here.
 */
#ifndef STORE_AWS_FETCH_H
#define STORE_AWS_FETCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/backoff.h"
#include "store/aws/aws_keys.h"
#include "store/aws/aws_settings.h"

struct http_request;
struct http_target;
struct loop_timer;
struct aws_fetch;

struct aws_fetch_source {
    int tries;      /* of each step */
    int timeout_ms; /* of each request */
    bool no_proxy;
    /* Where the server is, without a path. */
    const char *(*url)(const struct aws_settings *s);
    /* Sends the request of f->step by aws_fetch_send. False when it cannot be made. */
    bool (*ask)(struct aws_fetch *f, struct err *err);
    /* A 2xx answer: fills f->keys and returns true when that was the last step, or goes on by
     * f->step. False and err->kind when it makes no sense. */
    bool (*take)(struct aws_fetch *f, struct str body, struct err *err);
    /* What another answer, or none (status 0), means; the kind ERR_AWAY tries again. Or NULL. */
    void (*explain)(struct aws_fetch *f, int status, struct str body, struct err *err);
};
extern const struct aws_fetch_source aws_sts_source, aws_container_source, aws_instance_source;

struct aws_fetch {
    const struct aws_fetch_source *source;
    const struct aws_settings *settings;
    struct http *http;
    struct http_target *target;
    struct http_request *request;
    struct loop_timer *timer;
    struct backoff backoff;
    int step, tries;
    bool reread;      /* the token file was read once more after it was refused */
    struct buf state; /* of the source: a token, a role's name */
    struct buf more;
    struct aws_keys keys;
    void *context;
    /* Keys NULL: it failed. */
    void (*done)(void *context, struct aws_keys *yours, const struct err *err);
};

/* `done` once, never from inside the call; after it the fetch is gone. */
struct aws_fetch *aws_fetch_start(struct http *h, const struct aws_settings *s, void *context,
                                  void (*done)(void *context, struct aws_keys *yours,
                                               const struct err *err));
void aws_fetch_cancel(struct aws_fetch *f); /* NULL is allowed */

/* For sources. `path` as http_call has it; headers NULL-terminated. */
void aws_fetch_send(struct aws_fetch *f, const char *method, const char *path,
                    const char *const *headers, struct str body, const char *content_type);
/* AccessKeyId, SecretAccessKey, Token and Expiration of a JSON answer into f->keys. */
bool aws_fetch_take_json(struct aws_fetch *f, struct str body, struct err *err);
/* Fills f->keys; each text must be there. `expires` is RFC 3339, empty: never. */
bool aws_fetch_take_keys(struct aws_fetch *f, const char *id, const char *secret, const char *token,
                         const char *expires, struct err *err);

#endif
