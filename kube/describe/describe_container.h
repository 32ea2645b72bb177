/* Inside of describe: a pod's containers. */
#ifndef KUBE_DESCRIBE_CONTAINER_H
#define KUBE_DESCRIBE_CONTAINER_H

#include <stdint.h>

#include "model/page.h"

struct json;

/* A section: image, state and last state, what it asks for, probes, environment, mounts. `status`
 * may be NULL. Values of the environment whose names speak of secrets are not shown. */
void describe_container(struct page *p, const char *title, const struct json *spec,
                        const struct json *status, int64_t now);

#endif
