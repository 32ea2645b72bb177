/* Kubernetes' events as log lines. */
#ifndef COLLECT_CLUSTER_EVENT_H
#define COLLECT_CLUSTER_EVENT_H

#include <stdint.h>

#include "base/buf.h"

struct json;
struct redactor;

/* When it was seen last, wall ns, 0: it does not say. core/v1 and events.k8s.io/v1 are one storage
 * with two shapes. */
int64_t cluster_event_time(const struct json *event);

/* How often it was seen; at least 1. */
int64_t cluster_event_count(const struct json *event);

/* Appends
 * {"time","namespace","type","reason","kind","name","message","count","first","source","node"}
 * without a newline; what the event does not say is left out. The message is redacted (redactor may
 * be NULL). */
void cluster_event_write(struct buf *out, const struct json *event, struct redactor *redactor);

#endif
