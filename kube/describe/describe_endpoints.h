/* Inside of describe: who answers for a service (describe_near.h). */
#ifndef KUBE_DESCRIBE_ENDPOINTS_H
#define KUBE_DESCRIBE_ENDPOINTS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"
#include "model/page.h"

struct json;

/* `list`: endpoint slices or Endpoints. How many are ready, then each address with its ports, its
 * pod and whether it is ready. */
void describe_endpoints_draw(struct page *p, const struct json *service, const struct json *list,
                             int64_t now);
/* A service with a selector and nobody that is ready does not answer. */
enum health describe_endpoints_judge(struct buf *words, enum health health,
                                     const struct json *service, const struct json *list);

#endif
