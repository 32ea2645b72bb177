/* How bad a log line is. */
#ifndef MODEL_LEVEL_H
#define MODEL_LEVEL_H

#include "base/str.h"

enum level {
    LEVEL_UNKNOWN,
    LEVEL_TRACE,
    LEVEL_DEBUG,
    LEVEL_INFO,
    LEVEL_WARN,
    LEVEL_ERROR,
    LEVEL_FATAL,
    LEVEL_COUNT
};

const char *level_name(enum level l); /* "unknown", "trace", … "fatal" */

/* LEVEL_UNKNOWN when it is none; the usual short and long forms ("E", "err", "warning"), any case.
 */
enum level level_of_name(struct str name);

#endif
