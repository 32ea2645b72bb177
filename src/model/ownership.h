/* Who owns a pod, from the name of its controller: what a Deployment's pods and a CronJob's jobs have
 * between them and it need not be looked up. */
#ifndef MODEL_OWNERSHIP_H
#define MODEL_OWNERSHIP_H

#include <stdbool.h>

/* Whether `owner` ("ReplicaSet/web-7d9f8c6b5", struct object's) is `workload` ("Deployment/web") itself or
 * is made by it. Kinds in any case (events write "replicaset/…"). */
bool ownership_covers(const char *workload, const char *owner);

/* Appends a regular expression (RE2, anchored by its user) that the names of the workload's pods match;
 * one that owns none gives nothing. */
struct buf;
void ownership_pods(const char *workload, struct buf *out);

#endif
