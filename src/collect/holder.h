/* Who may write: of several collectors one, by a Lease, or by a lock file where the store is a
 * folder. */
#ifndef COLLECT_HOLDER_H
#define COLLECT_HOLDER_H

#include <stdbool.h>

#include "base/err.h"

struct client;
struct holder;
struct loop;

struct holder_conf {
    struct loop *loop;
    struct client *client;         /* for a Lease; NULL: a lock file */
    const char *namespace_, *name; /* of the Lease */
    const char *folder;   /* of the lock file: the store's root; NULL and no client: always held */
    const char *identity; /* who we are: host or pod, and something unique */
    void *context;
    /* Held or not changed, or it is another's ("" unknown), or it cannot be asked (err). Never from
     * inside holder_new. */
    void (*changed)(void *context, bool held, const char *who, const struct err *err);
};

struct holder *
holder_new(const struct holder_conf *conf); /* texts must outlive it; begins at once */
void holder_free(struct holder *h); /* gives a lock file back, not a Lease; NULL is allowed */
bool holder_held(const struct holder *h);
/* Gives it back so that the next need not wait; `released` comes once, never from inside, also when
 * that failed. */
void holder_release(struct holder *h, void (*released)(void *context));

#endif
