/*
 * Inside the room: what the operations of a window store share. Each is a struct of its own that
 * begins with window_store_op; its `run` starts it from the loop, its `stop` frees all that it
 * holds.
 */
#ifndef STORE_WINDOW_OP_H
#define STORE_WINDOW_OP_H

#include "base/arena.h"
#include "store/store.h"
#include "store/window_store.h"

enum {
    WINDOW_OP_WINDOW_MAX = 64 << 20, /* bytes of an object that we read */
    WINDOW_OP_DAY_MAX = 4 << 20,
    WINDOW_OP_GROUPS_MAX = 256 << 20,
    WINDOW_OP_SNAPSHOT_MAX = 256 << 20
};

struct window_store_op {
    struct window_store_op *prev, *next;
    struct window_store *owner;
    struct loop_timer *timer;
    struct err early; /* refused before it could start */
    bool alone;       /* one of these at a time: it reads, changes and writes */
    void (*run)(struct window_store_op *op, const struct err *early);
    void (*stop)(struct window_store_op *op); /* frees its parts, not itself */
    void *context;
};

struct window_store {
    struct store *raw, *processed;
    char *cluster;
    struct window_store_op *ops; /* the oldest first */
};

/* Links the operation in; `run` is called from the loop, with what was refused before. */
void window_op_begin(struct window_store *w, struct window_store_op *op,
                     void (*run)(struct window_store_op *, const struct err *),
                     void (*stop)(struct window_store_op *), void *context);
/* Only one of the `alone` ones runs at a time, the oldest: `run` waits for its turn. */
void window_op_begin_alone(struct window_store *w, struct window_store_op *op,
                           void (*run)(struct window_store_op *, const struct err *),
                           void (*stop)(struct window_store_op *), void *context);
/* Frees it by its stop. */
void window_op_free(struct window_store_op *op);
/* Sets op->early when the rule's name is not ok. */
void window_op_check_rule(struct window_store_op *op, const char *rule);

/* What a reader of many windows passes over: a broken one, a newer one, one that has just gone. */
bool window_op_may_skip(const struct err *err);

/* ---- a list, collected ---- */

struct window_listing;
struct window_listing *
window_listing_start(struct store *s, const char *prefix, bool folders, void *context,
                     void (*done)(void *context, const struct store_entry *entries, size_t count,
                                  const struct err *err));
void window_listing_cancel(struct window_listing *l); /* NULL is allowed */

/* ---- many windows, read in the order of their keys ---- */

struct window_reader;
struct window_reader_call {
    struct store *store;
    char **keys; /* taken over, each and the list */
    size_t count;
    void *context;
    /* A window (freed afterwards), or NULL and why not. False ends the reading: `done` gets err. */
    bool (*each)(void *context, const char *key, const struct window *window,
                 const struct err *err);
    void (*done)(void *context, const struct err *err);
};
/* Never calls back from inside. */
struct window_reader *window_reader_start(const struct window_reader_call *call);
void window_reader_cancel(struct window_reader *r); /* NULL is allowed */

#endif
