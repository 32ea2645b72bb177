/*
 * Leader election by a coordination.k8s.io/v1 Lease. The server never expires a lease: whoever
 * wants it judges by its own clock, from the moment it saw the lease change last (clocks of two
 * machines are never compared).
 */
#ifndef KUBE_LEASE_H
#define KUBE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct client;
struct lease;

struct lease_conf {
    const char *namespace_, *name;
    const char *holder; /* who we are: the pod's name and something unique */
    int seconds;        /* leaseDurationSeconds; 0: 15. Renewed every third of it */
    void *context;
    /* Held or not changed, or another holds it now, or the server could not be asked (err; ERR_NONE
     * else). `holder` is whom the lease names ("" when nobody). Never from inside lease_new. */
    void (*changed)(void *context, bool held, const char *holder, const struct err *err);
};

struct lease *lease_new(struct client *c,
                        const struct lease_conf *conf); /* copies conf; begins at once */
void lease_free(struct lease *l); /* without giving it back; NULL is allowed */

/* True only while two thirds of the duration since the last successful renewal began have not
 * passed: ask before every write that another holder could do too. */
bool lease_held(const struct lease *l);

/* Gives the lease back, if held, so that the next holder need not wait; `released` (may be NULL)
 * comes once, never from inside, also when that failed. Nothing is renewed any more. */
void lease_release(struct lease *l, void (*released)(void *context));

#endif
