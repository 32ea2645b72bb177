/* How levels of log lines look: a letter that says it without colour, and a role. */
#ifndef UI_LEVEL_LOOK_H
#define UI_LEVEL_LOOK_H

#include "model/level.h"
#include "ui/theme.h"

const char *level_look_letter(enum level l); /* one column; " " for unknown */
enum theme_role level_look_role(enum level l);

#endif
