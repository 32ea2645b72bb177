/* What is on screen as an address, and back. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>

#include "base/err.h"
#include "model/address.h"

struct app;

void view_copy_address(struct app *a); /* to the clipboard, and into the footer */
/* Nothing changes when it is false: *err (ERR_USAGE) says what is not here. */
bool view_open(struct app *a, const struct address *address, struct err *err);

#endif
