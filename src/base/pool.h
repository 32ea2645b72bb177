/* The one worker pool: for what must block (libs3, fsync, folder reads, gzip of large objects). */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>

struct pool; /* opaque */

/* `wake` is called from a worker thread whenever a job has ended; the owner's loop then calls
 * pool_collect. NULL when not one thread can be started. */
struct pool *pool_new(int threads, void (*wake)(void *context), void *context);

/* Waits for running jobs, drops waiting ones (their `done` is not called), joins the threads, and
 * calls `done` for the jobs that ended. NULL is allowed. */
void pool_free(struct pool *p);

/* Queues a job. `work` runs on a worker thread; `done` later on the thread that calls pool_collect,
 * always after work. Neither may be NULL. At most POOL_QUEUE jobs wait: one more and false comes
 * back. */
enum { POOL_QUEUE = 4096 };
bool pool_run(struct pool *p, void (*work)(void *job), void (*done)(void *job), void *job);

/* Calls `done` for the jobs that have ended. On the loop's thread. */
void pool_collect(struct pool *p);

#endif
