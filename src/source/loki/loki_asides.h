/* What a follow tells beside its lines: how many the tail dropped, and how many it brought late. Each
 * kind once a minute at most. */
#ifndef SOURCE_LOKI_ASIDES_H
#define SOURCE_LOKI_ASIDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loki_aside {
    uint64_t lines;   /* not told yet */
    int64_t from, to; /* wall ns of the first and the last of their times */
    int64_t told;     /* monotonic; 0: never */
};

/* Zeroed at first. */
struct loki_asides {
    struct loki_aside dropped, late;
};

/* Notes so many lines of that time. */
void loki_asides_note(struct loki_aside *a, uint64_t lines, int64_t time);
/* What is due, as words and the time where they belong; false: nothing (more). */
bool loki_asides_next(struct loki_asides *a, int64_t *time, char *out, size_t size);

#endif
