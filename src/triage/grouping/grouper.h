/*
 * Streaming grouping of log lines: lines that are one message with different values get one group.
 * No training and no settings. A window is a batch: lines are added in order, then grouper_finish
 * looks at all messages together, so numbers handed out by grouper_add are provisional.
 */
#ifndef TRIAGE_GROUPER_H
#define TRIAGE_GROUPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/line.h"
#include "model/window.h"

enum { GROUPER_GROUPS = 100000 }; /* messages told apart; all others share one overflow group */

struct grouper; /* opaque; for one thread at a time */

/* `known` (NULL: an empty catalogue) is read, never changed, and must live as long as the grouper. A
 * message that matches one of its templates gets that template's id. */
struct grouper *grouper_new(const struct catalogue *known);
void grouper_free(struct grouper *g); /* NULL is allowed */

/* The provisional number of the line's group (0, 1, … in order of first appearance). `stream` tells
 * apart the sources whose lines interleave (a hash of the labels; 0 when there is one). A line that
 * continues the line before it in its stream (stack traces, tracebacks, goroutine dumps) gets the
 * number of its first line. Never call it after grouper_finish. */
uint32_t grouper_add(struct grouper *g, uint64_t stream, struct str line);
size_t grouper_provisional(const struct grouper *g); /* numbers handed out so far */

/* Decides: merges messages that differ in a value only, matches the catalogue, gives ids. Depends
 * on the lines, their order within each stream, and the catalogue, and on nothing else. */
void grouper_finish(struct grouper *g);

/* After grouper_finish: the final group of a provisional number, 0 ≤ index < grouper_count. */
uint32_t grouper_final(const struct grouper *g, uint32_t number);
size_t grouper_count(const struct grouper *g);
const char *grouper_id(const struct grouper *g, size_t index);       /* 16 hex digits */
const char *grouper_template(const struct grouper *g, size_t index); /* <*> for values; ≤ 600 bytes;
                                                                        foreign text */
enum level grouper_level(const struct grouper *g,
                         size_t index);                        /* of the first line, by its text */
uint64_t grouper_lines(const struct grouper *g, size_t index); /* continuation lines too */
uint64_t grouper_overflow(const struct grouper *g); /* lines in the overflow group, any time */
size_t grouper_bytes(const struct grouper *g);      /* memory held */

#endif
