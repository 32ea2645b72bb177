/* One object to look at: a page that describes it with its events (and a node's pods), and its YAML. */
#ifndef KUBE_DESCRIBE_H
#define KUBE_DESCRIBE_H

#include "base/err.h"
#include "model/object.h"
#include "model/page.h"

struct client;
struct describe;

struct describe_conf {
    const struct kind
        *kind; /* of kinds.h or discovery. Secrets end with ERR_USAGE before any request */
    const char *namespace_, *name; /* namespace "" for a kind without */
    void *context;
    /* Once, never from inside describe_start. Both pages are the receiver's (page_free); NULL with
     * *err when the object could not be had. What else could not be had (events that one may not
     * list) is said on the page. */
    void (*done)(void *context, struct page *page, struct page *yaml, const struct err *err);
};

struct describe *describe_start(struct client *c, const struct describe_conf *conf); /* copies */
void describe_cancel(
    struct describe *d); /* `done` is not called any more; NULL is allowed; not after done */

#endif
