#include "base/shortest.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Go holds as an integer. */
#define WHOLE_BELOW 9.2e18

char *shortest_text(double number, char out[SHORTEST_TEXT])
{
    int digits = 0;
    if (number == floor(number) && fabs(number) < WHOLE_BELOW) {
        snprintf(out, SHORTEST_TEXT, "%" PRId64, (int64_t)number);
        return out;
    }
    do
        snprintf(out, SHORTEST_TEXT, "%.*e", digits, number);
    while (strtod(out, NULL) != number && ++digits < DBL_DECIMAL_DIG);
    const char *e = strchr(out, 'e');
    long power = e ? strtol(e + 1, NULL, 10) : 0;
    if (power >= -4 && power < 6)
        snprintf(out, SHORTEST_TEXT, "%.*f", digits > power ? (int)(digits - power) : 0, number);
    return out;
}
