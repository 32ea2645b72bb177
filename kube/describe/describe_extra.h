/* Inside of describe: what the pages of some kinds say beyond what all say, and where their cells
 * lead. */
#ifndef KUBE_DESCRIBE_EXTRA_H
#define KUBE_DESCRIBE_EXTRA_H

#include "model/object.h"
#include "model/page.h"

struct json;

/* The field just added shows this column: links it with the object that it names, if it does. */
void describe_extra_link(struct page *p, const struct kind *kind, const char *column,
                         const struct json *object);
/* Fields and sections of that kind alone. */
void describe_extra_fields(struct page *p, const struct kind *kind, const struct json *object);
void describe_extra_sections(struct page *p, const struct kind *kind, const struct json *object);

#endif
