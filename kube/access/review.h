/* "May I?": SelfSubjectAccessReview. */
#ifndef KUBE_REVIEW_H
#define KUBE_REVIEW_H

#include <stdbool.h>

#include "base/err.h"

struct client;
struct review;

struct review_conf {
    const char *verb;        /* "list" */
    const char *group;       /* "": core */
    const char *resource;    /* "pods" */
    const char *subresource; /* "log"; NULL: none */
    const char *namespace_;  /* "": all namespaces, or a cluster's resource */
    const char *name;        /* NULL: any */
    void *context;
    /* Once, never from inside: `reason` is the server's (the binding, may be ""), valid during the
     * call. */
    void (*done)(void *context, bool allowed, const char *reason, const struct err *err);
};

struct review *review_ask(struct client *c, const struct review_conf *conf); /* copies conf */
void review_cancel(
    struct review *r); /* `done` is not called any more; NULL is allowed; not after done */

#endif
