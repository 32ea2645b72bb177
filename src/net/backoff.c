#include "net/backoff.h"

#include "base/clock.h"
#include "base/hash.h"

enum { FIRST_MS = 500, LONGEST_MS = 60 * 1000, LONGEST_ASKED_MS = 5 * 60 * 1000, DOUBLINGS = 7 };

int64_t backoff_next(struct backoff *b, const struct err *err)
{
    int doublings = b->failures < DOUBLINGS ? b->failures : DOUBLINGS;
    b->failures++;
    int64_t wait = (int64_t)FIRST_MS << doublings;
    if (wait > LONGEST_MS)
        wait = LONGEST_MS;
    /* Up to a quarter less, so that clients that failed together do not come back together. */
    uint64_t noise = hash_mix((uint64_t)clock_monotonic() ^ (uint64_t)(uintptr_t)b);
    wait -= (int64_t)(noise % (uint64_t)(wait / 4 + 1));
    int64_t asked = err ? err->retry_after_ms : 0;
    if (asked > LONGEST_ASKED_MS)
        asked = LONGEST_ASKED_MS;
    return asked > wait ? asked : wait;
}

void backoff_reset(struct backoff *b)
{
    b->failures = 0;
}
