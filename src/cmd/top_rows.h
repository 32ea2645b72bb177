/* The rows of `kubeboard top`: nodes or pods, what they ask for, and what they use now. */
#ifndef CMD_TOP_ROWS_H
#define CMD_TOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/object.h"

struct top_row {
    char *namespace_, *name; /* "" for a node */
    char *key;               /* of the series: "namespace/name" or the node's name */
    /* Millicores and bytes; -1: not set. A node's are the sums of its pods that have not ended. */
    int64_t cpu_request, cpu_limit, memory_request, memory_limit;
    int64_t cpu_allocatable, memory_allocatable; /* of a node; -1: not known */
    int64_t cpu_capacity, memory_capacity;
    double cpu, memory; /* cores and bytes now; NaN: not known */
};

struct top_rows;
struct top_rows *top_rows_new(void);
void top_rows_free(struct top_rows *t); /* NULL is allowed */

/* A row of kinds.h, taken over as a row. Pods that have ended use nothing and are left out. */
void top_rows_add_node(struct top_rows *t, const struct object *node);
void top_rows_add_pod(struct top_rows *t, const struct object *pod);
/* Adds what the pod asks for to its node; before or after the node itself. */
void top_rows_charge(struct top_rows *t, const struct object *pod);

/* Call it once all rows are there: puts the sums of pods into the nodes and orders the rows by
 * namespace and name. `charged`: all pods were seen. */
void top_rows_finish(struct top_rows *t, bool charged);

size_t top_rows_count(const struct top_rows *t);
struct top_row *top_rows_at(const struct top_rows *t, size_t i);
struct top_row *top_rows_find(const struct top_rows *t, const char *ns, const char *name);

#endif
