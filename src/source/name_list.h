/* A JSON list of names, as Loki and Prometheus tell labels and their values. */
#ifndef SOURCE_NAME_LIST_H
#define SOURCE_NAME_LIST_H

#include <stddef.h>

#include "base/json.h"

/* Its texts, sorted by bytes; what is no text is left out. free() the list; the texts are the document's.
 * `list` may be NULL: none. */
const char **name_list_sorted(const struct json *list, size_t *count);

#endif
