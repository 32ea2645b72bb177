/*
 * `known` remembers for a line whether the filter lets it through and its level, so that a frame
 * asks the expression only about lines that it never saw. It is a table by the id modulo its size,
 * each entry with the quotient as its proof; ids are dense, so entries rarely collide, and a lost one
 * is found out again. Entries that say nothing stay untouched: they cost no memory.
 */
#include "ui/log/logview.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "triage/level_detect.h"

enum {
    SLICE_MS = 10,
    COUNT_SLICE_MS = 4,
    COUNT_EVERY_MS = 1000,
    KNOWN_LEAST = 4096,
    FOLD_STEPS = 1000,
    PLAIN_BYTES = 1 << 20,
    TAG_SHIFT = 9
};
/* Bits of an entry: filter asked, its answer, level asked, level (3), a used one, folding asked, its
 * answer, the tag. */
enum {
    ASKED = 1,
    PASSES = 2,
    HAS_LEVEL = 4,
    LEVEL_SHIFT = 3,
    USED = 1 << 6,
    TOLD = 1 << 7,
    JOINED = 1 << 8
};
_Static_assert(LEVEL_COUNT <= 8, "three bits hold a level");

void logview_free(struct logview *v)
{
    free(v->known);
    v->known = NULL;
    v->known_size = 0;
}

static uint32_t *known_of(struct logview *v, uint64_t id)
{
    uint32_t *entry = &v->known[id % v->known_size];
    uint32_t tag = (uint32_t)(id / v->known_size) << TAG_SHIFT | USED;
    if ((*entry & ~(uint32_t)(USED - 1 + TOLD + JOINED)) != tag)
        *entry = tag;
    return entry;
}

static void grow_known(struct logview *v)
{
    size_t count = lines_count(v->lines);
    if (count <= v->known_size)
        return;
    v->known_size = count < KNOWN_LEAST ? KNOWN_LEAST : count + count / 4;
    free(v->known);
    v->known = mem_array(v->known_size, sizeof *v->known);
}

/* Forgets that much of what is known of each line. */
static void forget_known(struct logview *v, uint32_t bits)
{
    for (size_t i = 0; i < v->known_size; i++)
        if (v->known[i] & bits)
            v->known[i] &= ~bits;
}

static bool is_time_up(struct logview *v)
{
    v->unfinished = v->unfinished || slice_is_over(&v->slice);
    return v->unfinished;
}

static void take_told(void *context, size_t i, bool joined)
{
    struct logview *v = context;
    uint32_t *entry = known_of(v, lines_id(v->lines, i));
    *entry = (*entry & ~(uint32_t)JOINED) | TOLD | (joined ? JOINED : 0);
}

bool logview_is_joined(struct logview *v, size_t i)
{
    const uint32_t *entry = known_of(v, lines_id(v->lines, i));
    if (!(*entry & TOLD)) {
        if (lines_at(v->lines, i).kind == LINE_LOG)
            folds_tell(v->lines, i, take_told, v);
        else
            take_told(v, i, false);
        entry = known_of(v, lines_id(v->lines, i));
    }
    return *entry & JOINED;
}

static bool is_folded(struct logview *v, size_t i)
{
    if (!logview_is_joined(v, i) ||
        logview_level(v, i) == LEVEL_FATAL) /* a panic is never hidden */
        return false;
    return !v->folds.count ||
           !folds_is_open(&v->folds, lines_id(v->lines, folds_head(v->lines, i)));
}

/* In its bytes, or as it is read: a colour may stand between two words. */
static bool matches(struct regex *r, struct str text)
{
    if (regex_matches(r, text))
        return true;
    if (!text.n || !memchr(text.p, '\033', text.n))
        return false;
    struct buf plain;
    buf_init(&plain, PLAIN_BYTES);
    utf8_safe(&plain, text, UTF8_SAFE_NEWLINES | UTF8_SAFE_TABS);
    bool found = regex_matches(r, buf_str(&plain));
    buf_free(&plain);
    return found;
}

static bool is_admitted(struct logview *v, size_t i)
{
    return !v->admits || v->admits(v->context, v->lines, i);
}

static bool passes(struct logview *v, size_t i)
{
    if (v->admits && !v->admits(v->context, v->lines, i))
        return false;
    if (!v->filter)
        return !v->fold || !is_folded(v, i);
    uint32_t *entry = known_of(v, lines_id(v->lines, i));
    if (!(*entry & ASKED)) {
        struct line line = lines_at(v->lines, i);
        bool match = line.kind != LINE_LOG || matches(v->filter, line.text) != v->invert;
        *entry |= ASKED | (match ? PASSES : 0);
    }
    return *entry & PASSES;
}

size_t logview_folded(struct logview *v, size_t i, size_t most)
{
    size_t count = lines_count(v->lines), n = 0;
    struct line head = lines_at(v->lines, i);
    if (!v->fold || v->filter || head.kind != LINE_LOG || logview_is_joined(v, i) ||
        folds_is_open(&v->folds, lines_id(v->lines, i)))
        return 0;
    for (size_t k = i + 1, end = k + FOLD_STEPS; k < count && k < end && n < most; k++) {
        struct line line = lines_at(v->lines, k);
        if (line.kind != LINE_LOG || line.labels != head.labels)
            continue;
        if (!logview_is_joined(v, k))
            break;
        n += logview_level(v, k) != LEVEL_FATAL;
        end = k + FOLD_STEPS;
    }
    return n;
}

bool logview_unfold(struct logview *v, size_t i)
{
    if (!v->fold || v->filter || i >= lines_count(v->lines))
        return false;
    size_t head = folds_head(v->lines, i);
    if (head == i && !logview_folded(v, i, 1))
        return false;
    folds_turn(&v->folds, lines_id(v->lines, head));
    logview_move_to(v, head);
    logview_follow(v, false);
    return true;
}

enum level logview_level(struct logview *v, size_t i)
{
    uint32_t *entry = known_of(v, lines_id(v->lines, i));
    if (!(*entry & HAS_LEVEL)) {
        struct line line = lines_at(v->lines, i);
        *entry |= HAS_LEVEL | (uint32_t)level_detect_line(line.labels, line.text) << LEVEL_SHIFT;
    }
    return (enum level)(*entry >> LEVEL_SHIFT & 7);
}

size_t logview_next(struct logview *v, size_t i, bool forward)
{
    size_t count = lines_count(v->lines);
    while (i < count && !v->unfinished) {
        if (passes(v, i))
            return i;
        i = forward ? i + 1 : i - 1; /* below 0 it wraps to SIZE_MAX, which ends the loop */
        is_time_up(v);
    }
    return SIZE_MAX;
}

static void hold_cursor(struct logview *v, size_t i)
{
    v->cursor = i;
    v->cursor_id = lines_id(v->lines, i);
    v->cursor_time = lines_at(v->lines, i).time;
}

void logview_set_top(struct logview *v, size_t i)
{
    if (i >= lines_count(v->lines))
        return;
    v->top = i;
    v->top_id = lines_id(v->lines, i);
    v->top_time = lines_at(v->lines, i).time;
}

void logview_follow(struct logview *v, bool follow)
{
    if (v->follow && !follow)
        v->seen = v->came;
    v->follow = follow;
}

uint64_t logview_new_lines(const struct logview *v)
{
    return v->follow || v->came < v->seen ? 0 : v->came - v->seen;
}

void logview_reset(struct logview *v)
{
    v->follow = true;
    v->goal = LOGVIEW_NOTHING;
    v->changes = 0;
    v->folds.count = 0;
}

void logview_recount(struct logview *v)
{
    v->counting = v->count = 0;
    v->counted = false;
    v->counted_at = 0;
}

void logview_filter(struct logview *v, struct regex *r, bool invert)
{
    v->filter = r;
    v->invert = invert;
    v->shown = 0;
    logview_recount(v);
    forget_known(v, ASKED | PASSES);
}

void logview_admit(struct logview *v,
                   bool (*admits)(void *context, const struct lines *lines, size_t i),
                   void *context)
{
    if (v->admits != admits) /* else the count that goes on is nearly right */
        v->counting = v->count = 0;
    v->admits = admits;
    v->context = context;
    v->counted = false;
}

bool logview_is_filtered(const struct logview *v)
{
    return v->filter || v->admits;
}

/* Where the line is now; one that has gone is looked for by its time. */
static size_t place_of(const struct logview *v, uint64_t id, int64_t time)
{
    size_t count = lines_count(v->lines), i = lines_find_id(v->lines, id);
    if (i == SIZE_MAX)
        i = lines_find_time(v->lines, time);
    return i < count ? i : count - 1;
}

static void hold_places(struct logview *v)
{
    if (v->follow) {
        size_t last = logview_next(v, lines_count(v->lines) - 1, false);
        hold_cursor(v, last == SIZE_MAX ? lines_count(v->lines) - 1 : last);
        return;
    }
    size_t i = place_of(v, v->cursor_id, v->cursor_time);
    size_t visible = logview_next(v, i, false);
    if (visible == SIZE_MAX && !v->unfinished)
        visible = logview_next(v, i, true);
    hold_cursor(v, visible == SIZE_MAX ? i : visible);
    logview_set_top(v, place_of(v, v->top_id, v->top_time));
}

bool logview_count(struct logview *v)
{
    size_t total = v->lines ? lines_count(v->lines) : 0;
    int64_t now = clock_monotonic();
    if (!logview_is_filtered(v) || v->counted ||
        (!v->counting && now < v->counted_at + COUNT_EVERY_MS * CLOCK_MS))
        return false;
    struct slice slice;
    slice_begin(&slice, COUNT_SLICE_MS * CLOCK_MS);
    while (v->counting < total) {
        v->count += passes(v, v->counting) && lines_at(v->lines, v->counting).kind == LINE_LOG;
        v->counting++;
        if (slice_is_over(&slice))
            return true;
    }
    v->shown = v->count;
    v->counting = v->count = 0;
    v->counted = true;
    v->counted_at = now;
    return false;
}

void logview_sync(struct logview *v, const struct lines *lines)
{
    bool changed = lines != v->lines || lines_changes(lines) != v->changes;
    v->lines = lines;
    logview_slice(v);
    if (changed) {
        grow_known(v);
        v->counted = false;
    }
    v->changes = lines_changes(lines);
    if (!lines_count(lines)) {
        v->cursor = v->top = v->shown = 0;
        return;
    }
    int64_t first = lines_at(lines, 0).time;
    if (first < v->first_time)
        forget_known(v, TOLD);
    v->first_time = first;
    hold_places(v);
}

void logview_slice(struct logview *v)
{
    v->unfinished = false;
    slice_begin(&v->slice, SLICE_MS * CLOCK_MS);
}

void logview_move_to(struct logview *v, size_t i)
{
    size_t count = lines_count(v->lines);
    if (!count)
        return;
    hold_cursor(v, i < count ? i : count - 1);
    bool last = v->cursor + 1 >= count ||
                (logview_next(v, v->cursor + 1, true) == SIZE_MAX && !v->unfinished);
    logview_follow(v, last && !v->apart);
}

void logview_move(struct logview *v, int64_t rows)
{
    size_t count = lines_count(v->lines), i = v->cursor;
    bool forward = rows > 0;
    v->goal = LOGVIEW_NOTHING;
    if (!count)
        return;
    if (rows <= -INT32_MAX || rows >= INT32_MAX) {
        i = logview_next(v, forward ? count - 1 : 0, !forward);
        rows = 0;
    }
    for (; rows; rows += forward ? -1 : 1) {
        size_t next = logview_next(v, forward ? i + 1 : i - 1, forward);
        if (next == SIZE_MAX)
            break;
        i = next;
    }
    if (i < count)
        logview_move_to(v, i);
    if (forward && rows && !v->unfinished && !v->apart)
        logview_follow(v, true);
}

/* ---- searching ---- */

static void stand_at(struct logview *v, size_t i)
{
    v->at = i;
    v->at_id = lines_id(v->lines, i);
    v->at_time = lines_at(v->lines, i).time;
}

void logview_find(struct logview *v, enum logview_goal goal, struct regex *r, bool forward)
{
    v->goal = goal;
    v->wanted = r;
    v->forward = forward;
    if (goal && lines_count(v->lines))
        stand_at(v, v->cursor);
}

static bool is_goal(struct logview *v, size_t i)
{
    struct line line = lines_at(v->lines, i);
    if (line.kind != LINE_LOG)
        return false;
    if (v->goal == LOGVIEW_ERROR)
        return logview_level(v, i) >= LEVEL_ERROR && passes(v, i);
    return matches(v->wanted, line.text) && (v->filter ? passes(v, i) : is_admitted(v, i));
}

static void go_to_found(struct logview *v, size_t i)
{
    v->goal = LOGVIEW_NOTHING;
    if (!passes(v, i))
        logview_unfold(v, i);
    logview_move_to(v, i);
}

enum logview_search logview_search(struct logview *v)
{
    size_t count = v->lines ? lines_count(v->lines) : 0;
    if (v->goal == LOGVIEW_NOTHING)
        return LOGVIEW_IDLE;
    logview_slice(v);
    size_t i = count ? place_of(v, v->at_id, v->at_time) : 0;
    for (;;) {
        size_t next = v->forward ? i + 1 : i - 1;
        if (next >= count) {
            v->goal = LOGVIEW_NOTHING;
            return LOGVIEW_NONE;
        }
        i = next;
        if (is_goal(v, i))
            break;
        if (is_time_up(v)) {
            stand_at(v, i);
            return LOGVIEW_SEARCHING;
        }
    }
    go_to_found(v, i);
    return LOGVIEW_FOUND;
}

int logview_progress(const struct logview *v)
{
    size_t count = v->lines ? lines_count(v->lines) : 0;
    size_t all = v->forward ? count - v->cursor : v->cursor;
    size_t done = v->forward ? v->at - v->cursor : v->cursor - v->at;
    return all && done <= all ? (int)(done * 100 / all) : 0;
}
