/* Labels and label selectors as kubectl prints them. */
#ifndef KUBE_LABEL_TEXT_H
#define KUBE_LABEL_TEXT_H

#include "base/buf.h"

struct json;

/* Adds "app=web,tier=front", by name; nothing for an empty map (kubectl's <none>). At most 64
 * labels. */
void label_text_pairs(struct buf *out, const struct json *map);

/* Adds a LabelSelector (matchLabels and matchExpressions) as labels.Selector's String() does:
 * "app=web,!canary,tier in (a,b)". */
void label_text_selector(struct buf *out, const struct json *selector);

#endif
