/* A Loki of a few lines behind canned.h: matchers, line filters and counts are evaluated on what a
 * test put in. */
#ifndef TESTS_WIRE_FAKE_LOKI_H
#define TESTS_WIRE_FAKE_LOKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/wire/canned.h"

enum { FAKE_LOKI_BESIDE = 8 };

struct fake_loki_line {
    int64_t time;
    char *namespace_, *pod, *text;
};

struct fake_loki {
    struct canned *server;
    struct fake_loki_line *lines; /* by time */
    size_t count, cap;
    int64_t counts_more;    /* added to every count */
    int64_t differ_more;    /* … of lines that differ */
    int fail;               /* status of every answer; 0: none */
    int64_t fail_from;      /* of lines that begin there: 500 */
    const char *fail_query; /* only of queries with this text; NULL: of all */
    size_t pages, counts;   /* answered */
    size_t in_lanes;        /* pages of a part of the pods, by the ends of their names */
    int delay_ms;           /* of pages in lanes */
    size_t beside[FAKE_LOKI_BESIDE + 1]; /* those pages, by how many others were under way */
    int silent;                          /* pages that are never answered, from here on */
    int counts_to_fail;                  /* with 503, before one is answered */
    bool uncountable;                    /* as 2.3 where a line is not what a parser wants */
    struct buf pushes;
    /* Bounds and habits of real ones; 0: none. */
    int most;             /* lines a page (5,000): more is refused */
    int64_t longest;      /* ns that may be asked for at once */
    bool old;             /* no `drop` stage and no __line__, as before 2.9 */
    size_t too_large;     /* pages that were refused for message_bytes */
    int64_t splits;       /* ns: a query's parts, whose lines are joined as Loki 3.4 does: badly */
    bool shuffles;        /* lines of one nanosecond, where a result stream has more than 12 */
    size_t message_bytes; /* of a page's text: more is 500 ResourceExhausted */
    bool whole_ms_lost; /* a line at just the start of a query, a whole millisecond, is not found */
};

struct fake_loki *fake_loki_new(struct canned *c);
void fake_loki_free(struct fake_loki *f);
void fake_loki_add(struct fake_loki *f, int64_t time, const char *ns, const char *pod,
                   const char *text);

#endif
