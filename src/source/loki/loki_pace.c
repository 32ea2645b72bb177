#include "source/loki/loki_pace.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Moves on to the second that is now. */
static void turn(struct loki_pace *p)
{
    int64_t now = clock_monotonic() / CLOCK_SECOND, steps = now - p->second;
    for (int64_t i = 0; i < steps && i < LOKI_PACE_SECONDS; i++)
        p->lines[(now - i) % LOKI_PACE_SECONDS] = 0;
    p->second = now;
}

void loki_pace_line(struct loki_pace *p)
{
    turn(p);
    p->lines[p->second % LOKI_PACE_SECONDS]++;
}

double loki_pace_per_second(struct loki_pace *p)
{
    uint64_t sum = 0;
    turn(p);
    for (int64_t i = 0; i < LOKI_PACE_SECONDS; i++)
        if (i != p->second % LOKI_PACE_SECONDS) /* the running one is not whole */
            sum += p->lines[i];
    return (double)sum / (LOKI_PACE_SECONDS - 1);
}

static int compare_times(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int64_t loki_pace_lag(struct loki_pace *p, int64_t lag)
{
    int64_t sorted[LOKI_PACE_LAGS];
    p->lags[p->lag_count++ % LOKI_PACE_LAGS] = lag > 0 ? lag : 0;
    size_t n = p->lag_count < LOKI_PACE_LAGS ? p->lag_count : LOKI_PACE_LAGS;
    memcpy(sorted, p->lags, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_times);
    return sorted[n / 2];
}
