/* Which workload a pod belongs to, from its name alone. */
#ifndef TRIAGE_WORKLOAD_H
#define TRIAGE_WORKLOAD_H

#include <stddef.h>

/*
 * Writes the pod's name without what Deployments, DaemonSets, StatefulSets, Jobs and CronJobs put
 * behind their own (Kubernetes API conventions, generateName; the characters are those of
 * k8s.io/apimachinery/pkg/util/rand). Without a pod's name it is the app label. Cut to size - 1
 * bytes. Returns out.
 */
char *workload_of(const char *pod, const char *app, char *out, size_t size);

#endif
