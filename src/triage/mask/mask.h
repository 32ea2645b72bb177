/* From a line to its template: the text with <*> where values stand. */
#ifndef TRIAGE_MASK_H
#define TRIAGE_MASK_H

#include <stddef.h>

#include "base/str.h"

enum {
    MASK_SIZE = 600,       /* bytes of the longest template, its NUL included */
    MASK_TOKENS = 64,      /* words of the longest template */
    MASK_READ = 16 * 1024, /* bytes of a line that are read; what lies behind is one value */
};

/*
 * Writes the template of the line into out, terminated, and returns its length. The result is valid
 * UTF-8 without control characters, its words stand one blank apart, and values that follow each
 * other (a list, a date) are one <*>. Depends on the line only, not on other lines.
 */
size_t mask_line(struct str line, char out[MASK_SIZE]);

#endif
