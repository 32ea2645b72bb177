/*
 * Operations that block, in the worker pool: the job owns all that the worker reads and writes, so
 * a cancelled operation or a closed store leaves it running and it is freed when it comes back.
 */
#ifndef STORE_STORE_JOB_H
#define STORE_STORE_JOB_H

#include <stdatomic.h>

#include "base/arena.h"
#include "store/store_kind.h"

enum { STORE_JOB_PAGE = 1000 }; /* entries that a list brings back at once */

/* Jobs that may not run at once, whichever store they are of. */
struct store_job_lane {
    bool busy;
    struct store_job *first; /* those that wait, the oldest first */
};

struct store_job {
    struct store_op *op; /* NULL: cancelled; the loop's */
    void *state;         /* the kind's; held as long as the job lives */
    const struct store_job_kind *kind;
    struct loop_timer *timer;
    struct loop *loop;
    bool in_pool;
    struct store_job *next_in_lane; /* while it waits there */
    atomic_bool stop;               /* the worker ends early when it can */

    struct store_ask ask;
    void *own; /* the kind's own */
    struct err err;
    struct buf bytes;
    uint64_t size;
    int64_t modified;
    size_t removed;

    struct arena arena; /* of the entries */
    struct store_entry *entries;
    size_t count, cap;
    char *from;       /* of a list: entries behind this one; NULL: behind ask.after, or all */
    char *next;       /* set by the worker: the list goes on behind this one */
    int64_t retry_ms; /* not 0: try again after so long */
};

struct store_job_kind {
    struct store_job_lane *lane; /* NULL: as many as the pool has threads */
    void (*hold)(void *state);
    void (*drop)(void *state);
    void (*work)(struct store_job *j); /* on a worker: fills err and the answer */
    /* On the loop, with err: true when it will go on by itself. May be NULL. */
    bool (*failed)(struct store_job *j);
    void (*end)(struct store_job *j); /* frees own; may be NULL */
};

/* A job for the operation, not started. */
struct store_job *store_job_new(struct store_op *op, const struct store_job_kind *kind, void *own);
/* Hands it to the pool of its store's loop; false when that is full. */
bool store_job_submit(struct store_job *j, struct err *err);
/* Frees a job that was not submitted; the operation stays as it was before. */
void store_job_undo(struct store_job *j);
/* Ends the operation of a job that is not in the pool, with j->err. */
void store_job_finish(struct store_job *j);
void store_job_stop(struct store_op *op);

/* On the worker: one more entry of the page; the name is copied. */
void store_job_entry(struct store_job *j, const struct store_entry *e);

#endif
