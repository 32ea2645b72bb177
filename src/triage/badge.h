/*
 * What a group of a window is against other windows: new, worse, known or gone.
 *
 * A window is compared with three others of its rule: the window before, the same one a day and a
 * week earlier. Nothing is concluded from what is missing: a window that is not there, could not be
 * read, is cut short (truncated) or lacks lines (incomplete) proves no absence, and what then cannot
 * be said is BADGE_UNKNOWN.
 *
 *   new    none of the three has it. Where the window before is whole and one of the others cannot
 *          tell, the catalogue does: new when it was never seen before this window, else known
 *   gone   the whole window before had it, and this whole window does not
 *   worse  at least BADGE_TIMES as many lines as in any of the three, and BADGE_MORE more; the window
 *          before is whole, and none of the others is cut short
 *   known  one of the three has it, and it is not worse; or as above
 */
#ifndef TRIAGE_BADGE_H
#define TRIAGE_BADGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum badge { BADGE_UNKNOWN, BADGE_NEW, BADGE_WORSE, BADGE_KNOWN, BADGE_GONE, BADGE_COUNT };
enum badge_with { BADGE_BEFORE, BADGE_YESTERDAY, BADGE_LAST_WEEK, BADGE_WITH };
enum { BADGE_TIMES = 2, BADGE_MORE = 10 };

struct badge_past {
    bool there;     /* it was read */
    bool whole;     /* and has all its lines */
    uint64_t count; /* lines of the group in it */
};

struct badge_case {
    uint64_t count;     /* lines of the group in the window */
    bool whole;         /* the window is closed and has all its lines */
    int64_t from;       /* the window's start */
    int64_t first_seen; /* by the catalogue; 0: it does not tell */
    struct badge_past past[BADGE_WITH];
};

enum badge badge_of(const struct badge_case *c);

const char *badge_word(enum badge b);            /* "new", …; "?" where it is unknown */
const char *badge_with_words(enum badge_with w); /* "the window before" */
/* The start of the window that the one of [from, from + width) is compared with. */
int64_t badge_with_from(enum badge_with w, int64_t from, int64_t width);

/* Why, one line: "0 in the window before; not known: a week ago". Returns out. */
char *badge_reason(const struct badge_case *c, char *out, size_t size);

#endif
