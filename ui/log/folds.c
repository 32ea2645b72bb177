/*
 * The rule works forward, line by line of a stream. So from a line one goes back to one that is surely
 * a head by its form and that of the line before it, and lets the rule run from there.
 */
#include "ui/log/folds.h"

#include <string.h>

#include "base/clock.h"
#include "triage/grouping/continuation.h"
#include "triage/level_detect.h"

enum { STREAM_LINES = 600, STEPS = 4000, NEAR_STEPS = 1000 };
#define NEAR (5 * CLOCK_SECOND) /* lines of a trace come together */

static bool is_of(const struct line *line, const struct labels *stream)
{
    return line->kind == LINE_LOG && line->labels == stream;
}

static bool step(struct continuation *c, const struct line *line)
{
    bool joined = continuation_add(c, line->text);
    if (!joined)
        c->bad = level_detect_line(line->labels, line->text) >= LEVEL_WARN;
    return joined;
}

/* Lines of the stream from a sure head, or as far as we look, up to line i; how many. */
static size_t collect(const struct lines *l, size_t i, size_t list[STREAM_LINES])
{
    struct line line = lines_at(l, i);
    const struct labels *stream = line.labels;
    int64_t since = line.time - NEAR;
    size_t n = STREAM_LINES, at = i;
    list[--n] = i;
    for (int steps = 0; n && at && steps < STEPS; steps++) {
        struct line before = lines_at(l, --at);
        if (before.time < since)
            break;
        if (!is_of(&before, stream))
            continue;
        if (!continuation_may(line.text, before.text))
            break;
        line = before;
        list[--n] = at;
    }
    memmove(list, list + n, (STREAM_LINES - n) * sizeof *list);
    return STREAM_LINES - n;
}

void folds_tell(const struct lines *l, size_t i,
                void (*told)(void *context, size_t line, bool joined), void *context)
{
    size_t list[STREAM_LINES];
    struct continuation c = {0};
    size_t n = collect(l, i, list);
    for (size_t k = 0; k < n; k++) {
        struct line line = lines_at(l, list[k]);
        told(context, list[k], step(&c, &line));
    }
}

struct head {
    size_t line;
};

static void take_head(void *context, size_t line, bool joined)
{
    struct head *h = context;
    if (!joined)
        h->line = line;
}

size_t folds_head(const struct lines *l, size_t i)
{
    struct head h = {i};
    if (lines_at(l, i).kind == LINE_LOG)
        folds_tell(l, i, take_head, &h);
    return h.line;
}

bool folds_is_open(const struct folds *f, uint64_t head)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->open[i] == head)
            return true;
    return false;
}

void folds_turn(struct folds *f, uint64_t head)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->open[i] != head)
            continue;
        memmove(&f->open[i], &f->open[i + 1], (--f->count - i) * sizeof *f->open);
        return;
    }
    if (f->count == FOLDS_OPEN_MOST)
        memmove(f->open, f->open + 1, --f->count * sizeof *f->open);
    f->open[f->count++] = head;
}
