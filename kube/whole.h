/* Whole objects as kubectl -o json prints them. */
#ifndef KUBE_WHOLE_H
#define KUBE_WHOLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/object.h"

/* The object's JSON without metadata.managedFields (kubectl hides them too) unless `managed`, with `kind` and
 * `apiVersion`, which the items of a list lack, put before all else; every other byte as it came.
 * Valid until the next call with this buffer, whose contents are replaced. */
struct str whole_object(struct buf *out, const struct kind *kind, struct str json, bool managed);

/* "v1", "apps/v1". */
const char *whole_version(const struct kind *kind);

#endif
