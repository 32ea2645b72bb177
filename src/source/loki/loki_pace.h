/* How fast lines come: the rate over the last seconds, and how far behind their time they are. */
#ifndef SOURCE_LOKI_PACE_H
#define SOURCE_LOKI_PACE_H

#include <stddef.h>
#include <stdint.h>

enum { LOKI_PACE_SECONDS = 10, LOKI_PACE_LAGS = 9 };

/* Zeroed at first. */
struct loki_pace {
    uint64_t lines[LOKI_PACE_SECONDS]; /* by second modulo their number */
    int64_t second;                    /* monotonic, of the newest */
    int64_t lags[LOKI_PACE_LAGS];
    size_t lag_count;
};

void loki_pace_line(struct loki_pace *p);         /* one came now */
double loki_pace_per_second(struct loki_pace *p); /* of the last whole seconds */
/* Notes by how many ns a line's arrival was behind its time (less than 0: a clock that goes fast, taken
 * for 0); the median of the last ones. */
int64_t loki_pace_lag(struct loki_pace *p, int64_t lag);

#endif
