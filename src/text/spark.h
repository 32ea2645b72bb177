/* Sparklines: many numbers in one row of blocks. */
#ifndef TEXT_SPARK_H
#define TEXT_SPARK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SPARK_LEVELS = 8 };

/*
 * Adds exactly `columns` columns to out: values[0] on the left, the largest of the values that fall
 * into a column (one value over several columns when there are fewer), NaN a blank. min and max are
 * the scale, what lies outside is drawn at its edge; NaN for either: that of the values. ASCII for
 * terminals without UTF-8.
 */
void spark_add(struct buf *out, const double *values, size_t count, int columns, double min,
               double max, bool ascii);

/* The parts of it, for who draws by himself. spark_resample writes `columns` values;
 * spark_scale fills in what of min and max is NaN from the values. */
void spark_resample(const double *values, size_t count, double *out, int columns);
void spark_scale(const double *values, size_t count, double *min, double *max);
int spark_level(double value, double min, double max); /* 0 to SPARK_LEVELS - 1; -1 for NaN */
const char *spark_block(int level, bool ascii);        /* -1: a blank */

#endif
