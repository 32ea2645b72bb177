/*
 * Which messages the log pane's lines are: the grouping of the windows (triage/grouping/grouper.h)
 * over what the pane holds, worked out in slices, and the choice of those to keep or to hide. One
 * for all panes: the patterns pane lists it, the log pane filters by it.
 */
#ifndef UI_PATTERNS_H
#define UI_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum {
    PATTERNS_BUCKETS = 64, /* of a row's sparkline */
    PATTERNS_MOST = 2000,  /* told apart; all others share the row of PATTERNS_OTHERS */
};
#define PATTERNS_OTHERS "others"

struct patterns_row {
    char id[17];         /* as in windows */
    char *template_text; /* foreign; <*> for values */
    enum level level;
    uint64_t count; /* lines of it since the start of the analysis, fallen out ones too */
    bool hidden;
    uint32_t buckets[PATTERNS_BUCKETS]; /* lines over the span, see patterns_span */
};

struct patterns; /* opaque */

struct patterns *patterns_new(void);
void patterns_free(struct patterns *p); /* NULL is allowed */

/* Forgets all that was found; the choice stays, by id. Another query of the lines does the same and
 * forgets the choice too. */
void patterns_restart(struct patterns *p);
/* Goes on for a few ms at most, with lines that came meanwhile too. True: call it again at once. */
bool patterns_work(struct patterns *p, const struct model_logs *logs, int64_t tick);
/* The tick at which lines that are not known yet have to be looked at; INT64_MAX: there are none. */
int64_t patterns_due(const struct patterns *p);

size_t patterns_count(const struct patterns *p);
const struct patterns_row *patterns_at(const struct patterns *p, size_t i); /* i < patterns_count */
uint64_t patterns_lines(const struct patterns *p);   /* that the counts are of */
uint64_t patterns_changes(const struct patterns *p); /* grows when rows or their counts change */
/* From the first line to the newest: how many of the buckets that span is. */
size_t patterns_span(const struct patterns *p, int64_t *from, int64_t *to);

/* Only lines of this one are let through; NULL or the one that is kept already: all again. */
void patterns_keep(struct patterns *p, const char *id);
void patterns_hide(struct patterns *p, const char *id); /* or shows it again */
void patterns_show_all(struct patterns *p);
uint64_t patterns_choices(const struct patterns *p); /* grows with each change of the choice */
bool patterns_is_choosing(const struct patterns *p);
const struct patterns_row *patterns_kept(const struct patterns *p); /* NULL: none */
size_t patterns_hidden(const struct patterns *p);

/* Whether the choice lets the i-th line through. A line that is not known yet is not
 * let through until patterns_work has seen it. */
bool patterns_admits(void *patterns, const struct lines *lines, size_t i);

#endif
