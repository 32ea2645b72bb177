/* Inside of describe: the part of the page that only nodes have. */
#ifndef KUBE_DESCRIBE_NODE_H
#define KUBE_DESCRIBE_NODE_H

#include "model/object.h"
#include "model/page.h"

struct json;

/* Fields of the page's first section. */
void describe_node_fields(struct page *p, const struct json *node);
/* Sections: what it has, what its pods ask for, and the pods with links. `pods` are those of the
 * node (kinds.h); NULL: `why` says why they are not known. */
void describe_node_sections(struct page *p, const struct json *node, const struct objects *pods,
                            const char *why);

#endif
