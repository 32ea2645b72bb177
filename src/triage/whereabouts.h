/* Where lines come from: namespace, workload, pod, node of a label set, as small numbers. */
#ifndef TRIAGE_WHEREABOUTS_H
#define TRIAGE_WHEREABOUTS_H

#include <stdint.h>

#include "model/labels.h"
#include "model/rule.h"

/* Workloads and pods are written as namespace/name. */
enum whereabouts_kind {
    WHEREABOUTS_NAMESPACE,
    WHEREABOUTS_WORKLOAD,
    WHEREABOUTS_POD,
    WHEREABOUTS_NODE,
    WHEREABOUTS_KINDS
};

enum {
    WHEREABOUTS_NOWHERE = 0, /* the place without any name */
    WHEREABOUTS_OTHER = 1,   /* the place of all beyond the bound; its names are "(other)" */
    WHEREABOUTS_MAX = 1000000
};
#define WHEREABOUTS_OTHER_NAME "(other)"

struct whereabouts; /* opaque */
struct whereabouts *whereabouts_new(const struct rule_labels *labels);
void whereabouts_free(struct whereabouts *w);

/* The number of the place that the labels name, and the stream of lines that they
 * belong to: the pod's container, or the label set where no pod is named. */
uint32_t whereabouts_of(struct whereabouts *w, const struct labels *labels, uint64_t *stream);

/* The name of a place, empty when it has none of the kind; lives as long as w. Equal names of one
 * kind are the same pointer. */
const char *whereabouts_name(const struct whereabouts *w, uint32_t place,
                             enum whereabouts_kind kind);

#endif
