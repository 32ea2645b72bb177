#include "source/server_clock.h"

#include "base/clock.h"

/* The Date was made between our sending and our receiving, and has whole seconds: so the offset
 * lies in a span of a second and the request's time. Spans of several answers are intersected; an
 * empty intersection means that a clock was set. */
void server_clock_learn(struct server_clock *c, int64_t date, int64_t sent_at)
{
    int64_t low = date - clock_now(), high = date + CLOCK_SECOND - sent_at;
    if (!date || high < low)
        return;
    int64_t both_low = low > c->low ? low : c->low, both_high = high < c->high ? high : c->high;
    bool fits = c->known && both_low <= both_high;
    c->low = fits ? both_low : low;
    c->high = fits ? both_high : high;
    c->known = true;
}

int64_t server_clock_offset(const struct server_clock *c)
{
    if (!c->known || (c->low <= 0 && c->high >= 0))
        return 0;
    return c->low + (c->high - c->low) / 2;
}

int64_t server_clock_now(const struct server_clock *c)
{
    return clock_now() + server_clock_offset(c);
}
