/* The words of the command line behind ":". */
#ifndef UI_COMMANDS_H
#define UI_COMMANDS_H

#include <stddef.h>

#include "base/str.h"

struct app;
struct prompt;

struct commands_row {
    const char *name, *arguments, *help; /* help NULL: another name, not listed */
    void (*run)(struct app *a, const char *rest);
    void (*offers)(struct app *a, struct prompt *p); /* words for its argument; may be NULL */
};
extern const struct commands_row commands_table[];
extern const size_t commands_count;

/* Runs a line; what is wrong with it is said in the footer. A word may be cut short while it can be
 * meant for one thing only; the name of a pane gives it the focus. */
void commands_run(struct app *a, const char *line);
/* For the prompt's completion. */
void commands_offers(void *app, struct prompt *p, struct str before);

/* Goes up to the owner of the object under the cursor. */
void commands_owner(struct app *a);
/* ":at TIME" and the prompt of "go to a time". */
void commands_at(struct app *a, const char *text);

#endif
