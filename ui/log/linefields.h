/* The names that parsers would find in log lines: members of JSON objects, name=value pairs. */
#ifndef UI_LINEFIELDS_H
#define UI_LINEFIELDS_H

#include <stddef.h>

#include "model/line.h"

enum { LINEFIELDS_MOST = 48, LINEFIELDS_LINES = 200 };

struct linefields {
    char *names[LINEFIELDS_MOST]; /* in the order in which they were met */
    size_t count;
};

/* Of the newest LINEFIELDS_LINES lines. */
void linefields_collect(struct linefields *f, const struct lines *lines);
void linefields_free(struct linefields *f);

#endif
