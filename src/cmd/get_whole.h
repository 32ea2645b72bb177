/* Whole objects on standard output: `kubeboard get -o json`, `-o yaml`. */
#ifndef CMD_GET_WHOLE_H
#define CMD_GET_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* JSON is an object a line. Of YAML one object stands alone, several are one List as kubectl prints
 * it, and what a watch tells is a document each. */
enum get_whole_as { GET_WHOLE_JSON, GET_WHOLE_ONE, GET_WHOLE_LIST, GET_WHOLE_DOCUMENTS };

/* Prints the object that stands as the `at`th (from 0). False with *err when its JSON is broken, or it
 * is too large. */
bool get_whole_print(enum get_whole_as as, size_t at, struct str json, struct err *err);
/* What stands behind `count` objects, also behind none. */
void get_whole_end(enum get_whole_as as, size_t count);

#endif
