#include "collect/snapshot_kinds.h"

#include "base/mem.h"
#include "kube/kinds/kinds.h"

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define WORKLOAD                                                                                   \
    KINDS_METADATA, "metadata.generation", "metadata.labels", "spec.replicas", "spec.selector",    \
        "spec.template.spec.containers.name", "spec.template.spec.containers.image",               \
        "spec.template.spec.initContainers.name", "spec.template.spec.initContainers.image",       \
        "status"
#define JOB                                                                                        \
    KINDS_METADATA, "spec.completions", "spec.parallelism", "spec.schedule", "spec.suspend",       \
        "spec.template.spec.containers.name", "spec.template.spec.containers.image", "status"

/* autoscaling/v1 is old and everywhere. */
const struct snapshot_kind snapshot_kinds[] = {
    {.array = "nodes",
     .path = "/api/v1/nodes",
     .row = &kind_node,
     .keep = PATHS("status.capacity")},
    {.array = "namespaces", .path = "/api/v1/namespaces", .row = &kind_namespace},
    {.array = "pods",
     .path = "/api/v1/pods",
     .row = &kind_pod,
     .keep = PATHS("spec.containers.image", "spec.initContainers.image", "status.startTime")},
    {.array = "workloads",
     .kind = "Deployment",
     .row = &kind_deployment,
     .path = "/apis/apps/v1/deployments",
     .keep = PATHS(WORKLOAD)},
    {.array = "workloads",
     .kind = "StatefulSet",
     .row = &kind_statefulset,
     .path = "/apis/apps/v1/statefulsets",
     .keep = PATHS(WORKLOAD)},
    {.array = "workloads",
     .kind = "DaemonSet",
     .row = &kind_daemonset,
     .path = "/apis/apps/v1/daemonsets",
     .keep = PATHS(WORKLOAD)},
    {.array = "services",
     .path = "/api/v1/services",
     .row = &kind_service,
     .keep = PATHS(KINDS_METADATA, "spec.type", "spec.clusterIP", "spec.externalName", "spec.ports",
                   "spec.selector", "status.loadBalancer")},
    {.array = "ingresses",
     .path = "/apis/networking.k8s.io/v1/ingresses",
     .older = "/apis/networking.k8s.io/v1beta1/ingresses",
     .row = &kind_ingress,
     .keep = PATHS(KINDS_METADATA, "spec.ingressClassName", "spec.defaultBackend", "spec.rules",
                   "spec.tls.hosts", "status.loadBalancer")},
    {.array = "hpas",
     .path = "/apis/autoscaling/v1/horizontalpodautoscalers",
     .keep = PATHS(KINDS_METADATA, "spec", "status")},
    {.array = "jobs",
     .kind = "Job",
     .row = &kind_job,
     .path = "/apis/batch/v1/jobs",
     .keep = PATHS(JOB)},
    {.array = "jobs",
     .kind = "CronJob",
     .row = &kind_cronjob,
     .path = "/apis/batch/v1/cronjobs",
     .older = "/apis/batch/v1beta1/cronjobs",
     .keep = PATHS(JOB)},
    {.array = "pvcs",
     .path = "/api/v1/persistentvolumeclaims",
     .row = &kind_persistentvolumeclaim,
     .keep = PATHS(KINDS_METADATA, "spec.accessModes", "spec.resources.requests",
                   "spec.storageClassName", "spec.volumeName", "status.phase", "status.capacity")},
    {.array = "configs",
     .path = "/api/v1/configmaps",
     .keep = PATHS(KINDS_METADATA),
     .metadata = true},
    {.array = "events", .path = "/api/v1/events", .row = &kind_event, .recent = true},
};
const size_t snapshot_kinds_count = sizeof snapshot_kinds / sizeof *snapshot_kinds;

static size_t count_of(const char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

const char **snapshot_kinds_keep(const struct snapshot_kind *k)
{
    size_t ours = count_of(k->row ? k->row->keep : NULL), more = count_of(k->keep), n = 0;
    const char **list = mem_array(ours + more + 1, sizeof *list);
    for (size_t i = 0; i < ours; i++)
        list[n++] = k->row->keep[i];
    for (size_t i = 0; i < more; i++)
        list[n++] = k->keep[i];
    return list;
}
