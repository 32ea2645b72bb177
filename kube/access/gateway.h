/*
 * The way to a source that stands in the cluster: found by itself (finder.h), reached through the API
 * server's service proxy with the kubeconfig's credentials, looked for again when it goes away. It is
 * the door (net/http.h) of the source's target, so whoever asks the source knows nothing of it.
 */
#ifndef KUBE_GATEWAY_H
#define KUBE_GATEWAY_H

#include "base/err.h"
#include "kube/access/well_known.h"

struct client;
struct gateway;
struct http_target;

struct gateway_conf {
    enum well_known_source source;
    const char *service;        /* of the configuration; NULL: looked for; copied */
    struct http_target *target; /* the source's; its conn says the tenant */
    int again_ms;               /* for tests: 0 takes the real time between looks */
};

/* Nothing is looked for before the target is first used. */
struct gateway *gateway_new(struct client *c, const struct gateway_conf *conf);
void gateway_free(struct gateway *g); /* before the client, after the target's last use; NULL is
                                         allowed */
/* "monitoring/loki-gateway:80", "" while none is known. */
const char *gateway_text(const struct gateway *g);

#endif
