/* One window done: out of Loki (or anew out of its raw object) and into the store, in the order
 * raw, catalogue, window (the commit), index. */
#ifndef COLLECT_WINDOW_JOB_H
#define COLLECT_WINDOW_JOB_H

#include "collect/extraction.h"

struct loop;
struct window_store;
struct window_job;

enum window_job_result {
    WINDOW_JOB_STORED,
    WINDOW_JOB_KEPT, /* the stored one has more lines, or is of a newer schema: nothing was written
                      */
    WINDOW_JOB_FAILED, /* err says why; what was written before is whole and may be written again */
};

struct window_job_conf {
    struct extraction_conf extraction; /* context, done, raw and known are the job's to set */
    struct window_store *store;
    struct catalogue
        *catalogue; /* as loaded from the store; gets the window's groups. Must outlive the job */
    bool force;     /* replace the stored window even by one with fewer lines */
    uint64_t expected; /* lines that the day's index names: a stored window that broke is not made
                          again with fewer, but left (ERR_REFUSED) */
    struct loop *loop;
    bool reprocess; /* from the raw object instead of Loki (collect/reprocess.h); the raw object
                       stays */
    void *context;
    /* Once, never from inside window_job_start; the job is gone afterwards. `w` is what came out
     * (NULL when FAILED before that); it is freed when the callback returns. */
    void (*done)(void *context, enum window_job_result result, const struct window *w,
                 const struct err *err);
};

/* Any step may be repeated after a crash: a job done again over the same lines writes the same
 * bytes. */
struct window_job *window_job_start(const struct window_job_conf *conf);
void window_job_free(struct window_job *j); /* cancels, without `done`; NULL is allowed */

#endif
