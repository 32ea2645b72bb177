/*
 * One request to S3, signed by libcurl (version 4), with its tries: keys are waited for, a session
 * token that the server calls expired is renewed once, what may help to try again is tried again.
 */
#ifndef STORE_S3_REQUEST_H
#define STORE_S3_REQUEST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct http_request;
struct s3_place;
struct s3_request;
struct spool;

struct s3_request_call {
    struct s3_place *place;
    const char *method;
    const char *key;   /* relative to the root; NULL: the bucket */
    const char *query; /* "?list-type=2&prefix=a%2F": names sorted, values encoded; NULL: none */
    const char *const *headers; /* "name: value"; NULL-terminated; may be NULL */
    struct str body;            /* not copied: valid until the end */
    const char *content_type;
    const char *sha256;  /* of the body, hex; NULL: of an empty one */
    struct buf *into;    /* a 2xx answer's body goes there; not copied. It is emptied at each try */
    struct spool *spool; /* or there */
    void *context;
    /* The end, once, never from inside s3_request_send; the request is gone then. `http` is for
     * http_header, NULL without an answer. */
    void (*done)(void *context, struct http_request *http, const struct err *err);
};

struct s3_request *s3_request_send(const struct s3_request_call *call); /* the strings are copied */
void s3_request_cancel(struct s3_request *r);                           /* NULL is allowed */

/* For what follows a caller that has gone: sends it and forgets it. Ends with the store at the
 * latest. */
void s3_request_send_off(const struct s3_request_call *call);

/* What the bucket's requests need; in place->own. */
struct s3_request_client;
struct s3_request_client *s3_request_client_new(struct s3_place *p);
void s3_request_client_free(struct s3_request_client *c);          /* cancels what was sent off */
bool s3_request_client_settled(const struct s3_request_client *c); /* all of that has ended */

#endif
