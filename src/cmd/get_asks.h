/* What `kubeboard get` is asked for: "pods", "pods NAME NAME", "pods,nodes", "pod/NAME node/NAME". */
#ifndef CMD_GET_ASKS_H
#define CMD_GET_ASKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { GET_ASKS_MOST = 256 };

struct kind;

struct get_asks_one {
    char *word;       /* the resource as typed */
    const char *name; /* NULL: all of them; lasts as long as the arguments */
};

struct get_asks {
    struct get_asks_one list[GET_ASKS_MOST];
    size_t count;
    bool mixed; /* of several resources: rows say which they are of */
};

/* False with *err (ERR_USAGE): none, too many, both forms in one, Secrets. Free it either way. */
bool get_asks_read(struct get_asks *a, const char *const *arguments, size_t count, struct err *err);
/* Puts `count` resources in the place of one that stood for them all; false when that are too many. */
bool get_asks_expand(struct get_asks *a, size_t at, const struct kind *const *kinds, size_t count);
void get_asks_free(struct get_asks *a);

#endif
