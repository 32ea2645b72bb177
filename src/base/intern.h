/* Strings that many rows share, kept once and counted: two equal interned strings are the same
 * pointer. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/str.h"

/* Takes a reference; the same bytes give the same pointer as long as anyone holds one. Terminated
 * (bytes behind a NUL are cut off). One thread only: the loop's. Never NULL: the empty string is
 * one too. */
const char *intern_get(struct str text);
const char *intern_text(const char *text); /* NULL counts as "" */

/* Takes one more reference to a string that is interned already. */
const char *intern_hold(const char *interned);

/* Gives a reference back; NULL is allowed. */
void intern_drop(const char *interned);

/* How many different strings are held, and their bytes: for tests of what leaks. */
size_t intern_count(void);
size_t intern_bytes(void);

#endif
