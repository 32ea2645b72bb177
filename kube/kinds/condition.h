/* status.conditions, which most kinds have: {type, status, reason, message, lastTransitionTime}. */
#ifndef KUBE_CONDITION_H
#define KUBE_CONDITION_H

#include <stdbool.h>

#include "base/buf.h"

struct json;

/* The object's condition of that type, or NULL; of several the last, as the API server prints nodes. */
const struct json *condition_find(const struct json *object, const char *type);
/* Whether it has that condition with that status ("True", "False", "Unknown"). */
bool condition_is(const struct json *object, const char *type, const char *status);

/* Adds "REASON since 2026-11-17 16:26 KST: MESSAGE", what is missing left out; the type stands in
 * for a missing reason. */
void condition_words(struct buf *words, const struct json *condition);

#endif
