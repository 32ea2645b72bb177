/* The terminal's twin: cells as plain text, a line a row, without blanks at the end. */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H

#include "base/buf.h"
#include "ui/terminal/screen.h"

extern const struct screen plain_screen; /* `to` is a struct buf * that the text is added to */
extern const struct screen plain_roles;  /* as that: a letter for the role of each cell, the letter
                                            of what lies over it where there is one, and a legend */

#endif
