/* Regular expressions (PCRE2, with its JIT), bounded against hostile patterns. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct regex; /* opaque */

enum regex_flags {
    REGEX_DEFAULT = 0,
    REGEX_FOLD = 1 /* ignore case */,
    REGEX_LITERAL = 2,
    REGEX_SMART = 4 /* ignore case unless the pattern has a capital */
};

/* NULL and *err (ERR_USAGE, with the offset) for a bad pattern. UTF mode; invalid UTF-8 in a
 * subject is no error. */
struct regex *regex_new(const char *pattern, int flags, struct err *err);
void regex_free(struct regex *r); /* NULL is allowed */

/* The first match at or behind `from`; [*start, *end) in bytes. A pattern that passes the match
 * limit (about 10 ms of work) does not match and regex_gave_up counts it, so that the pane can say so. Not
 * to be shared by threads. A match may be empty: whoever looks for the next one goes on a character
 * further then. */
bool regex_find(struct regex *r, struct str text, size_t from, size_t *start, size_t *end);
bool regex_matches(struct regex *r, struct str text);
bool regex_folds(const struct regex *r); /* ignores case */
size_t regex_gave_up(const struct regex *r);

#endif
