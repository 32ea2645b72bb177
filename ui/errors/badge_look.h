/* How badges of groups look: a word of at most five columns that says it without colour, a role. */
#ifndef UI_BADGE_LOOK_H
#define UI_BADGE_LOOK_H

#include "triage/badge.h"
#include "ui/theme.h"

enum { BADGE_LOOK_WIDTH = 5 };

enum theme_role badge_look_role(enum badge b);
const char *badge_look_words(enum badge b); /* "not known whether new"; the others by their word */

#endif
