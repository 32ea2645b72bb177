#include "source/loki/loki_asides.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

#define EVERY CLOCK_MINUTE

void loki_asides_note(struct loki_aside *a, uint64_t lines, int64_t time)
{
    if (!a->lines || time < a->from)
        a->from = time;
    if (!a->lines || time > a->to)
        a->to = time;
    a->lines += lines;
}

static bool take(struct loki_aside *a, struct loki_aside *out)
{
    int64_t now = clock_monotonic();
    if (!a->lines || (a->told && now - a->told < EVERY))
        return false;
    *out = *a;
    *a = (struct loki_aside){.told = now};
    return true;
}

bool loki_asides_next(struct loki_asides *a, int64_t *time, char *out, size_t size)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    struct loki_aside due;
    if (take(&a->dropped, &due)) {
        snprintf(out, size,
                 "Loki's tail dropped %" PRIu64 " lines; they were read by range queries",
                 due.lines);
    } else if (take(&a->late, &due)) {
        clock_format(due.from, false, "%H:%M:%S", from, sizeof from);
        clock_format(due.to, false, "%H:%M:%S", to, sizeof to);
        snprintf(out, size, "%" PRIu64 " lines of %s to %s came late", due.lines, from, to);
    } else {
        return false;
    }
    *time = due.from;
    return true;
}
