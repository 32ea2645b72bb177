/* The text of a log query with something of ours behind it. */
#ifndef SOURCE_LOKI_QUERY_H
#define SOURCE_LOKI_QUERY_H

#include <stdint.h>

/* `query` with the stages (starting with a blank or '|') on a line of their own, so that a comment
 * does not swallow them, and without parentheses around the whole, behind which LogQL allows no
 * stage. Its lines and columns stay where they were. free() it. */
char *loki_query_with(const char *query, const char *stages);
/* How many lines of the last `span` ns (whole milliseconds) differ, as an instant query. free() it. */
char *loki_query_distinct(const char *query, int64_t span);

#endif
