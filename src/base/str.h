/* Slices of text that someone else owns, and the few string helpers that libc lacks. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n bytes at p, not terminated, owned by someone else. */
struct str {
    const char *p;
    size_t n;
};

struct str str_of(const char *text); /* NULL gives an empty slice */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *text);
bool str_starts(struct str a, const char *prefix);
bool str_ends(struct str a, const char *suffix);
struct str str_trim(struct str a); /* without white space at both ends */

/* Cuts the part before the first `separator` off *rest and returns it; false when *rest was used
 * up. */
bool str_cut(struct str *rest, char separator, struct str *part);

/* Where needle begins in hay, or -1. The fold variant ignores the case of ASCII letters. */
ptrdiff_t str_find(struct str hay, struct str needle);
ptrdiff_t str_find_fold(struct str hay, struct str needle);

/* A whole decimal number, optionally signed, and nothing behind it. */
bool str_to_int(struct str a, int64_t *out);
bool str_to_double(struct str a, double *out);

/* Shell-style globs: * and ?. */
bool str_glob(const char *pattern, struct str text);

/* strcmp in which runs of digits compare as numbers: pod-2 before pod-10. */
int str_compare_natural(const char *a, const char *b);

/* strlcpy: copies what fits, always terminates, returns the length of `from`. */
size_t str_copy(char *to, size_t size, const char *from);

#endif
