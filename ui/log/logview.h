/*
 * A window over a store of log lines: which lines a filter lets through, where the cursor and the
 * first row stand while lines come in, drop out and are put between others, and what is found. Lines
 * are held by id, so nothing moves that the user looks at. Work over many lines runs in slices.
 */
#ifndef UI_LOGVIEW_H
#define UI_LOGVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/regex.h"
#include "model/line.h"
#include "ui/log/folds.h"
#include "ui/slice.h"

enum logview_goal { LOGVIEW_NOTHING, LOGVIEW_MATCH, LOGVIEW_ERROR };

struct logview {
    const struct lines *lines;
    uint64_t changes;
    bool follow; /* the last line is at the bottom and stays there */
    size_t cursor, top;
    uint64_t cursor_id, top_id;
    int64_t cursor_time, top_time; /* where to look when the line has gone */
    uint64_t came, seen; /* lines that came live: until now (the pane's), when following ended */
    bool apart;          /* what comes is not put behind the last line: its end is none to follow */
    struct regex *filter;
    bool invert;
    bool (*admits)(void *context, const struct lines *lines, size_t i); /* asked before the filter;
                                                                            NULL: all */
    void *context;
    bool
        fold; /* lines of a stack trace are shown when its head was unfolded; a filter looks at each */
    struct folds folds;
    int64_t first_time; /* of the lines: an older one may be the head of what had none */
    uint32_t *known;    /* what was found out about lines, by id: see logview.c */
    size_t known_size;
    struct slice slice;
    bool unfinished;               /* a slice ended: go on at once */
    size_t shown, counting, count; /* log lines the filter lets through, as last counted; the count
                                      going on: how far, how many */
    bool counted;                  /* shown is of the present lines, or nearly */
    int64_t counted_at;
    enum logview_goal goal; /* being searched for */
    bool forward;
    struct regex *wanted;
    uint64_t at_id; /* where the search stands */
    int64_t at_time;
    size_t at;
};

void logview_free(struct logview *v);
/* Takes over what changed in the lines. */
void logview_sync(struct logview *v, const struct lines *lines);
void logview_filter(struct logview *v, struct regex *r, bool invert); /* r: kept by the caller */
/* Asked of each line each time; call it again when it may answer differently. NULL: none. */
void logview_admit(struct logview *v,
                   bool (*admits)(void *context, const struct lines *lines, size_t i),
                   void *context);
void logview_recount(
    struct logview *v); /* `admits` answers by another choice: the count is wrong */
bool logview_is_filtered(const struct logview *v); /* by either */
void logview_reset(struct logview *v);             /* other lines: follow from the end */

/* The next line at or behind (forward) or at or before i that the filter lets through; SIZE_MAX: none,
 * or the time was up (unfinished). */
size_t logview_next(struct logview *v, size_t i, bool forward);
enum level logview_level(struct logview *v, size_t i);

/* Whether the line continues the one before it in its stream. */
bool logview_is_joined(struct logview *v, size_t i);
/* How many lines, up to `most`, are folded away under line i; 0 when it is unfolded or no head. */
size_t logview_folded(struct logview *v, size_t i, size_t most);
/* Unfolds the trace of line i, or folds it again: the cursor goes to its head. False: it is none. */
bool logview_unfold(struct logview *v, size_t i);

void logview_slice(struct logview *v); /* a new one: logview_next gives answers for a while */
void logview_move(struct logview *v, int64_t rows); /* ends following; at the end it begins again */
void logview_move_to(struct logview *v, size_t i);
void logview_follow(struct logview *v, bool follow);
void logview_set_top(struct logview *v, size_t i);

/* Looks for the next line of that kind from the cursor, which moves there when it is found (and
 * stays otherwise); what it is folded under is unfolded. It takes as many calls of logview_search as
 * it answers SEARCHING; LOGVIEW_NOTHING ends it, as every move does. */
void logview_find(struct logview *v, enum logview_goal goal, struct regex *r, bool forward);
enum logview_search { LOGVIEW_IDLE, LOGVIEW_SEARCHING, LOGVIEW_FOUND, LOGVIEW_NONE };
enum logview_search logview_search(struct logview *v);
int logview_progress(const struct logview *v); /* of it, in percent */

/* Goes on counting `shown`, as far as a slice goes. True: call again soon. */
bool logview_count(struct logview *v);
uint64_t logview_new_lines(const struct logview *v); /* that came since following ended */

#endif
