#include "text/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "12.3" below 100, "123" from there on; ".0" is left out. */
static void digits(double value, char *out, size_t size)
{
    /* What would be rounded up to 100 has no room for its tenths either. */
    int tenths = value < 99.95;
    snprintf(out, size, "%.*f", tenths, value);
    size_t n = strlen(out);
    if (tenths && out[n - 1] == '0')
        out[n - 2] = '\0';
}

/* Divides by `step` until fewer than `step` are left after rounding; units[0] is the unit of 1. */
static char *scaled(double value, double step, const char *const *units, const char *behind,
                    char *out)
{
    char number[NUMBER_TEXT / 2];
    if (isnan(value)) {
        snprintf(out, NUMBER_TEXT, "-");
        return out;
    }
    double size = fabs(value);
    while (size >= step - 0.5 && units[1] && isfinite(size)) {
        size /= step;
        units++;
    }
    if (size >= 1e6)
        snprintf(number, sizeof number, "%.1e", size);
    else
        digits(size, number, sizeof number);
    snprintf(out, NUMBER_TEXT, "%s%s%s%s", value < 0 && strcmp(number, "0") != 0 ? "-" : "", number,
             *units, behind);
    return out;
}

static const char *const thousands[] = {"", "k", "M", "G", "T", "P", NULL};

char *number_bytes(double bytes, char *out)
{
    static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", NULL};
    /* There are no tenths of a byte. */
    return scaled(fabs(bytes) < 1024 ? round(bytes) : bytes, 1024, units, "", out);
}

char *number_count(double count, char *out)
{
    return scaled(count, 1000, thousands, "", out);
}

char *number_cores(double cores, char *out)
{
    static const char *const one[] = {"", NULL};
    double size = fabs(cores) * 1000;
    if (size > 0 && size < 0.5)
        snprintf(out, NUMBER_TEXT, "<1m");
    else if (size > 0 && size < 999.5)
        snprintf(out, NUMBER_TEXT, "%.0fm", cores * 1000);
    else
        scaled(cores, 1000, one, "", out);
    return out;
}

char *number_percent(double share, char *out)
{
    double percent = share * 100;
    double size = fabs(percent);
    if (size > 0 && size < 0.05)
        snprintf(out, NUMBER_TEXT, "<0.1%%");
    else if (size < 0.95 || size >= 9999.5 || isnan(size))
        scaled(percent, 1000, thousands, isnan(size) ? "" : "%", out);
    else
        snprintf(out, NUMBER_TEXT, "%.0f%%", percent);
    return out;
}

char *number_rate(double per_second, char *out)
{
    double size = fabs(per_second);
    if (size > 0 && size < 0.005)
        snprintf(out, NUMBER_TEXT, "<0.01/s");
    else if (size > 0 && size < 0.995)
        snprintf(out, NUMBER_TEXT, "%.2g/s", per_second);
    else
        scaled(per_second, 1000, thousands, isnan(size) ? "" : "/s", out);
    return out;
}

char *number_seconds(double seconds, char *out)
{
    static const char *const below_one[] = {"us", "ms", "s", NULL};
    static const char *const whole[] = {"s", NULL};
    if (fabs(seconds) < 1 && seconds != 0)
        return scaled(seconds * 1e6, 1000, below_one, "", out);
    return scaled(seconds, 1000, whole, "", out);
}
