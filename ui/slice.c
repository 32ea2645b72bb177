/*
 * Most lines take less than the clock does, but a costly expression takes some milliseconds for
 * each: looked at every 64 lines, the clock would say so after a tenth of a second. So the steps
 * between two looks become twice as many while they are quick, and one again when they were not.
 */
#include "ui/slice.h"

#include "base/clock.h"

enum { EVERY_MOST = 64 };
#define QUICK (CLOCK_MS / 8)

void slice_begin(struct slice *s, int64_t span)
{
    int64_t now = clock_monotonic();
    *s = (struct slice){.began = now, .looked = now, .span = span, .every = 1};
}

bool slice_is_over(struct slice *s)
{
    if (s->left) {
        s->left--;
        return false;
    }
    int64_t now = clock_monotonic();
    if (now - s->began > s->span)
        return true;
    if (now - s->looked > QUICK)
        s->every = 1;
    else if (s->every < EVERY_MOST)
        s->every *= 2;
    s->left = s->every - 1;
    s->looked = now;
    return false;
}
