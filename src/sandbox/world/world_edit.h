/*
 * What clients do to the pretend cluster. The past stays as it was: from the moment of a write on the plan is
 * another one, and its changes appear in their time as all others do, made by controllers that behave
 * as the real ones: what is wanted and missing is made anew, on nodes that take it.
 */
#ifndef SANDBOX_WORLD_EDIT_H
#define SANDBOX_WORLD_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/world/world.h"

/* t is behind all that has been told to watches. Each gives false when the world has no room for
 * further pods (WORLD_SPARE_PODS), and then has done what it could. */

/* Ends a pod (grace 0: at once); what it belongs to makes another one. */
bool world_edit_end_pod(struct world *w, struct world_pod *p, int64_t t, int grace_seconds);
bool world_edit_scale(struct world *w, struct world_workload *wl, int64_t t, int replicas);
/* Replaces its pods one after another. `at` is the annotation's text. */
bool world_edit_restart(struct world *w, struct world_workload *wl, int64_t t, const char *at);
bool world_edit_delete(struct world *w, struct world_workload *wl, int64_t t);
bool world_edit_cordon(struct world *w, struct world_node *n, int64_t t, bool on);
/* A job of a cron job, with a name of the client's. The pod that stands for it, or NULL. */
struct world_pod *world_edit_run(struct world *w, struct world_workload *cron, int64_t t,
                                 const char *name);

#endif
