/* Moments within a sentence as ages: what matters of a trouble on a screen is for how long it is there. */
#ifndef TEXT_AGES_H
#define TEXT_AGES_H

#include <stddef.h>
#include <stdint.h>

/* "api since 2021-08-27 13:00:05 UTC, exit 2 at 2021-08-27 14:00:00 UTC" as "api for 61m, exit 2 60s
 * ago": each local time with seconds and zone that is not after now (wall ns). Cut at size; returns
 * out. */
char *ages_text(const char *text, int64_t now, char *out, size_t size);

#endif
