/* One object to look at: a page that describes it with its events (and a node's pods), its YAML, and
 * all of its events. */
#ifndef KUBE_DESCRIBE_H
#define KUBE_DESCRIBE_H

#include <stdbool.h>

#include "base/err.h"
#include "model/object.h"
#include "model/page.h"

struct client;
struct describe;

enum { DESCRIBE_UID = 40 };

struct describe_pages {
    struct page *page, *yaml, *events; /* the receiver's */
    char uid[DESCRIBE_UID];            /* of the object */
};

struct describe_conf {
    const struct kind
        *kind; /* of kinds.h or discovery. Secrets end with ERR_USAGE before any request */
    const char *namespace_, *name; /* namespace "" for a kind without */
    bool managed;                  /* the YAML with metadata.managedFields */
    void *context;
    /* Once, never from inside describe_start. NULL with *err when the object could not be had. What
     * else could not be had (events that one may not list) is said on the pages. */
    void (*done)(void *context, const struct describe_pages *pages, const struct err *err);
};

struct describe *describe_start(struct client *c, const struct describe_conf *conf); /* copies */
void describe_cancel(
    struct describe *d); /* `done` is not called any more; NULL is allowed; not after done */

#endif
