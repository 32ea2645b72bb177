/* A table that is listed again every so often: for kinds whose objects change all the time and of
 * which nobody needs to know at once (leases). Rows stay while a server is away, as a watch's do, and it is
 * listed again as soon as the server is back. */
#ifndef KUBE_POLL_H
#define KUBE_POLL_H

#include <stdint.h>

#include "model/object.h"

struct client;
struct poll;

struct poll_conf {
    const struct kind *kind; /* of kinds.h */
    const char *namespace_;  /* "": all */
    int64_t every_ms;        /* from the end of a list to the beginning of the next */
    void *context;
    void (*changed)(void *context); /* rows or state of `into` changed */
};

/* Starts at once. `into` must outlive it; poll_free leaves table and rows. */
struct poll *poll_new(struct client *c, const struct poll_conf *conf, struct resource *into);
void poll_free(struct poll *p); /* NULL is allowed; before the client */

#endif
