/* What the user may do, remembered for a minute: access reviews of the operations of an object. */
#ifndef KUBE_GRANTS_H
#define KUBE_GRANTS_H

#include <stdbool.h>

#include "base/err.h"
#include "kube/operations/operation_table.h"

struct client;
struct grants;

struct grants *grants_new(struct client *c);
void grants_free(struct grants *g); /* before its client; NULL is allowed */

/*
 * Asks which of the operations that fit the kind the user may do to this object, from memory where it is
 * less than a minute old. `told` comes once, never from inside: `may` has a bit (1u << id) each; an
 * operation whose review failed is left out and *err holds the first failure; where reviews themselves
 * are not allowed, all are in and *err says so. One question at a time: a new one replaces the one
 * before, of which nothing is told any more.
 */
void grants_ask(struct grants *g, const struct operation_target *t,
                void (*told)(void *context, unsigned may, const struct err *err), void *context);
void grants_forget(struct grants *g); /* nothing is told any more */

#endif
