/* The pretend Alertmanager 0.25: the firing ones of promd_alerts(), and silences. */
#ifndef SANDBOX_ALERTD_H
#define SANDBOX_ALERTD_H

#include "sandbox/reply.h"

struct alertd;
struct world;

/* The external label that Prometheus adds to what it sends here. */
#define ALERTD_CLUSTER "sandbox"

/* The world and the faults are the caller's and must live longer. */
struct alertd *alertd_new(const struct world *w, struct faults *f);
void alertd_free(struct alertd *d); /* NULL is allowed */
void alertd_handle(struct alertd *d, struct reply *p);

#endif
