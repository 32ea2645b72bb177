/* The answer to a metric query (matrix, vector, scalar), read as it arrives: Prometheus's format,
 * which Loki shares. */
#ifndef SOURCE_MATRIX_H
#define SOURCE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/labels.h"

struct matrix;

/* `point` for each point of each series; NaN and ±Inf as such; steps without a value do not come.
 * labels as long as held. */
struct matrix *matrix_new(void (*point)(void *context, const struct labels *series, int64_t time,
                                        double value),
                          void *context);
void matrix_free(struct matrix *m); /* NULL is allowed */
bool matrix_feed(struct matrix *m, struct str bytes, struct err *err);
/* At the end: false for a body that was cut off, is no answer of this kind, or holds lines instead
 * of numbers. */
bool matrix_finish(struct matrix *m, struct err *err);
size_t matrix_series(const struct matrix *m); /* so far */
/* After finish: the server's warnings, joined by "; ", or "". Until free. */
const char *matrix_warnings(const struct matrix *m);

#endif
