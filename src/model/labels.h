/* Label sets of log streams and series: sorted, interned, shared. */
#ifndef MODEL_LABELS_H
#define MODEL_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct label {
    const char *name, *value; /* interned by the set */
};

/* Immutable and counted: labels_hold, labels_drop. Equal contents give the same pointer while
 * anyone holds it. */
struct labels {
    uint32_t references;
    uint32_t count;
    uint64_t hash;
    struct labels *chain; /* the table's own */
    struct label list[];  /* by name */
};

/* Makes or finds the set (takes one reference). Pairs in any order; of a name given twice the last
 * counts. */
const struct labels *labels_get(const struct str *names, const struct str *values, size_t count);
const struct labels *labels_hold(const struct labels *l); /* NULL is allowed, and given back */
void labels_drop(const struct labels *l);                 /* NULL is allowed */

/* Their order as text: negative, 0 (the same set), positive. */
int labels_compare(const struct labels *a, const struct labels *b);

/* "" when absent; l may be NULL. */
const char *labels_value(const struct labels *l, const char *name);

#endif
