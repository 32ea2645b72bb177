/* The play: what goes wrong from T - 12 min on, and the small things that happen every day. */
#ifndef SANDBOX_INCIDENT_H
#define SANDBOX_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct world_pod;
struct world_workload;

/* Whether the play makes the pods of this workload itself. */
bool incident_owns(const struct world_workload *wl);

/* Adds the pods, lives and events of the play to a world whose ordinary pods stand. */
void incident_plan(struct world *w);

/* Plans the life and the events of a pod that a client caused: as its kind lives, so one of the version
 * that has lost its database fails as the others do. `bound`: a node takes it. `ends`: of a job's
 * pod, when it has done its work; else 0. */
void incident_plan_spare(struct world *w, struct world_pod *p, bool bound, int64_t ends);
/* Ends a pod's life: it is told to end at `at` and gone at `gone`. */
void incident_plan_end(struct world *w, struct world_pod *p, int64_t at, int64_t gone);
/* An event of a controller about its object. Texts are copied. */
void incident_owner_event(struct world *w, const struct world_workload *wl, const char *kind,
                          uint64_t id, const char *name, const char *component, const char *reason,
                          int64_t at, const char *message);

/* The times of the play, for logs and metrics: all within [T - 12 min, …). */
int64_t incident_errors_begin(const struct world *w); /* the new version loses its database */
int64_t incident_pressure(const struct world *w);     /* the node's memory runs short */
int64_t incident_oom(const struct world *w);          /* the kill */

/* How bad it is for those who call checkout: 0 before, up to 1. */
double incident_depth(const struct world *w, int64_t t);

#endif
