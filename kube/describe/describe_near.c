#include "kube/describe/describe_near.h"

#include <string.h>

#include "base/json.h"
#include "kube/describe/describe_endpoints.h"
#include "kube/describe/describe_rows.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/label_text.h"

/* ---- which are meant ---- */

static bool by_selector(struct buf *labels, const struct json *object)
{
    label_text_selector(labels, json_get(object, "spec.selector"));
    return labels->n;
}

static bool by_labels(struct buf *labels, const struct json *service)
{
    label_text_pairs(labels, json_get(service, "spec.selector"));
    return labels->n;
}

static bool by_service(struct buf *labels, const struct json *service)
{
    buf_adds(labels, "kubernetes.io/service-name=");
    buf_adds(labels, json_string(service, "metadata.name", ""));
    return strcmp(json_string(service, "spec.type", ""), "ExternalName") != 0;
}

static bool all(struct buf *labels, const struct json *object)
{
    (void)labels;
    (void)object;
    return true;
}

/* By uid, which a later object of the same name does not have. */
static bool is_owned(const struct json *object, const struct json *element)
{
    const char *uid = json_string(object, "metadata.uid", "");
    const struct json *o = json_first(json_get(element, "metadata.ownerReferences"));
    for (; o; o = json_next(o))
        if (strcmp(json_string(o, "uid", ""), uid) == 0)
            return true;
    return false;
}

static bool uses_claim(const struct json *claim, const struct json *pod)
{
    const char *name = json_string(claim, "metadata.name", "");
    const struct json *v = json_first(json_get(pod, "spec.volumes"));
    for (; v; v = json_next(v))
        if (strcmp(json_string(v, "persistentVolumeClaim.claimName", ""), name) == 0)
            return true;
    return false;
}

/* ---- the table ---- */

#define POD_FIELDS                                                                                 \
    KINDS_METADATA, "metadata.ownerReferences.uid", "spec.nodeName", "spec.containers.name",       \
        "spec.initContainers.name", "spec.initContainers.restartPolicy", "status"

static const char *const pod_keep[] = {POD_FIELDS, NULL};
static const char *const claimant_keep[] = {POD_FIELDS,
                                            "spec.volumes.persistentVolumeClaim.claimName", NULL};
static const char *const replicaset_keep[] = {KINDS_METADATA,
                                              "metadata.ownerReferences.uid",
                                              "metadata.annotations",
                                              "spec.replicas",
                                              "spec.template.spec.containers.name",
                                              "spec.template.spec.containers.image",
                                              "status",
                                              NULL};
static const char *const job_keep[] = {KINDS_METADATA,
                                       "metadata.ownerReferences.uid",
                                       "spec.completions",
                                       "spec.parallelism",
                                       "spec.backoffLimit",
                                       "status",
                                       NULL};

#define PODS(kind, how, which)                                                                     \
    {                                                                                              \
        .of = kind, .title = "Pods", .places = {{"/api/v1", "pods", false}}, .keep = pod_keep,     \
        .select = how, .admits = which, .draw = describe_rows_pods,                                \
        .judge = describe_rows_judge_pods                                                          \
    }

static const struct describe_near table[] = {
    {.of = "Deployment",
     .title = "Replica sets",
     .places = {{"/apis/apps/v1", "replicasets", false}},
     .keep = replicaset_keep,
     .select = by_selector,
     .admits = is_owned,
     .draw = describe_rows_replicasets},
    PODS("Deployment", by_selector, NULL),
    PODS("ReplicaSet", by_selector, is_owned),
    PODS("StatefulSet", by_selector, is_owned),
    PODS("DaemonSet", by_selector, is_owned),
    PODS("Job", by_selector, is_owned),
    {.of = "CronJob",
     .title = "Jobs",
     .places = {{"/apis/batch/v1", "jobs", false}},
     .keep = job_keep,
     .select = all,
     .admits = is_owned,
     .draw = describe_rows_jobs},
    {.of = "Service",
     .title = "Endpoints",
     .places = {{"/apis/discovery.k8s.io/v1", "endpointslices", false},
                {"/apis/discovery.k8s.io/v1beta1", "endpointslices", false},
                {"/api/v1", "endpoints", true}},
     .keep = NULL,
     .select = by_service,
     .draw = describe_endpoints_draw,
     .judge = describe_endpoints_judge},
    PODS("Service", by_labels, NULL),
    {.of = "PersistentVolumeClaim",
     .title = "Used by",
     .places = {{"/api/v1", "pods", false}},
     .keep = claimant_keep,
     .select = all,
     .admits = uses_claim,
     .draw = describe_rows_pods},
};

const struct describe_near *describe_near_of(const struct kind *kind, size_t i)
{
    bool own = kinds_row_of(kind) != NULL;
    for (size_t k = 0; own && k < sizeof table / sizeof *table; k++)
        if (strcmp(table[k].of, kind->object_kind) == 0 && !i--)
            return &table[k];
    return NULL;
}

void describe_near_section(struct page *p, const struct describe_near_found *found,
                           const struct json *object, int64_t now)
{
    page_section(p, found->what->title);
    if (!json_count(found->list))
        page_text(p, PAGE_DIM, found->list ? "none" : found->why);
    else
        found->what->draw(p, object, found->list, now);
    if (found->dropped)
        page_textf(p, PAGE_DIM, "%zu more are left out", found->dropped);
}
