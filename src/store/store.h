/*
 * A place that keeps objects under keys: a folder (EFS, EBS), or a bucket by one of two S3 clients.
 * One table for all; nothing here blocks, every answer comes on the loop.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct conn;
struct http;
struct spool;
struct store;
struct store_op; /* under way */

enum { STORE_OPS_MAX = 1024 }; /* operations of a store, waiting or running: one more: ERR_LIMIT */
/* Bytes of an object: a larger put fails with ERR_LIMIT. */
#define STORE_OBJECT_MAX ((size_t)1 << 30)

enum store_client { STORE_CLIENT_AUTO, STORE_CLIENT_CURL, STORE_CLIENT_LIBS3 };

/* What the configuration says of a store; only read, all strings may be NULL but url. */
struct store_conf {
    const char *url; /* file:///absolute/folder or s3://bucket/prefix */
    /* The rest is for s3. */
    enum store_client client;
    /* NULL: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS's own for the region. */
    const char *endpoint;
    const char *region; /* NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, the endpoint's */
    /* endpoint/bucket/key; so it is anyway for addresses and buckets that are no host names. */
    bool path_style;
    const struct conn *tls; /* ca_…, cert_…, key_…, server_name, insecure, proxy; may be NULL */
    /* Server side: "AES256", "aws:kms" or "aws:kms:KEY"; NULL: as the bucket has it. */
    const char *encryption;
    int timeout_ms;   /* of a whole request; 0: none as long as bytes move */
    size_t part_size; /* larger objects are put in parts; 0: 16 MiB, at least 5 MiB */
};

/*
 * NULL and ERR_CONFIG for a URL that is none, a client that cannot do what is asked (it says which
 * can), a broken profile, no region. Reads the profile files and looks at the folder; connects to
 * nothing. The http must outlive the store.
 */
struct store *store_open(struct http *h, const struct store_conf *conf, struct err *err);
/* Cancels what is under way, without callbacks; not from inside an `entry`. NULL is allowed. */
void store_free(struct store *s);

/* From now on whatever writes fails with ERR_CONFLICT at the moment that it would be sent, also when
 * it is tried again, while `may_write` says no: a process that was stopped for a while finds that
 * another writes by then. NULL: always. */
void store_guard(struct store *s, bool (*may_write)(void *context), void *context);

const char *store_url(const struct store *s);  /* as configured: it holds no secret */
uint64_t store_written(const struct store *s); /* bytes of all puts that worked */
/* Whether nothing is on its way any more of what a cancelled put sends after itself: the abort of
 * its upload. Closing the store cancels that too. */
bool store_settled(const struct store *s);
/* Whether the last put did not work for a reason of the store's (a full disk, a bucket that is
 * away). */
bool store_write_failed(const struct store *s);

/* In words, one line: which client and why, endpoint, region and where it is from, the credentials'
 * source. */
void store_describe(const struct store *s, struct buf *out);
/* The S3 clients of this build, for --version: "curl (SigV4), libs3 2.x (SigV2 only)". */
const char *store_clients(void);

/*
 * The operations. Each `done` is called on the loop, exactly once and never from inside the call,
 * unless the operation is cancelled; err->kind is ERR_NONE when it worked, ERR_USAGE for a key that
 * is none (store_key.h). After `done` the operation is gone. What may help to try again is tried
 * again inside (five times at most). Keys and other strings are copied.
 */

/* The whole object; more than `max` bytes fail with ERR_LIMIT, no such key with ERR_NOT_FOUND. The
 * bytes are valid until the callback returns. */
struct store_op *store_get(struct store *s, const char *key, size_t max, void *context,
                           void (*done)(void *context, struct str bytes, const struct err *err));

/* The same, of an object that is too large for memory (spool.h): read from its start. The spool is
 * the callee's, NULL on error. */
struct store_op *store_get_spool(struct store *s, const char *key, size_t max, void *context,
                                 void (*done)(void *context, struct spool *yours,
                                              const struct err *err));

/* Whole or not at all, replacing what is there; of several writers one wins. The body is taken
 * over: it is empty afterwards. content_type may be NULL. */
struct store_op *store_put(struct store *s, const char *key, const char *content_type,
                           struct buf *body, void *context,
                           void (*done)(void *context, const struct err *err));

/* The same, of a body that is too large for memory (spool.h), which is taken over; only a part
 * of it is held at a time. */
struct store_op *store_put_spool(struct store *s, const char *key, const char *content_type,
                                 struct spool *body, void *context,
                                 void (*done)(void *context, const struct err *err));

/* No such key is no error. */
struct store_op *store_delete(struct store *s, const char *key, void *context,
                              void (*done)(void *context, const struct err *err));

struct store_entry {
    const char *key; /* relative to the root; of a folder with '/' at its end */
    bool is_folder;  /* a common prefix; size and modified are 0 then */
    uint64_t size;
    int64_t modified; /* wall ns of the server; S3 counts in seconds or milliseconds */
};

/* Size and time of one object; ERR_NOT_FOUND. */
struct store_op *store_head(struct store *s, const char *key, void *context,
                            void (*done)(void *context, const struct store_entry *entry,
                                         const struct err *err));

struct store_list {
    const char *prefix; /* of the keys: "prod/windows/", "prod/windows/err"; NULL or "": all */
    bool folders;       /* keys that go on behind the next '/' are told once, as that folder */
    const char *after;  /* only keys behind this one; NULL: from the start */
    size_t
        max; /* stops after so many entries; 0: no bound. Pages of 1,000 are asked for meanwhile */
    void *context;
    /* Each entry in the order of its bytes. False stops the list: `done` comes with ERR_NONE. */
    bool (*entry)(void *context, const struct store_entry *entry);
    void (*done)(void *context, const struct err *err);
};
/* A prefix or root under which nothing lies gives no entries and no error. */
struct store_op *store_list(struct store *s, const struct store_list *call);

/* Removes what killed writers left below the prefix: temporary files and unfinished uploads older
 * than `age_ns`. */
struct store_op *store_clean(struct store *s, const char *prefix, int64_t age_ns, void *context,
                             void (*done)(void *context, size_t removed, const struct err *err));

/* Whether objects below the prefix can be put; leaves nothing behind. NULL: this client cannot be
 * asked (libs3), `done` does not come. */
struct store_op *store_probe(struct store *s, const char *prefix, void *context,
                             void (*done)(void *context, const struct err *err));

/* `done` is not called any more; a put may have happened or not. NULL is allowed; not after `done`.
 */
void store_cancel(struct store_op *op);

#endif
