/*
 * Counting a million lines costs a second of one of the server's cores, and little for being cut in
 * two: a block of lines for each stream is read twice.
 */
#include "source/loki/loki_tally.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"

enum { SIDE_BY_SIDE = 2, RETRIES = 4, DISTINCT_AT_ONCE = 50000 };
#define WORTH_CUTTING CLOCK_MINUTE

struct part {
    struct loki_tally *owner;
    struct loki_call *call;
    struct loop_timer *again;
    struct backoff backoff;
    int64_t from, to;
    int tries;
};

struct loki_tally {
    struct loki *loki;
    char *query;
    bool distinct;
    int64_t from, to, cursor, widest;
    uint64_t count;
    struct part parts[SIDE_BY_SIDE];
    void (*done)(void *context, uint64_t count, const struct err *err);
    void *context;
};

void loki_tally_free(struct loki_tally *t)
{
    if (!t)
        return;
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
        loki_cancel(t->parts[i].call);
        loop_timer_free(t->parts[i].again);
    }
    free(t->query);
    free(t);
}

static void end(struct loki_tally *t, const struct err *err)
{
    void (*done)(void *, uint64_t, const struct err *) = t->done;
    void *context = t->context;
    uint64_t count = t->count;
    struct err copy = *err;
    loki_tally_free(t);
    done(context, count, &copy);
}

static void on_count(void *context, uint64_t count, const struct err *err);

/* Also for another try. */
static void ask(void *context)
{
    struct part *p = context;
    const struct loki_tally *t = p->owner;
    p->call = t->distinct ? loki_count_distinct(t->loki, t->query, p->from, p->to, on_count, p)
                          : loki_count(t->loki, t->query, p->from, p->to, on_count, p);
}

static bool is_busy(const struct part *p)
{
    return p->call || loop_timer_is_set(p->again);
}

/* The next part of the span. */
static void take_part(struct loki_tally *t, struct part *p)
{
    int64_t left = t->to - t->cursor, width = t->widest;
    int64_t longest = loki_longest(t->loki) / CLOCK_MS * CLOCK_MS;
    width = width < longest ? width : longest;
    p->from = t->cursor;
    p->to = p->from + (width < left ? width : left);
    p->tries = 0;
    t->cursor = p->to;
    ask(p);
}

static void take_parts(struct loki_tally *t)
{
    for (int i = 0; i < SIDE_BY_SIDE && t->cursor < t->to; i++)
        if (!is_busy(&t->parts[i]))
            take_part(t, &t->parts[i]);
}

/* In shorter parts, now that the server has said how long they may be. */
static void start_anew(struct loki_tally *t)
{
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
        loki_cancel(t->parts[i].call);
        t->parts[i].call = NULL;
        loop_timer_stop(t->parts[i].again);
    }
    t->cursor = t->from;
    t->count = 0;
    take_parts(t);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct part *p = context;
    struct loki_tally *t = p->owner;
    bool busy = false;
    p->call = NULL;
    if (err_is_transient(err) && p->tries++ < RETRIES) {
        loop_timer_set(p->again, backoff_next(&p->backoff, err));
        return;
    }
    if (err->kind && p->to - p->from > loki_longest(t->loki)) {
        start_anew(t);
        return;
    }
    t->count += count;
    if (!err->kind)
        take_parts(t);
    for (int i = 0; i < SIDE_BY_SIDE; i++)
        busy |= is_busy(&t->parts[i]);
    if (err->kind || !busy)
        end(t, err);
}

/* As `as`, whose query is its own from here on; in so many parts at least. */
static struct loki_tally *start(const struct loki_tally *as, int64_t parts)
{
    struct loki_tally *t = mem_alloc(sizeof *t);
    *t = *as;
    t->cursor = t->from;
    t->widest = t->to - t->from;
    if (parts > 1)
        t->widest = clock_align(t->widest / parts, CLOCK_MS) + CLOCK_MS;
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
        t->parts[i].owner = t;
        t->parts[i].again = loop_timer_new(http_loop(loki_http(t->loki)), ask, &t->parts[i]);
    }
    if (t->from < t->to)
        take_parts(t);
    else
        take_part(t, &t->parts[0]); /* is refused */
    return t;
}

struct loki_tally *
loki_tally_start(struct loki *l, const char *query, int64_t from, int64_t to,
                 void (*done)(void *context, uint64_t count, const struct err *err), void *context)
{
    struct loki_tally as = {.loki = l,
                            .query = mem_dup(query),
                            .from = from,
                            .to = to,
                            .done = done,
                            .context = context};
    return start(&as, to - from >= WORTH_CUTTING ? SIDE_BY_SIDE : 1);
}

struct loki_tally *
loki_tally_distinct(struct loki *l, const char *query, int64_t from, int64_t to, uint64_t lines,
                    void (*done)(void *context, uint64_t count, const struct err *err),
                    void *context)
{
    struct loki_tally as = {.loki = l,
                            .query = mem_dup(query),
                            .distinct = true,
                            .from = from,
                            .to = to,
                            .done = done,
                            .context = context};
    return start(&as, 1 + (int64_t)(lines / DISTINCT_AT_ONCE));
}
