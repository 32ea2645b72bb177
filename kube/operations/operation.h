/*
 * Something done to an object: one request each (but for draining: drain.h), none of which is ever sent a
 * second time by itself. All of them name the object's uid where the server can check it, so that
 * an object made anew under the same name is not touched.
 */
#ifndef KUBE_OPERATION_H
#define KUBE_OPERATION_H

#include <stdint.h>

#include "base/err.h"
#include "kube/operations/operation_table.h"

struct client;
struct operation;

struct operation_conf {
    enum operation_table_id id; /* DELETE, RESTART, SCALE, CORDON, UNCORDON or TRIGGER */
    struct operation_target target;
    int64_t replicas; /* of SCALE */
    void *context;
    /* The end, once, never from inside: what was done in words ("scaled to 3"), or why not. Where no
     * answer came (ERR_AWAY and err->http 0) it may have been done nevertheless, and err->mend says
     * so. */
    void (*done)(void *context, const char *outcome, const struct err *err);
};

/* Copies what it needs of conf. */
struct operation *operation_start(struct client *c, const struct operation_conf *conf);
void operation_cancel(
    struct operation *d); /* `done` is not called any more; NULL is allowed; not after done */

#endif
