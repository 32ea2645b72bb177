/*
 * Inside the room: what a kind of store (a folder, S3 by libcurl, S3 by libs3) has to do.
 * store_open.c chooses the kind, store.c checks what is asked, queues it and tells the caller; a
 * kind does the operations that are started.
 */
#ifndef STORE_STORE_KIND_H
#define STORE_STORE_KIND_H

#include "store/store.h"

struct loop_timer;

enum store_verb {
    STORE_GET,
    STORE_PUT,
    STORE_DELETE,
    STORE_HEAD,
    STORE_LIST,
    STORE_CLEAN,
    STORE_PROBE
};

/* Whether this process may write (store_guard); the loop's. */
struct store_guard {
    bool (*may_write)(void *context);
    void *context;
};
/* False: ERR_CONFLICT. */
bool store_guard_check(const struct store_guard *g, const char *where, struct err *err);

/* What is asked: plain data that may go to a worker thread and come back. */
struct store_ask {
    enum store_verb verb;
    char *key;   /* checked; of a list, a clean and a probe: the prefix, "" for none */
    char *after; /* of a list; NULL: none */
    char *content_type;
    struct buf body;     /* of a put, */
    struct spool *spool; /* or this. Of a get: bytes go there, if not NULL */
    bool folders;
    size_t max;  /* of a get: bytes. Of a list: entries, 0: no bound */
    int64_t age; /* of a clean, ns */
};
void store_ask_free(struct store_ask *a); /* what it points to */

struct store_op {
    struct store_op *prev, *next;
    struct store *store;
    struct store_ask ask;
    struct buf bytes; /* the answer of a get */
    uint64_t size;    /* of a head */
    int64_t modified; /* of a head */
    size_t removed;   /* of a clean */
    size_t told;      /* entries of a list so far */
    struct err early; /* refused before it could start */
    bool running;
    bool telling, cancelled; /* inside the entry callback; cancelled there */
    void *run;               /* the kind's own, while it runs */
    void *context;
    union {
        void (*get)(void *context, struct str bytes, const struct err *err);
        void (*spool)(void *context, struct spool *yours, const struct err *err);
        void (*plain)(void *context, const struct err *err);
        void (*head)(void *context, const struct store_entry *entry, const struct err *err);
        void (*clean)(void *context, size_t removed, const struct err *err);
    } done;
    bool (*entry)(void *context, const struct store_entry *entry);
};

struct store_kind {
    int parallel; /* operations that run at once */
    bool probes;  /* knows STORE_PROBE */
    /* Begins; never ends the operation from inside. False when it cannot begin. */
    bool (*start)(struct store_op *op, struct err *err);
    void (*stop)(struct store_op *op); /* forgets it: frees op->run, or leaves that to a worker */
    void (*close)(void *state);        /* nothing runs any more but workers that were left */
    void (*describe)(const void *state, struct buf *out);
    bool (*settled)(const void *state); /* store_settled; NULL: always */
};

struct store_list_of_ops {
    struct store_op *first, *last;
};

struct store {
    const struct store_kind *kind;
    void *state; /* the kind's own */
    struct http *http;
    char *url;
    struct store_guard guard;
    struct loop_timer *pump;
    struct store_list_of_ops waiting, active;
    int running;
    size_t ops, bytes; /* all operations; bytes of puts that have not ended */
    uint64_t written;
    bool write_failed; /* the last put */
};

/* A store whose kind and state are still to be set. */
struct store *store_new(struct http *h, const char *url);

/* Whether it may be started, or tried again: false is ERR_CONFLICT. */
bool store_op_may_run(const struct store_op *op, enum store_verb verb, struct err *err);

/* A list's next entry; false: no more is wanted. Entries that `after` excludes are passed over
 * here. */
bool store_op_entry(struct store_op *op, const struct store_entry *entry);

/* The end: tells the caller, frees the operation (op->run must be freed). The store may be gone
 * when it returns. */
void store_op_end(struct store_op *op, const struct err *err);

/* The kinds. A folder's state is its own, that of both S3 clients a struct s3_place, which they
 * make ready. */
struct s3_place;
extern const struct store_kind folder_kind, s3_curl_kind, s3_libs3_kind;
void *folder_open(const struct store_conf *conf, struct err *err);
bool s3_curl_open(struct s3_place *p, struct err *err);
bool s3_libs3_open(struct s3_place *p, struct err *err);
/* "libs3 2.x (SigV2 only)" */
const char *s3_libs3_version(void);

#endif
