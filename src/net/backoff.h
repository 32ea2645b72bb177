/* When to try again: 0.5 s, doubled up to a minute, with jitter; a server's Retry-After counts
 * more. */
#ifndef NET_BACKOFF_H
#define NET_BACKOFF_H

#include <stdint.h>

#include "base/err.h"

struct backoff {
    int failures;
};
/* Milliseconds to wait before the next try, after a failure (err may be NULL). At most 60 s,
 * Retry-After at most 5 min. */
int64_t backoff_next(struct backoff *b, const struct err *err);
void backoff_reset(struct backoff *b); /* after a success */

#endif
