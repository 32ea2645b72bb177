/* CPU and memory of nodes and pods at one moment, out of Prometheus. */
#ifndef COLLECT_SNAPSHOT_USAGE_H
#define COLLECT_SNAPSHOT_USAGE_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct prometheus;
struct snapshot_usage;

/* `done` once, never from inside; err: some of it could not be had. What came is there to be
 * written until free. */
struct snapshot_usage *snapshot_usage_ask(struct prometheus *p, int64_t at, void *context,
                                          void (*done)(void *context, const struct err *err));
/* Members "nodes" and "pods" (snapshot.h), by key. */
void snapshot_usage_write(struct snapshot_usage *u, struct json_out *o);
void snapshot_usage_free(struct snapshot_usage *u); /* cancels; NULL is allowed */

#endif
