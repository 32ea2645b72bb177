/* The pretend Prometheus 2.42: queries over the world's metrics, its alerts and what a client looks
 * up beside them. */
#ifndef SANDBOX_PROMD_H
#define SANDBOX_PROMD_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/reply.h"

struct promd;
struct world;

struct promd *promd_new(const struct world *w, struct faults *f);
void promd_free(struct promd *d); /* NULL is allowed */
void promd_handle(struct promd *d, struct reply *p);

/* The world's alerts at a moment, for Alertmanager too. */
struct promd_alert {
    const char *name, *severity, *namespace_, *summary;
    int64_t since;
    bool firing; /* else pending */
};
enum { PROMD_ALERTS = 4 };
size_t promd_alerts(const struct world *w, int64_t t, struct promd_alert out[PROMD_ALERTS]);

/* promd_answer.c: 400 bad_data, as a bad parameter gets; 422 execution. */
void promd_refuse(struct reply *p, const char *error);
void promd_fail(struct reply *p, const char *error);

#endif
