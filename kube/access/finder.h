/*
 * Finds the Service of a source in the cluster: lists Services in all namespaces or, where that is
 * not allowed, in the usual ones, and asks the candidates, the best first, through the API server's
 * proxy, until one answers as such a source does.
 */
#ifndef KUBE_FINDER_H
#define KUBE_FINDER_H

#include "base/err.h"
#include "kube/access/well_known.h"

struct client;
struct finder;

struct finder_conf {
    enum well_known_source source;
    const char *tenant;  /* X-Scope-OrgID for the question; NULL: none; copied */
    const char *service; /* "namespace/name:port" of the configuration: no other is tried; NULL */
    void *context;
    /* Once, never from inside. ERR_NONE: `place`, valid during the call. ERR_OFF: there is none, with
     * what was looked for and where it could not be looked; else why it could not be found out, or
     * what the best candidate answered. */
    void (*done)(void *context, const struct well_known_place *place, const struct err *err);
};

struct finder *finder_start(struct client *c, const struct finder_conf *conf);
void finder_cancel(struct finder *f); /* `done` is not called any more; NULL is allowed; not after
                                         done */

#endif
