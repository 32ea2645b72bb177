/* The next try of what failed: by backoff, and at once when a server that was away is there again. */
#ifndef KUBE_AGAIN_H
#define KUBE_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* After the first 403: a server that starts refuses what it will allow, until it has read its roles
 * (1.20: up to 2 s). */
enum { AGAIN_DENIED_MS = 5000 };

struct again;
struct client;

/* `fire` never comes from inside. */
struct again *again_new(struct client *c, void (*fire)(void *context), void *context);
void again_free(struct again *a); /* NULL is allowed; before the client */

/* After a failure (err may be NULL: an end that came too soon), no sooner than least_ms and, unless it
 * is 0, within most_ms. Where nobody answered at all, or the login failed, it is tried too as soon as
 * the server answers anyone, and its first answer, whatever it says, begins the backoff anew. Returns
 * when: monotonic ns. */
int64_t again_after(struct again *a, const struct err *err, int64_t least_ms, int64_t most_ms);
int64_t again_in(struct again *a, int64_t ms); /* whatever failed before; returns when */
void again_well(struct again *a);              /* a success: the backoff begins anew */
/* Forgets the backoff; what is set fires now. */
void again_now(struct again *a);

#endif
