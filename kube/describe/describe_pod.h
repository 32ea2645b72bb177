/* Inside of describe: the part of the page that only pods have. */
#ifndef KUBE_DESCRIBE_POD_H
#define KUBE_DESCRIBE_POD_H

#include <stdint.h>

#include "model/page.h"

struct json;

/* Fields of the page's first section. */
void describe_pod_fields(struct page *p, const struct json *pod, int64_t now);
/* Sections: containers, volumes. */
void describe_pod_sections(struct page *p, const struct json *pod, int64_t now);

#endif
