/* Inside of describe: what the pages of all kinds have in common. */
#ifndef KUBE_DESCRIBE_PARTS_H
#define KUBE_DESCRIBE_PARTS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"
#include "model/page.h"

struct json;

/* "2026-11-22 16:26 KST, 3m ago"; nothing is added for a time of 0. */
void describe_parts_time(struct page *p, const char *key, int64_t time, int64_t now);
/* "a=b" a line below the key; values are cut at 240 bytes. Nothing for an empty map. */
void describe_parts_map(struct page *p, const char *key, const struct json *map);
/* The same for annotations, less what kubectl puts there for itself. */
void describe_parts_annotations(struct page *p, const struct json *map);
/* Each owner with a link. */
void describe_parts_owners(struct page *p, const struct json *metadata);
/* A section; nothing when there are none. What is not as it should be is marked. */
void describe_parts_conditions(struct page *p, const struct json *object, int64_t now);
/* A section: the newest last. `events` NULL: `why` says why there are none. */
void describe_parts_events(struct page *p, const struct objects *events, const char *why,
                           int64_t now);
/* All of them, each a few lines, the newest first. */
void describe_parts_events_whole(struct page *p, const struct objects *events, const char *why,
                                 int64_t now);
/* Any JSON as nested fields. */
void describe_parts_tree(struct page *p, const char *key, const struct json *value);

/* Adds "cpu 100m, memory 128Mi" from a list of resources. */
void describe_parts_amounts(struct buf *out, const struct json *resources);
enum page_role describe_parts_health(enum health h);

#endif
