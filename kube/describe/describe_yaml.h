/* An object's YAML as a page. */
#ifndef KUBE_DESCRIBE_YAML_H
#define KUBE_DESCRIBE_YAML_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "model/object.h"
#include "model/page.h"

/* As kubectl prints it, metadata.managedFields folded into one line at the end, or as they
 * are when `managed`. NULL and *err
 * (ERR_PROTOCOL) when `json` is no JSON. */
struct page *describe_yaml(const struct kind *kind, struct str json, bool managed, struct err *err);

#endif
