#include "source/loki/loki_recheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "source/loki/loki_extract.h"
#include "source/loki/loki_proof.h"

enum { CHECKS = 80, STAGES = 3, AGAIN_S = 30, SPAN_AFTER_S = 10, MISSES = 5 };
static const int64_t stage_after[STAGES] = {CLOCK_MINUTE, 10 * CLOCK_MINUTE, 60 * CLOCK_MINUTE};

struct check {
    int64_t from, to, due; /* wall ns of the server; due 0: through */
    int stage, misses;
    bool minute;
};

struct loki_recheck {
    struct loki *loki;
    struct loki_recheck_conf conf;
    char *query;
    struct check list[CHECKS];
    size_t count;
    int64_t next_minute; /* the first that is not in the list yet */
    int64_t whole_until; /* minutes before were found whole at least once */
    struct loop_timer *timer;
    struct loki_call *call;       /* of a span whose lines can be told apart */
    struct loki_extract *extract; /* then, where there are more */
    struct loki_proof *proof;     /* of a span whose lines can only be counted */
    size_t at;                    /* the check under way */
    uint64_t counted;             /* what Loki said */
    struct check dropped;         /* the first that gave way */
    uint64_t drops;               /* since then; 0: none */
    uint64_t late;                /* lines given out for it */
    double line_bytes;
    bool paused, busy, dead;
    bool told_uncounted, told_missed;
};

static void free_recheck(struct loki_recheck *r)
{
    loki_cancel(r->call);
    loki_extract_free(r->extract);
    loki_proof_free(r->proof);
    loop_timer_free(r->timer);
    free(r->query);
    free(r);
}

void loki_recheck_free(struct loki_recheck *r)
{
    if (!r)
        return;
    r->dead = true;
    if (!r->busy)
        free_recheck(r);
}

static void leave(struct loki_recheck *r)
{
    r->busy = false;
    if (r->dead)
        free_recheck(r);
}

/* ---- the list ---- */

static void remove_check(struct loki_recheck *r, size_t at)
{
    memmove(r->list + at, r->list + at + 1, (r->count - at - 1) * sizeof *r->list);
    r->count--;
}

static bool is_running(const struct loki_recheck *r)
{
    return r->call || r->extract || r->proof;
}

/* The oldest gives way, but for the one under way. */
static void drop_check(struct loki_recheck *r)
{
    size_t oldest = is_running(r) && r->at == 0;
    if (!r->drops++)
        r->dropped = r->list[oldest];
    remove_check(r, oldest);
    r->at -= is_running(r) && r->at > oldest;
}

static void add_check(struct loki_recheck *r, struct check c)
{
    if (c.from >= c.to)
        return;
    if (r->count == CHECKS)
        drop_check(r);
    r->list[r->count++] = c;
    if (is_running(r))
        return;
    int64_t wait = (c.due - loki_now(r->loki)) / CLOCK_MS;
    if (!loop_timer_is_set(r->timer) ||
        loop_timer_due(r->timer) > clock_monotonic() + wait * CLOCK_MS)
        loop_timer_set(r->timer, wait > 0 ? wait : 0);
}

static void wait_for_next(struct loki_recheck *r)
{
    int64_t first = INT64_MAX, now = loki_now(r->loki);
    for (size_t i = 0; i < r->count; i++)
        first = r->list[i].due < first ? r->list[i].due : first;
    if (first != INT64_MAX && !r->dead)
        loop_timer_set(r->timer, first > now ? (first - now) / CLOCK_MS + 1 : 0);
}

/* The check under way has its next stage, or is through. */
static void go_on(struct loki_recheck *r)
{
    struct check *c = &r->list[r->at];
    c->stage = c->minute ? c->stage + 1 : STAGES;
    c->misses = 0;
    if (c->stage == STAGES)
        remove_check(r, r->at);
    else
        c->due = c->to + stage_after[c->stage];
    wait_for_next(r);
}

static void found_whole(struct loki_recheck *r)
{
    const struct check *c = &r->list[r->at];
    if (c->minute && c->to > r->whole_until)
        r->whole_until = c->to;
    go_on(r);
}

/* ---- one check ---- */

static void notice(struct loki_recheck *r, const struct check *c, const char *text)
{
    struct line line = {.time = c->from, .kind = LINE_NOTICE, .text = str_of(text), .late = true};
    r->conf.line(r->conf.context, &line);
}

/* "13:05", or "13:05:10 to 13:05:45". */
static const char *span_text(const struct check *c, char *out, size_t size)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    if (c->minute)
        return clock_format(c->from, false, "%H:%M", out, size);
    clock_format(c->from, false, "%H:%M:%S", from, sizeof from);
    clock_format(c->to, false, "%H:%M:%S", to, sizeof to);
    snprintf(out, size, "%s to %s", from, to);
    return out;
}

static void on_line(void *context, const struct line *line)
{
    struct loki_recheck *r = context;
    if (loki_ledger_add(r->conf.ledger, line) != LOKI_LEDGER_NEW)
        return;
    struct line late = *line;
    late.late = true;
    r->late++;
    r->busy = true;
    r->conf.line(r->conf.context, &late);
    leave(r);
}

/* The server's answers are errors: told at the first check that is given up, until one is counted. */
static void give_up(struct loki_recheck *r, const struct err *err)
{
    const struct check *c = &r->list[r->at];
    char text[400], span[2 * CLOCK_TEXT + 8];
    if (!r->told_missed) {
        snprintf(text, sizeof text,
                 "%s could not be counted again (%.200s): what came late may be missing from there "
                 "on",
                 span_text(c, span, sizeof span), err->what);
        notice(r, c, text);
    }
    r->told_missed = true;
    if (!r->dead)
        go_on(r);
}

/* An error: again later, some times. */
static void put_off(struct loki_recheck *r, const struct err *err)
{
    struct check *c = &r->list[r->at];
    c->due = loki_now(r->loki) + AGAIN_S * CLOCK_SECOND;
    if (++c->misses == MISSES)
        give_up(r, err);
    else
        wait_for_next(r);
}

static void on_read(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct loki_recheck *r = context;
    char text[160], span[2 * CLOCK_TEXT + 8];
    r->extract = NULL;
    r->busy = true;
    r->line_bytes = result->line_bytes;
    if (r->late) {
        snprintf(text, sizeof text, "%llu lines of %s came late", (unsigned long long)r->late,
                 span_text(&r->list[r->at], span, sizeof span));
        notice(r, &r->list[r->at], text);
    }
    if (!r->dead && err->kind)
        put_off(r, err);
    else if (!r->dead)
        found_whole(r);
    leave(r);
}

static void read_again(struct loki_recheck *r, const struct check *c)
{
    r->late = 0;
    r->extract = loki_extract_start(
        r->loki, &(struct loki_extract_conf){.query = r->query,
                                             .from = c->from,
                                             .to = c->to,
                                             .in_flight = 1,
                                             .expect = (double)r->counted * (double)CLOCK_SECOND /
                                                       (double)(c->to - c->from),
                                             .expect_bytes = r->line_bytes,
                                             .context = r,
                                             .line = on_line,
                                             .done = on_read});
    loki_extract_pause(r->extract, r->paused);
}

/* Neither by its count nor by its lines: once, not for every minute. */
static void tell_uncounted(struct loki_recheck *r, const struct check *c)
{
    if (!r->told_uncounted)
        notice(r, c,
               "Loki cannot count this query, and its lines are too many to be read again: "
               "late ones are not looked for");
    r->told_uncounted = true;
    if (!r->dead)
        go_on(r);
}

static uint64_t shown_of(const struct loki_recheck *r, const struct check *c)
{
    return loki_ledger_count(r->conf.ledger, c->from, c->to);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct loki_recheck *r = context;
    struct check *c = &r->list[r->at];
    uint64_t shown = shown_of(r, c);
    r->call = NULL;
    r->told_missed &= err->kind != ERR_NONE;
    r->counted = count;
    r->busy = true;
    if (err->kind == ERR_REFUSED) { /* Loki 2.3, where a line is not as | json wants it */
        r->counted = shown;
        read_again(r, c);
    } else if (err->kind) {
        put_off(r, err);
    } else if (count <= shown) {
        found_whole(r);
    } else {
        read_again(r, c);
    }
    leave(r);
}

static void tell_more(struct loki_recheck *r, const struct check *c, uint64_t lines)
{
    char text[200], span[2 * CLOCK_TEXT + 8];
    snprintf(text, sizeof text,
             "Loki has %llu lines more of %s than were shown, of too many to tell which: read that "
             "time again",
             (unsigned long long)lines, span_text(c, span, sizeof span));
    notice(r, c, text);
    if (!r->dead)
        go_on(r);
}

static void on_proof(void *context, uint64_t counted, uint64_t again, const struct err *err)
{
    struct loki_recheck *r = context;
    const struct check *c = &r->list[r->at];
    uint64_t shown = shown_of(r, c);
    (void)again;
    r->proof = NULL;
    r->busy = true;
    r->told_missed &= err->kind != ERR_NONE && counted <= shown;
    if (counted > shown)
        tell_more(r, c, counted - shown);
    else if (err->kind == ERR_REFUSED)
        tell_uncounted(r, c);
    else if (err->kind)
        put_off(r, err);
    else
        found_whole(r);
    leave(r);
}

static void start_check(struct loki_recheck *r, size_t at)
{
    const struct check *c = &r->list[at];
    r->at = at;
    if (loki_ledger_knows(r->conf.ledger, c->from, c->to))
        r->call = loki_count(r->loki, r->query, c->from, c->to, on_count, r);
    else
        r->proof = loki_proof_start(r->loki, r->query, c->from, c->to, shown_of(r, c), on_proof, r);
}

static void tell_drops(struct loki_recheck *r)
{
    char text[200], span[2 * CLOCK_TEXT + 8];
    snprintf(text, sizeof text,
             "%llu spans from %s on are not counted again, too many wait: what came late may be "
             "missing there",
             (unsigned long long)r->drops, span_text(&r->dropped, span, sizeof span));
    r->drops = 0;
    notice(r, &r->dropped, text);
}

static void check_next(struct loki_recheck *r)
{
    int64_t now = loki_now(r->loki);
    for (size_t i = 0; i < r->count; i++) {
        if (r->list[i].due > now)
            continue;
        start_check(r, i);
        return;
    }
    wait_for_next(r);
}

static void on_timer(void *context)
{
    struct loki_recheck *r = context;
    if (is_running(r) || r->paused)
        return;
    r->busy = true;
    if (r->drops)
        tell_drops(r);
    if (!r->dead)
        check_next(r);
    leave(r);
}

/* ---- what the follow says ---- */

void loki_recheck_shown(struct loki_recheck *r, int64_t time)
{
    for (; r->next_minute + CLOCK_MINUTE <= time; r->next_minute += CLOCK_MINUTE) {
        struct check c = {
            .from = r->next_minute, .to = r->next_minute + CLOCK_MINUTE, .minute = true};
        int64_t now = loki_now(r->loki);
        if (c.from < r->conf.since)
            c.from = clock_align(r->conf.since + CLOCK_SECOND - 1, CLOCK_SECOND);
        while (c.stage < STAGES && c.to + stage_after[c.stage] < now)
            c.stage++;
        /* What is older than all stages was read late enough. */
        if (c.stage < STAGES) {
            c.due = c.to + stage_after[c.stage];
            add_check(r, c);
        }
    }
    if (!is_running(r) && !r->paused)
        wait_for_next(r); /* the clocks may have been set */
}

void loki_recheck_span(struct loki_recheck *r, int64_t from, int64_t to)
{
    if (from < r->conf.since)
        from = r->conf.since;
    add_check(r, (struct check){.from = clock_align(from + CLOCK_SECOND - 1, CLOCK_SECOND),
                                .to = clock_align(to, CLOCK_SECOND),
                                .due = to + SPAN_AFTER_S * CLOCK_SECOND});
}

bool loki_recheck_is_late(const struct loki_recheck *r, int64_t time)
{
    return time < r->whole_until;
}

void loki_recheck_pause(struct loki_recheck *r, bool pause)
{
    r->paused = pause;
    if (r->extract)
        loki_extract_pause(r->extract, pause);
    else if (!pause && !is_running(r))
        wait_for_next(r);
}

struct loki_recheck *loki_recheck_new(struct loki *l, const struct loki_recheck_conf *conf)
{
    struct loki_recheck *r = mem_alloc(sizeof *r);
    r->loki = l;
    r->conf = *conf;
    r->query = mem_dup(conf->query);
    r->next_minute = r->whole_until = clock_align(conf->since, CLOCK_MINUTE);
    r->timer = loop_timer_new(http_loop(loki_http(l)), on_timer, r);
    return r;
}
