/* What the pretend cluster measures: metrics under the names of cAdvisor, node_exporter and kube-
 * state-metrics. */
#ifndef SANDBOX_METERS_H
#define SANDBOX_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;

struct meters_label {
    const char *name, *value; /* valid during the callback */
};

/*
 * Calls back with every series that the metric has at the moment t. Of a METERS_RATE the value is
 * what the counter grows by in a second at t: rate() over a span is the mean of that, so no counter
 * has to be summed up since its start. Whether the metric exists.
 */
bool meters_each(const struct world *w, const char *name, int64_t t,
                 void (*each)(void *context, const struct meters_label *labels, size_t count,
                              double value),
                 void *context);
enum meters_type {
    METERS_GAUGE,
    METERS_RATE,  /* a counter told by its growth */
    METERS_COUNT, /* a counter told by its value */
};
enum meters_type meters_type_of(const char *name);
/* The names, for /label/__name__/values; NULL behind the last. */
const char *meters_name(size_t i);

#endif
