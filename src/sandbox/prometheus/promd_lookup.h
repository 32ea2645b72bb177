/* What a client looks up at the pretend Prometheus beside queries: series, labels, rules. */
#ifndef SANDBOX_PROMD_LOOKUP_H
#define SANDBOX_PROMD_LOOKUP_H

#include <stdint.h>

#include "sandbox/prometheus/promd.h"

struct json_out;

void promd_lookup_series(const struct world *w, int64_t t, struct reply *p);
/* Names of labels, or the values of one. */
void promd_lookup_labels(const struct world *w, int64_t t, struct reply *p, const char *label);
void promd_lookup_rules(const struct world *w, int64_t t, struct reply *p);
void promd_lookup_alert(const struct promd_alert *a, struct json_out *o);

#endif
