#include "text/spark.h"

#include <math.h>

/* The largest of the values in [from, to), NaN when all are. */
static double largest(const double *values, size_t from, size_t to)
{
    double top = NAN;
    for (size_t i = from; i < to; i++)
        top = fmax(top, values[i]); /* fmax passes over a NaN */
    return top;
}

/* Where column c of `columns` begins: count × c ÷ columns, in parts that cannot overflow. */
static size_t begin_of(int c, int columns, size_t count)
{
    size_t wide = (size_t)columns, whole = count / wide, rest = count % wide;
    return whole * (size_t)c + rest * (size_t)c / wide;
}

void spark_resample(const double *values, size_t count, double *out, int columns)
{
    for (int c = 0; c < columns; c++) {
        size_t from = begin_of(c, columns, count), to = begin_of(c + 1, columns, count);
        out[c] = count ? largest(values, from, to > from ? to : from + 1) : NAN;
    }
}

void spark_scale(const double *values, size_t count, double *min, double *max)
{
    double low = NAN, high = NAN;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            continue;
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    if (isnan(*min))
        *min = low;
    if (isnan(*max))
        *max = high;
}

int spark_level(double value, double min, double max)
{
    if (isnan(value))
        return -1;
    /* No height to show: nothing lies at the bottom, anything else half-way. */
    if (!(max > min))
        return value == 0 ? 0 : SPARK_LEVELS / 2 - 1;
    if (value >= max)
        return SPARK_LEVELS - 1;
    if (!(value > min))
        return 0;
    /* Halves, since max - min may overflow. */
    double share = (value / 2 - min / 2) / (max / 2 - min / 2);
    int level = (int)(share * SPARK_LEVELS);
    return level < SPARK_LEVELS ? level : SPARK_LEVELS - 1;
}

const char *spark_block(int level, bool ascii)
{
    static const char *const blocks[SPARK_LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const signs[SPARK_LEVELS] = {" ", ".", ":", "-", "=", "+", "*", "#"};
    if (level < 0 || level >= SPARK_LEVELS)
        return " ";
    return ascii ? signs[level] : blocks[level];
}

void spark_add(struct buf *out, const double *values, size_t count, int columns, double min,
               double max, bool ascii)
{
    spark_scale(values, count, &min, &max);
    for (int c = 0; c < columns; c++) {
        size_t from = begin_of(c, columns, count), to = begin_of(c + 1, columns, count);
        double value = count ? largest(values, from, to > from ? to : from + 1) : NAN;
        buf_adds(out, spark_block(spark_level(value, min, max), ascii));
    }
}
