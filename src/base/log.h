/* The program's own log: to a file (0600) for the commands with a screen, JSON lines to standard
 * error for the collector. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Appends to the file from now on (created 0600); NULL closes it. Nothing is logged before a target
 * is chosen. */
bool log_to_file(const char *path, struct err *err);
void log_to_json(void); /* JSON lines to standard error: {"time","level","msg","key":"value",…} */
void log_set_level(enum log_level least);
bool log_enabled(enum log_level level);

/* One event. Key and value pairs (const char *, never secrets) end with NULL: log_event(LOG_INFO,
 * "window stored", "rule", rule, "key", key, NULL). A pair whose value is NULL is left out, values are
 * cut at 4 KiB. Safe from any thread; each event is one write.
 */
void log_event(enum log_level level, const char *message, ...) __attribute__((sentinel));
void log_err(enum log_level level, const char *message, const struct err *err);

#endif
