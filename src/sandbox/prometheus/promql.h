/*
 * PromQL, as much of it as kubeboard sends: selectors, rate and increase, sum, avg, min, max and
 * count by labels, + - * / and comparisons between vectors (on, group_left) and with numbers.
 * Whatever else is refused.
 */
#ifndef SANDBOX_PROMQL_H
#define SANDBOX_PROMQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct world;
struct promql;

struct promql_label {
    const char *name, *value;
};
struct promql_sample {
    struct promql_label *labels; /* by name; __name__ among them where a selector's stays */
    size_t label_count;
    double value;
};
struct promql_vector {
    struct promql_sample *list;
    size_t count, cap;
    bool scalar; /* one sample without labels that is a number */
};

/* NULL and Prometheus's words ("1:17: parse error: …"). Lives in the arena. */
struct promql *promql_parse(struct arena *a, const char *text, char *error, size_t size);

/* At a moment. The vector lives in the arena. False and Prometheus's words for what cannot be
 * joined. */
bool promql_eval(const struct promql *q, const struct world *w, int64_t t, struct arena *a,
                 struct promql_vector *out, char *error, size_t size);

#endif
