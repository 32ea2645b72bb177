/* Label sets as they may be stored: a label's value may hold a secret as a line may, above all where
 * a rule's parsers make labels of what a line says. */
#ifndef COLLECT_CLEAN_LABELS_H
#define COLLECT_CLEAN_LABELS_H

#include "model/labels.h"
#include "model/rule.h"

struct clean_labels;
struct redactor;
struct tallies;

/* Both must outlive it. The labels that name namespace, pod, container, node and app stay as they
 * are. */
struct clean_labels *clean_labels_new(struct redactor *r, const struct rule_labels *names);
void clean_labels_free(struct clean_labels *c); /* NULL is allowed */
/* The same pointer when nothing had to be replaced; else valid until the next call. Each call adds
 * what was replaced to `counts` (NULL is allowed), by kind. Leaves the redactor's state as it was.
 * NULL gives NULL. */
const struct labels *clean_labels_of(struct clean_labels *c, const struct labels *l,
                                     struct tallies *counts);

#endif
