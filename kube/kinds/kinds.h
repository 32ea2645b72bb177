/*
 * The kinds whose rows we make ourselves: columns, health and trouble. A kind is one row of
 * kinds.def and one file kube/kinds/kind_X.c, which holds its columns, the paths that its rows need (all
 * else is dropped before JSON is parsed) and the function that fills a row.
 *
 * Columns by title (CELL type); what kubectl prints comes first, in its order; those behind the
 * bar are wide ones:
 *
 *   pods        READY ratio, STATUS text, RESTARTS int | LAST RESTART time, IP text, NODE text,
 *               NOMINATED NODE text, READINESS GATES text, CPU REQUEST cpu, CPU LIMIT cpu,
 *               MEMORY REQUEST bytes, MEMORY LIMIT bytes, PHASE text, QOS text,
 *               CONTAINERS text (names, blanks between), APP text (the label app)
 *   nodes       STATUS text, ROLES text, VERSION text | INTERNAL-IP text, EXTERNAL-IP text,
 *               OS-IMAGE text, KERNEL-VERSION text, CONTAINER-RUNTIME text, CPU cpu,
 *               MEMORY bytes, PODS int (these three: allocatable), CPU CAPACITY cpu, MEMORY
 *               CAPACITY bytes, ZONE text, INSTANCE text, TAINTS int
 *   namespaces  STATUS text
 *   events      LAST SEEN time, TYPE text, REASON text, OBJECT text (kind/name), MESSAGE text |
 *               SUBOBJECT text, SOURCE text, FIRST SEEN time, COUNT int
 *   deployments READY ratio, UP-TO-DATE int, AVAILABLE int | CONTAINERS text, IMAGES text (both
 *               with commas between), SELECTOR text
 *   statefulsets READY ratio | CONTAINERS, IMAGES text, UP-TO-DATE int
 *   daemonsets  DESIRED, CURRENT, READY, UP-TO-DATE, AVAILABLE int, NODE SELECTOR text |
 *               CONTAINERS, IMAGES, SELECTOR text
 *   replicasets DESIRED, CURRENT, READY int | CONTAINERS, IMAGES, SELECTOR text
 *   jobs        STATUS text, COMPLETIONS text, DURATION text | CONTAINERS, IMAGES, SELECTOR text,
 *               FAILED int, STARTED time, FINISHED time
 *   cronjobs    SCHEDULE text, TIMEZONE text, SUSPEND text, ACTIVE int, LAST SCHEDULE time |
 *               CONTAINERS, IMAGES, SELECTOR text, LAST SUCCESS time
 *   horizontalpodautoscalers  REFERENCE text (Kind/name), TARGETS text, MINPODS, MAXPODS, REPLICAS
 *               int | DESIRED int, LAST SCALE time
 *   services    TYPE, CLUSTER-IP, EXTERNAL-IP, PORT(S) text | SELECTOR text
 *   ingresses   CLASS, HOSTS, ADDRESS, PORTS text
 *   persistentvolumeclaims    STATUS, VOLUME, CAPACITY, ACCESS MODES, STORAGECLASS text |
 *               VOLUMEATTRIBUTESCLASS, VOLUMEMODE text
 *   persistentvolumes         CAPACITY, ACCESS MODES, RECLAIM POLICY, STATUS, CLAIM
 *               (namespace/name), STORAGECLASS, REASON text | VOLUMEATTRIBUTESCLASS, VOLUMEMODE text
 *   configmaps  DATA int (keys; what they hold is never kept)
 *   leases      HOLDER text | RENEWED time, LASTS int (seconds), TRANSITIONS int
 *
 * A text cell that kubectl prints as <none> is "". A time of 0 is none; a request, limit or
 * allocatable amount of -1 is not set. They are the newest kubectl's: an older server prints fewer
 * (jobs had no STATUS, cron jobs no TIMEZONE).
 */
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/object.h"

struct json;

struct kinds_row {
    struct kind kind;
    const char *const *keep; /* NULL-terminated: KINDS_METADATA and the kind's own paths */
    /* Fills cells, health and trouble of a row whose namespace, name, owner and times are set. Any
     * member of `element` may be missing, null or of another type. */
    void (*fill)(struct object *row, const struct json *element);
    /* The same resource in the API version to ask where the server has not got this one; NULL:
     * none. */
    const struct kinds_row *older;
    uint32_t blank; /* a bit each text column of which kubectl prints nothing where it is empty */
};

/* The paths that every row needs. */
#define KINDS_METADATA                                                                             \
    "metadata.name", "metadata.namespace", "metadata.uid", "metadata.resourceVersion",             \
        "metadata.creationTimestamp", "metadata.deletionTimestamp",                                \
        "metadata.ownerReferences.kind", "metadata.ownerReferences.name",                          \
        "metadata.ownerReferences.controller"

#define KIND(symbol) extern const struct kinds_row symbol;
#include "kube/kinds/kinds.def"
#undef KIND

size_t kinds_count(void);
const struct kind *kinds_at(size_t i);
/* By plural, singular or short name, any case; "pods.v1.", "deployments.apps", "cj.v1beta1.batch"
 * too. Without a version the newest that we know: which one the server has is discovery's to say.
 * NULL: none of ours. */
const struct kind *kinds_find(const char *name);
/* The kind of that very API version ("/apis/batch/v1") and plural, or NULL. */
const struct kind *kinds_of(const char *api, const char *plural);
/* NULL when the kind is not one of ours (it came from discovery). */
const struct kinds_row *kinds_row_of(const struct kind *kind);
/* Whether kubectl prints nothing, not <none>, where this text cell is empty: so it is with all that
 * the server prints. */
bool kinds_is_blank(const struct kind *kind, size_t column);

/* Whether these are Secrets, which are never asked for. */
bool kinds_is_secret(const struct kind *kind);

/* A row of the element (an item of a list, the object of an event) for objects_put; NULL when it
 * carries no name. */
struct object *kinds_make(const struct kind *kind, const struct objects *table,
                          const struct json *element);
/* The part that every row has, from the object's metadata: also of a Table's rows. */
struct object *kinds_make_bare(const struct objects *table, const struct json *metadata);

/* RFC 3339 member of an object as wall ns, 0 when it is missing or broken. */
int64_t kinds_time(const struct json *j, const char *path);

/* The path of the kind's collection: "/apis/apps/v1/namespaces/shop/deployments" (ns "": all), with
 * name (may be NULL) behind it. free() it. */
char *kinds_path(const struct kind *kind, const char *ns, const char *name);

#endif
