/* What a snapshot lists: a row an API collection. What is not named here is never kept; Secrets are
 * not here. */
#ifndef COLLECT_SNAPSHOT_KINDS_H
#define COLLECT_SNAPSHOT_KINDS_H

#include <stdbool.h>
#include <stddef.h>

struct kinds_row;

struct snapshot_kind {
    const char *array;        /* the member of the snapshot; rows of one array stand together */
    const char *kind;         /* written into each element, where an array holds several */
    const char *path, *older; /* of the collection; of older servers (NULL: the same) */
    const struct kinds_row
        *row; /* whose paths are kept, so that panes can make their rows; NULL: none */
    const char *const *keep; /* further paths, NULL-terminated; may be NULL */
    bool metadata;           /* nothing but metadata is even asked for */
    bool recent;             /* only events that were seen since the window began */
};

extern const struct snapshot_kind snapshot_kinds[];
extern const size_t snapshot_kinds_count;

/* The paths of a row, NULL-terminated; free() the list. */
const char **snapshot_kinds_keep(const struct snapshot_kind *k);

#endif
