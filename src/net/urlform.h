/* Percent-decoding of what a client sent: the path of a target, and its query or form as names and
 * values. */
#ifndef NET_URLFORM_H
#define NET_URLFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* The path of a raw request target ("/a%20b?x=1" gives "/a b"), decoded; free() it. NULL when it
 * holds a NUL or a broken escape. */
char *urlform_path(struct str raw_target);

/* Names and values of "a=1&b=2", '+' read as a blank; what lies behind the first 1,000 pairs is
 * passed over. Broken escapes stay as they are, a value ends at an escaped NUL. */
struct urlform;
struct urlform *urlform_new(void);
void urlform_free(struct urlform *f); /* NULL is allowed */
void urlform_add(struct urlform *f, struct str encoded);

/* The n-th value (from 0) of the name, NULL when there is none; valid as long as the form. */
const char *urlform_get(const struct urlform *f, const char *name, size_t n);

#endif
