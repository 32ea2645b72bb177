/* What leaves the screen: copied by OSC 52, saved to a file in slices between frames. */
#ifndef UI_EXPORT_H
#define UI_EXPORT_H

#include "base/str.h"

struct app;

void export_copy(struct app *a); /* the focused pane's line or name */
/* Puts the text into the terminal's clipboard, and says so. */
void export_copy_text(struct app *a, struct str text);
void export_ask(struct app *a); /* opens the prompt for the file's name */
void export_named(struct app *a, const char *path);
void export_confirmed(struct app *a, const char *answer); /* whether to replace what is there */
void export_step(struct app *a);  /* before each frame: goes on writing for some ms */
void export_close(struct app *a); /* what is not finished leaves nothing behind */

#endif
