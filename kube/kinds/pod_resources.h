/* What a pod asks of its node. */
#ifndef KUBE_POD_RESOURCES_H
#define KUBE_POD_RESOURCES_H

#include <stdint.h>

struct json;

/* CPU in millicores, memory in bytes; -1: not set. */
struct pod_resources {
    int64_t cpu_request, cpu_limit, memory_request, memory_limit;
};

/* As the scheduler counts (k8s.io/component-helpers/resource): the containers' sum or the largest
 * init container, whichever is more; sidecars count as containers; the pod's own resources
 * (spec.resources) come first; overhead on top. */
void pod_resources_read(struct pod_resources *r, const struct json *pod);

#endif
