/* Numbers of series as panes show them: at the moment of the scope, in the metric's own unit. */
#ifndef UI_MEASURES_H
#define UI_MEASURES_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum { MEASURES_KEY = 512, MEASURES_POINTS = MODEL_SERIES_POINTS };

/* The key of an object's series: "namespace/name", or the name alone. Returns out. */
char *measures_key(const char *ns, const char *name, char out[MEASURES_KEY]);

/* The newest value up to the scope's moment; NaN when there is none. */
double measures_value(const struct model *m, enum metric metric, const char *key);
/* `count` points up to `end` (0: the newest of all). Returns how many are
 * numbers. */
size_t measures_points(const struct model *m, enum metric metric, const char *key, int64_t end,
                       double *out, size_t count);
/* What the value looks like: 12%, 250m, 1.2Gi. Returns out (NUMBER_TEXT bytes). */
char *measures_text(enum metric metric, double value, char *out);
/* The top of a scale that holds `most`: shares go to 1 at least, cores and bytes to a little. */
double measures_scale(enum metric metric, double most);

#endif
