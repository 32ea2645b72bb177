/*
 * Where a bucket is and by which client it is reached: the URL, endpoint, region and the choice
 * that CONTRACT.md ("S3 client") fixes. Both clients share what is resolved here.
 */
#ifndef STORE_S3_PLACE_H
#define STORE_S3_PLACE_H

#include "base/buf.h"
#include "net/conn.h"
#include "store/store.h"

struct aws_credentials;
struct aws_settings;
struct s3_error;
struct store_guard;

struct s3_place {
    int references; /* on the loop */
    char *url;      /* as configured */
    char *bucket;
    char *prefix;   /* of every key: "" or "errors/" */
    char *endpoint; /* "https://s3.eu-west-1.amazonaws.com", "http://127.0.0.1:9000/path" */
    char *host;     /* the endpoint's, with its port */
    char *base;     /* the bucket's URL; a key goes behind it with a slash */
    bool https, path_style, amazon, endpoint_given;
    char *region, *region_from; /* region NULL: libs3 2.x needs none */
    char *encryption;
    int timeout_ms;
    size_t part_size;
    struct conn tls;          /* copied; may be all empty */
    enum store_client client; /* chosen */
    char *why;
    struct http *http;
    const struct store_guard *guard;     /* the store's; NULL: it is closed */
    struct aws_credentials *credentials; /* both NULL in s3_place_resolve */
    void *own;                           /* the client's */
};

/* All but http and credentials, without side effects. `libs3` is the version of it: 2 or 4. False:
 * ERR_CONFIG. */
bool s3_place_resolve(struct s3_place *p, const struct store_conf *conf,
                      const struct aws_settings *s, int libs3, struct err *err);

/* Resolves an s3:// store's place, with the credentials of this process. NULL: ERR_CONFIG. */
struct s3_place *s3_place_open(struct http *h, const struct store_conf *conf,
                               const struct store_guard *guard, struct err *err);
void s3_place_hold(void *place);
void s3_place_drop(void *place);
/* The store closes: gives the credentials back, which no worker touches, and drops the place. */
void s3_place_close(void *place);

/* Whether a refusal is about the keys of that serial and others may be had: those are not given out
 * again. Status 0: not known. */
bool s3_place_renew(struct s3_place *p, const struct s3_error *e, int status, unsigned serial);

/* The key below the bucket; free() it. */
char *s3_place_key(const struct s3_place *p, const char *key);
/* "s3://bucket/prefix/key" for errors. Returns out. */
char *s3_place_where(const struct s3_place *p, const char *key, char *out, size_t size);
/* The part of a listed key behind the prefix; NULL when it is none of ours. */
const char *s3_place_relative(const struct s3_place *p, const char *full);
void s3_place_describe(const struct s3_place *p, const char *library, struct buf *out);

#endif
