/* Fields out of log lines: JSON, logfmt, and the level that Loki finds in a line. */
#ifndef SANDBOX_LOGQL_EXTRACT_H
#define SANDBOX_LOGQL_EXTRACT_H

#include <stdbool.h>

#include "sandbox/loki/logql.h"

/* Adds the fields as labels. False when the line is no JSON: `__error__` is set then. */
bool logql_extract_json(struct logql_line *l);
void logql_extract_logfmt(struct logql_line *l);

/* "error", "info", …, "unknown": the detected_level that Loki 3.4 would attach. */
const char *logql_extract_level(struct str line);

#endif
