/*
 * The lines about each error of a window, from the error's own stream. Only streams that had an
 * error are asked, and of those only the neighbourhood: about two small requests for a lonely
 * error, page after page where errors are dense, so the cost is never much more than that of
 * reading those streams once.
 */
#ifndef COLLECT_AROUND_H
#define COLLECT_AROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"

struct around;
struct loki;

enum {
    AROUND_ERRORS = 100000,  /* that get context; a window with more has enough lines of its own */
    AROUND_REQUESTS = 20000, /* a window */
};

struct around_conf {
    struct loki *loki;
    int64_t from,
        to; /* context lies in it: wider than the window, so that errors at its edges have theirs */
    int lines; /* before and behind each error; at least 1 */
    void *context;
    /* A line of context: stream after stream in the order of their first error, in a stream by
     * time; none twice, and never one that around_note got. `jumped`: other lines may lie between
     * it and the one told before. */
    void (*line)(void *context, const struct line *line, bool jumped);
    /* May be NULL: one that around_note got, told where it lies among those; its labels are those
     * that select its stream, as in `line`. */
    void (*met)(void *context, const struct line *line);
    /* The end, once, never from inside around_start; it must still be freed. `cut`: the bounds
     * above left errors without. */
    void (*done)(void *context, bool cut, const struct err *err);
};

struct around *around_new(const struct around_conf *conf);
void around_free(struct around *a); /* cancels; NULL is allowed */
void around_note(struct around *a,
                 const struct line *error); /* in time order within a stream, before around_start */
/* False when there is nothing to ask: `done` does not come then. */
bool around_start(struct around *a);

#endif
