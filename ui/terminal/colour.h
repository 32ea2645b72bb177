/* Colours as a theme writes them, and what a terminal of fewer colours has in their place. */
#ifndef UI_COLOUR_H
#define UI_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { COLOUR_DEFAULT = -1, COLOUR_RGB = 1 << 24 }; /* default; 0–255; COLOUR_RGB | 0xrrggbb */

/* "default", "red", "bright-red", "208", "#ff8700"; false when it is none of these. */
bool colour_parse(struct str text, int32_t *out);

/* The nearest that a terminal of `colours` colours has: over 256 it takes RGB as it is, 88 and less
 * get the 16 or 8 names, one or none the default. */
int32_t colour_nearest(int32_t colour, int colours);

/* 0xrrggbb of a palette index (0–255) as xterm has it. */
uint32_t colour_rgb(int index);

#endif
