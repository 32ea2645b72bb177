/* A window held against the windows of the past: a badge for each of its groups, and the groups that
 * have gone. */
#ifndef TRIAGE_COMPARISON_H
#define TRIAGE_COMPARISON_H

#include <stddef.h>
#include <stdint.h>

#include "model/catalogue.h"
#include "model/past.h"
#include "model/window.h"
#include "triage/badge.h"

/* The windows of the past that belong to a window; NULL where nothing is known. An open window is
 * compared with the one before the window before while that one is being collected. */
struct comparison {
    const struct window *window;
    const struct past *past[BADGE_WITH];
    const struct catalogue *known; /* may be NULL */
};

void comparison_of(struct comparison *c, const struct window *w, const struct pasts *pasts,
                   const struct catalogue *known);

/* A group of the window, by its id. */
void comparison_case(const struct comparison *c, const char *id, uint64_t count,
                     struct badge_case *out);
enum badge comparison_badge(const struct comparison *c, const struct group *g);

/* The groups of the window before that this one, whole, has not: calls back with each. */
void comparison_gone(const struct comparison *c, void *context,
                     void (*each)(void *context, const struct past_group *g));

/* Lines of the group in the `count` windows that end with this one, the oldest first, NaN where a
 * window is not known. Returns how many are. */
size_t comparison_trend(const struct window *w, const struct pasts *pasts, uint64_t id,
                        uint64_t lines, double *out, size_t count);

enum { COMPARISON_TREND = 12 }; /* windows of a trend */

/* The starts of the windows that a window wants to be compared with, the most important first: the
 * three of badge.h, then those of the trend. Returns how many. */
enum { COMPARISON_WANTS = BADGE_WITH + COMPARISON_TREND };
size_t comparison_wants(int64_t from, int64_t width, int64_t out[COMPARISON_WANTS]);

#endif
