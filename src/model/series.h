/* Numbers over time: one metric for many names (pods, nodes), each a ring of points on one grid of
 * steps. */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/metric.h"

struct series;                                          /* one metric, all names */
struct series *series_new(int64_t step, size_t points); /* step in ns; points kept a name */
void series_free(struct series *s);
/* A point; placed by its time rounded to the grid; older than the ring: passed over; NaN is a gap.
 */
void series_add(struct series *s, struct str key, int64_t time, double value);
/* Adds every number of another one of the same step. */
void series_merge(struct series *to, const struct series *from);
/* Copies the points of the `points` grid steps that end at `end` (or the newest, when 0) into out,
 * oldest first, NaN where there is none. Returns how many of them are numbers. */
size_t series_points(const struct series *s, struct str key, int64_t end, double *out,
                     size_t points);
/* NaN when none of the last 5 steps has one. */
double series_latest(const struct series *s, struct str key);
/* Time of the newest point of all names, 0 when there is none. */
int64_t series_newest(const struct series *s);
size_t series_names(const struct series *s);
void series_forget_before(struct series *s, int64_t time); /* drops names without a newer point */
uint64_t series_changes(const struct series *s);

#endif
