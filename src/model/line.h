/* Log lines, and a bounded store of them in time order. */
#ifndef MODEL_LINE_H
#define MODEL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/labels.h"
#include "model/level.h"

enum line_kind {
    LINE_LOG,
    LINE_GAP,    /* a span that could not be read: `text` says so in words */
    LINE_NOTICE, /* a drop, a refill, a late block: `text` says so in words */
};

/* A line as it travels; text and labels belong to whoever hands it out. */
struct line {
    int64_t time; /* wall ns */
    const struct labels *labels;
    struct str text; /* foreign bytes; may hold NUL */
    enum line_kind kind;
    bool late; /* came after its minute was shown as whole */
};

/* A bounded store: sorted by (time, arrival); beyond `max_bytes` the lines farthest from the end in
 * use go, a block of about max_bytes/16 (64 KiB at most) at once, and are counted. What goes, goes
 * by whole nanoseconds: a time is held with all of its lines or with none, so that whoever reads on
 * there begins at a time (but for one nanosecond that is larger than the store). One block always
 * stays. Lines that come for a place beyond what fell out fall out too: what is held has no holes.
 * Texts are cut at 512 MiB. */
struct lines;
struct lines *lines_new(size_t max_bytes);
void lines_free(struct lines *l);
void lines_clear(struct lines *l); /* forgets the lines and what was dropped; ids go on */

/* Copies the line in at its place by time (behind equals). Adding at the end is O(1). */
void lines_add(struct lines *l, const struct line *line);
/* The same, before equals: for lines that are read backward. */
void lines_add_before(struct lines *l, const struct line *line);
/* Whether this log line is held: of the same time, labels and text. */
bool lines_holds(const struct lines *l, const struct line *line);
size_t lines_count(const struct lines *l);
size_t lines_logs(const struct lines *l); /* of them, log lines: no gap, no notice */
/* The i-th line; valid until the next change. i < lines_count. */
struct line lines_at(const struct lines *l, size_t i);
/* Stays with the line: a cursor survives additions. */
uint64_t lines_id(const struct lines *l, size_t i);
size_t lines_find_id(const struct lines *l, uint64_t id); /* index, or SIZE_MAX when it has gone */
/* First index at or after time (count when none). */
size_t lines_find_time(const struct lines *l, int64_t time);
uint64_t lines_dropped(const struct lines *l); /* fell out for want of room */
/* The sets of labels that the lines have, in no order: i < lines_label_slots; NULL: a free slot. */
size_t lines_label_slots(const struct lines *l);
const struct labels *lines_label_set(const struct lines *l, size_t i);
size_t lines_bytes(const struct lines *l);
uint64_t lines_changes(const struct lines *l); /* grows with every change */
/* Which end gives way when the store is full: true (default) drops the oldest. From this call on
 * lines may come at both ends again: whoever fills an end that gave way goes on where the lines
 * held end. */
void lines_drop_oldest(struct lines *l, bool oldest);

#endif
