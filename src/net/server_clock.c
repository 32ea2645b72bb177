#include "net/server_clock.h"

#include <stdlib.h>

#include "base/clock.h"

/* The two readings of clock_base are not one: less is no clock that was set. */
#define SET (50 * CLOCK_MS)

/* How far our clock was set ahead since the difference was learned. */
static int64_t set_ahead(const struct server_clock *c)
{
    int64_t by = c->known ? clock_base() - c->base : 0;
    return llabs(by) < SET ? 0 : by;
}

/* The Date was made between our sending and our receiving, and has whole seconds: so the offset
 * lies in a span of a second and the request's time. Spans of several answers are intersected; an
 * empty intersection means that a clock was set. */
void server_clock_learn(struct server_clock *c, int64_t date, int64_t sent_at)
{
    int64_t low = date - clock_now(), high = date + CLOCK_SECOND - sent_at;
    if (!date || high < low)
        return;
    int64_t ahead = set_ahead(c), old_low = c->low - ahead, old_high = c->high - ahead;
    int64_t both_low = low > old_low ? low : old_low, both_high = high < old_high ? high : old_high;
    bool fits = c->known && both_low <= both_high;
    c->low = fits ? both_low : low;
    c->high = fits ? both_high : high;
    c->base = clock_base();
    c->known = true;
}

int64_t server_clock_offset(const struct server_clock *c)
{
    int64_t ahead = set_ahead(c), low = c->low - ahead, high = c->high - ahead;
    if (!c->known || (low <= 0 && high >= 0))
        return 0;
    return low + (high - low) / 2;
}

int64_t server_clock_now(const struct server_clock *c)
{
    return clock_now() + server_clock_offset(c);
}
