/* Slices of the text of JSON that json_parse has accepted: for strings that may hold \u0000, which
 * end there in a parsed document (base/json.h). */
#ifndef MODEL_WINDOW_RAW_H
#define MODEL_WINDOW_RAW_H

#include <stdbool.h>

#include "base/str.h"

/* The text of the first member of that name: of a string with its quotes. False when there is none.
 */
bool window_raw_member(struct str object, const char *name, struct str *value);

/* Takes the next element of an array off *rest, which is the array's text at first. False at the
 * end. */
bool window_raw_element(struct str *rest, struct str *element);

#endif
