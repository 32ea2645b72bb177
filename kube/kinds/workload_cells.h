/* The cells that all kinds with a pod template share. */
#ifndef KUBE_WORKLOAD_CELLS_H
#define KUBE_WORKLOAD_CELLS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"

struct json;

/* What a row needs of the template at `path` ("spec.template."). */
#define WORKLOAD_CELLS_KEEP(path) path "spec.containers.name", path "spec.containers.image"

/* Sets the text cells `names` and `images` ("api,sidecar") from a pod template. */
void workload_cells_template(struct object *row, size_t names, size_t images,
                             const struct json *template);
/* Sets a text cell from a LabelSelector, or from a plain map of labels. */
void workload_cells_selector(struct object *row, size_t column, const struct json *selector);
void workload_cells_labels(struct object *row, size_t column, const struct json *map);

/* A count in the object's JSON, 0 to INT32_MAX; `otherwise` where it is missing. */
int32_t workload_cells_count(const struct json *object, const char *path, int32_t otherwise);

/* Health and words of a workload that replaces its pods one by one and has no deadline for it
 * (spec.updateStrategy). `updated` is how many are of the newest template, `wanted` where no rollout
 * is under way. */
#define WORKLOAD_CELLS_STRATEGY "spec.updateStrategy.type"
void workload_cells_explain(struct object *row, struct buf *words, const struct json *object,
                            int32_t ready, int32_t wanted, int32_t updated);

/* Adds "2 of 3 not ready". */
void workload_cells_short(struct buf *words, int32_t missing, int32_t of, const char *what);

#endif
