/* The play: what goes wrong from T - 12 min on, and the small things that happen every day. */
#ifndef SANDBOX_INCIDENT_H
#define SANDBOX_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct world_workload;

/* Whether the play makes the pods of this workload itself. */
bool incident_owns(const struct world_workload *wl);

/* Adds the pods, lives and events of the play to a world whose ordinary pods stand. */
void incident_plan(struct world *w);

/* The times of the play, for logs and metrics: all within [T - 12 min, …). */
int64_t incident_errors_begin(const struct world *w); /* the new version loses its database */
int64_t incident_pressure(const struct world *w);     /* the node's memory runs short */
int64_t incident_oom(const struct world *w);          /* the kill */

/* How bad it is for those who call checkout: 0 before, up to 1. */
double incident_depth(const struct world *w, int64_t t);

#endif
