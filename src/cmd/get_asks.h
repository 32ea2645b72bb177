/* What `kubeboard get` is asked for: "pods", "pods NAME NAME", "pods,nodes", "pod/NAME node/NAME". */
#ifndef CMD_GET_ASKS_H
#define CMD_GET_ASKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { GET_ASKS_MOST = 256 };

struct kind;

struct get_asks_one {
    char *word;              /* the resource as typed */
    const char *name;        /* NULL: all of them; lasts as long as the arguments */
    const struct kind *kind; /* NULL until it is found */
};

struct get_asks {
    struct get_asks_one list[GET_ASKS_MOST];
    size_t count;
};

/* False with *err (ERR_USAGE): none, too many, both forms in one, Secrets. Free it either way. */
bool get_asks_read(struct get_asks *a, const char *const *arguments, size_t count, struct err *err);
/* Puts `count` resources in the place of one that stood for them all; false when that are too many. */
bool get_asks_expand(struct get_asks *a, size_t at, const struct kind *const *kinds, size_t count);
/* Says what the one at `at` is. False: the same was asked for before, by another of its names, and this
 * one is out of the list. */
bool get_asks_found(struct get_asks *a, size_t at, const struct kind *kind);
/* Whether several kinds were found: rows say which they are of. */
bool get_asks_mixed(const struct get_asks *a);
void get_asks_free(struct get_asks *a);

#endif
