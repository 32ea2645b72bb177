/* What a kind is called, and which one a user means: kubectl's rules. */
#ifndef MODEL_KIND_NAMES_H
#define MODEL_KIND_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/object.h"

/* Of "/apis/batch/v1": "batch" and "v1"; the core's group is "". Slices of kind->api. */
struct str kind_names_group(const struct kind *kind);
struct str kind_names_version(const struct kind *kind);

/* By plural, singular, short name or object kind ("Pod"), in any case. */
bool kind_names_is(const struct kind *kind, struct str name);

/* The first of `count` kinds that `name` means: "po", "deployments.apps", "deploy.v1.apps", "pods.v1.",
 * a group cut short ("ingress.networking"); its index, or SIZE_MAX. */
size_t kind_names_find(const struct kind *(*at)(const void *list, size_t i), const void *list,
                       size_t count, const char *name);

/* Whether these are Secrets under any of their names ("secret", "Secrets", "secrets.v1."), which are
 * never asked for. */
bool kind_names_secret(const char *name);

#endif
