/* Which error window belongs to the scope. */
#ifndef UI_SHOWN_WINDOW_H
#define UI_SHOWN_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

int64_t shown_window_width(const struct model *m); /* ns; ten minutes while it is not known */

/* The chosen window; at a moment without one, that of the first rule in which the moment lies. When
 * live the open windows are shown: false; but where no source tells of these, the newest stored one
 * of the first rule. False without rules. *rule is the model's. */
bool shown_window_of(const struct model *m, const char **rule, int64_t *from);

/* The chosen window's content once it has come, else NULL. */
const struct window *shown_window_get(const struct model *m);

#endif
