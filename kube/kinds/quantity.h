/* Kubernetes' quantities: "100m", "1.5", "128Mi", "2e3", "1G" (apimachinery/pkg/api/resource). */
#ifndef KUBE_QUANTITY_H
#define KUBE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Thousandths, rounded up as the API server does: CPU in millicores. False (and *out 0) for what is
 * no quantity; what does not fit becomes INT64_MAX or INT64_MIN. */
bool quantity_milli(struct str text, int64_t *out);

/* Milliardths, rounded up: CPU in nanocores. */
bool quantity_nano(struct str text, int64_t *out);

/* Whole units, rounded up: bytes, pods. */
bool quantity_value(struct str text, int64_t *out);

#endif
