/* Series of a metric query on standard output: a sparkline each, or JSON. */
#ifndef CMD_SERIES_PRINT_H
#define CMD_SERIES_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/labels.h"

struct series_print;

/* A grid of `points` steps from `from` on, ns. */
struct series_print *series_print_new(int64_t from, int64_t step, size_t points);
void series_print_free(struct series_print *p); /* NULL is allowed */
/* Points of a series come in a row; another series begins with its first point. At most 1,000
 * series are kept. */
void series_print_add(struct series_print *p, const struct labels *series, int64_t time,
                      double value);
/* {"labels":{…},"values":[["time",number],…]} a line, or the last value, a sparkline and the labels
 * a line. */
void series_print_end(struct series_print *p, bool json);

#endif
