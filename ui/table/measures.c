#include "ui/table/measures.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "text/number.h"

enum { RECENT = 5 };

char *measures_key(const char *ns, const char *name, char out[MEASURES_KEY])
{
    size_t n = strnlen(ns, MEASURES_KEY - 2);
    memcpy(out, ns, n);
    if (n)
        out[n++] = '/';
    str_copy(out + n, MEASURES_KEY - n, name);
    return out;
}

double measures_value(const struct model *m, enum metric metric, const char *key)
{
    double points[RECENT], value = NAN;
    if (scope_is_live(&m->scope))
        return series_latest(m->series[metric], str_of(key));
    series_points(m->series[metric], str_of(key), m->scope.at, points, RECENT);
    for (int i = 0; i < RECENT; i++)
        value = isnan(points[i]) ? value : points[i];
    return value;
}

size_t measures_points(const struct model *m, enum metric metric, const char *key, int64_t end,
                       double *out, size_t count)
{
    return series_points(m->series[metric], str_of(key), end, out, count);
}

char *measures_text(enum metric metric, double value, char *out)
{
    switch (metric) {
    case METRIC_POD_CPU:
        return number_cores(value, out);
    case METRIC_POD_MEMORY:
        return number_bytes(value, out);
    case METRIC_NODE_CPU:
    case METRIC_NODE_MEMORY:
    case METRIC_COUNT:
        break;
    }
    return number_percent(value, out);
}

/* Twice a power of ten, or of two for bytes: round numbers for an axis. */
static double round_up(double value, double base, double step)
{
    double top = base;
    while (top < value && isfinite(top))
        top *= step;
    return top;
}

double measures_scale(enum metric metric, double most)
{
    if (isnan(most))
        most = 0;
    if (metric == METRIC_POD_CPU)
        return round_up(most, 0.1, 2);
    if (metric == METRIC_POD_MEMORY)
        return round_up(most, 32.0 * 1024 * 1024, 2);
    return most > 1 ? most : 1;
}
