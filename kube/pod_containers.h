/* The names and states of a pod's containers, in the order in which they run: init, regular,
 * ephemeral. */
#ifndef KUBE_POD_CONTAINERS_H
#define KUBE_POD_CONTAINERS_H

#include "model/pod_parts.h"

struct json;

/* Fills list and count from the pod's JSON; what is beyond POD_PARTS_MOST is left out. */
void pod_containers_read(struct pod_parts *c, const struct json *pod);

#endif
