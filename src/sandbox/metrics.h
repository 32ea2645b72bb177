/* What the pretend cluster measures: metrics under the names of cAdvisor, node_exporter and kube-state-metrics. */
#ifndef SANDBOX_METRICS_H
#define SANDBOX_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;

enum { METRICS_LABELS = 8 };
struct metrics_label {
    const char *name, *value; /* valid during the callback */
};

/*
 * Calls back with every series that the metric has at the moment t. Of a counter the value is what it grows by in a second at
 * t: rate() over a span is the mean of that, so no counter has to be summed up since its start. Whether the metric exists.
 */
bool metrics_each(const struct world *w, const char *name, int64_t t,
                  void (*each)(void *context, const struct metrics_label *labels, size_t count,
                               double value),
                  void *context);
bool metrics_is_counter(const char *name);
/* The names, for /label/__name__/values; NULL behind the last. */
const char *metrics_name(size_t i);

#endif
