/* Every key on every pane: each of keys.def on each of panes.def, in several sizes, on each data of
 * fill.h. The program lives, each frame is text as wide as the screen and nothing that could steer a
 * terminal, and what the footer promises happens. */
#ifndef TESTS_SCREEN_TOUR_H
#define TESTS_SCREEN_TOUR_H

#include <stdbool.h>

#include "ui/app.h"

/* The wall clock stands still at FILL_NOW. Faults go to standard output, a line each; false: there were some.
 * `pane`: only that one, and also which keys did nothing there; NULL: all. */
bool tour_run(const struct app_conf *conf, const char *pane);

#endif
