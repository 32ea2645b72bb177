/* Work over many lines or rows, cut into slices that keys need not wait for. */
#ifndef UI_SLICE_H
#define UI_SLICE_H

#include <stdbool.h>
#include <stdint.h>

struct slice {
    int64_t began, looked, span;
    unsigned every, left; /* steps between two looks at the clock; until the next one */
};

void slice_begin(struct slice *s, int64_t span); /* ns */
/* Asked at each step: whether the time is up, and said again when it is asked again. Steps of 64 at
 * most go by without a look at the clock, and one alone where a step has turned out to be slow. */
bool slice_is_over(struct slice *s);

#endif
