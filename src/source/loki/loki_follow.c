/*
 * `verified` is the moment before which everything was read and given out. A poll reads from there
 * to a little beyond the server's now; when it is through, verified moves to its start less the
 * overlap, so lines that agents bring some seconds late are read too. The ledger knows what was
 * given out already, by the polls, the tail or a recheck, in whatever order they meet. An error
 * moves verified only as far as the poll came, so an outage of any length is read when the server
 * is back.
 */
#include "source/loki/loki_follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki/loki_asides.h"
#include "source/loki/loki_extract.h"
#include "source/loki/loki_ledger.h"
#include "source/loki/loki_pace.h"
#include "source/loki/loki_recheck.h"
#include "source/loki/loki_tail_keeper.h"

enum {
    INTERVAL_MS = 1000,
    SLOW_MS = 2000, /* a poll that takes longer is behind */
    PATIENCE_MS = 10000,
    PATIENCE_MOST = 5 * 60 * 1000,
    SLOWER = 3, /* a server may be so many times as slow as it was at its last poll */
    LEDGER_BYTES = 10 << 20,
    HELD_BYTES = 6 << 20,
    MANY_LINES = 5000
};
enum { RETRIES = 2, FAILURES = 4 /* no longer waits than after so many: 8 s */ };
#define AHEAD (10 * CLOCK_SECOND)       /* clocks of nodes may go fast */
#define OVERLAP (5 * CLOCK_SECOND)      /* agents may be so late */
#define OVERLAP_BUSY (2 * CLOCK_SECOND) /* the rechecks find what is later */
#define REMEMBERED (70 * CLOCK_MINUTE)
#define LOOK_BACK CLOCK_HOUR         /* what is shown of it at the start is counted again */
#define DOUBTFUL (15 * CLOCK_SECOND) /* a server that comes up may answer with less than it has */
#define LONGEST_SKIP CLOCK_MINUTE

struct loki_follow {
    struct loki *loki;
    struct loki_follow_conf conf;
    char *query;
    struct loki_follow_state state;
    struct loki_ledger *ledger;
    struct loki_recheck *recheck; /* NULL until the query was found good */
    int64_t ledger_begin;

    struct loop_timer *timer;
    struct loop_timer *quiet; /* while a poll is under way */
    int64_t patience, heard;  /* ns; monotonic, when a poll brought something or was through */
    struct loki_call *check;
    int64_t born; /* monotonic */
    struct loki_extract *poll;
    int64_t verified, poll_now,
        poll_from;        /* server's wall ns; poll_now: its time when the poll began */
    int64_t poll_started; /* monotonic */
    int64_t whole;        /* all before it was read once; 0: nothing yet */
    int64_t newest;       /* of the lines that this poll gave out */
    int64_t settled;      /* of what was before now */
    uint64_t poll_new;
    double line_bytes; /* hints of the last poll for the next */
    int64_t slowest;
    struct backoff backoff;
    int64_t away_since,
        away_from;  /* outage: when it was noticed (monotonic), verified then; 0: none */
    int64_t skip;   /* how much the last gap left out */
    bool caught_up; /* the first poll is through */
    bool leapt;     /* the clock, before the last poll */

    struct loki_tail_keeper *tail;
    struct loki_asides asides;
    struct loki_pace pace;
    bool paused, busy, dead, refused;
};

static void free_follow(struct loki_follow *f)
{
    loki_cancel(f->check);
    loki_extract_free(f->poll);
    loki_tail_keeper_free(f->tail);
    loki_recheck_free(f->recheck);
    loki_ledger_free(f->ledger);
    loop_timer_free(f->timer);
    loop_timer_free(f->quiet);
    free(f->query);
    free(f);
}

void loki_follow_stop(struct loki_follow *f)
{
    if (!f)
        return;
    f->dead = true;
    if (!f->busy)
        free_follow(f);
}

/* Every callback begins by setting busy and ends here. */
static void leave(struct loki_follow *f)
{
    f->busy = false;
    if (f->dead)
        free_follow(f);
}

/* ---- what is shown of it ---- */

static void tell(struct loki_follow *f)
{
    static const char *const names[] = {[LOKI_FOLLOW_RANGE] = "range",
                                        [LOKI_FOLLOW_POLL] = "poll",
                                        [LOKI_FOLLOW_TAIL] = "tail+poll"};
    f->state.lane = !f->caught_up                       ? LOKI_FOLLOW_RANGE
                    : loki_tail_keeper_is_open(f->tail) ? LOKI_FOLLOW_TAIL
                                                        : LOKI_FOLLOW_POLL;
    f->state.lane_name = names[f->state.lane];
    if (f->conf.changed && !f->dead)
        f->conf.changed(f->conf.context, &f->state);
}

/* ---- giving out ---- */

static void give(struct loki_follow *f, const struct line *line)
{
    if (line->kind == LINE_LOG) {
        f->state.lines++;
        f->state.late += line->late;
        loki_pace_line(&f->pace);
    }
    f->conf.line(f->conf.context, line);
}

static void give_words(struct loki_follow *f, enum line_kind kind, int64_t time, const char *text)
{
    struct line line = {.time = time, .kind = kind, .text = str_of(text)};
    if (kind == LINE_GAP)
        f->state.gaps++;
    give(f, &line);
}

/* A log line that poll or tail brought: whether it was new. */
static bool give_line(struct loki_follow *f, const struct line *line)
{
    if (line->time >= f->ledger_begin && loki_ledger_add(f->ledger, line) != LOKI_LEDGER_NEW)
        return false;
    struct line copy = *line;
    copy.late = loki_recheck_is_late(f->recheck, line->time) && f->caught_up;
    if (copy.late)
        loki_asides_note(&f->asides.late, 1, line->time);
    give(f, &copy);
    return true;
}

static void on_late_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    f->busy = true;
    give(f, line);
    leave(f);
}

/* ---- the tail ---- */

static void on_tail_changed(void *context)
{
    struct loki_follow *f = context;
    f->busy = true;
    tell(f);
    leave(f);
}

static void on_tail_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    if (f->paused || line->time < f->ledger_begin)
        return;
    f->busy = true;
    if (give_line(f, line)) {
        f->state.tail_lines++;
        f->state.lag = loki_pace_lag(&f->pace, loki_now(f->loki) - line->time);
    }
    leave(f);
}

static void on_tail_dropped(void *context, size_t lines)
{
    struct loki_follow *f = context;
    loki_asides_note(&f->asides.dropped, lines, loki_now(f->loki));
}

/* ---- polls ---- */

static void hear(struct loki_follow *f)
{
    f->heard = clock_monotonic();
    loop_timer_set(f->quiet, f->patience / CLOCK_MS);
}

static void set_patience(struct loki_follow *f, int64_t ns)
{
    int64_t least = (f->conf.patience_ms ? f->conf.patience_ms : PATIENCE_MS) * CLOCK_MS;
    f->patience = ns < least                      ? least
                  : ns > PATIENCE_MOST * CLOCK_MS ? PATIENCE_MOST * CLOCK_MS
                                                  : ns;
}

static void on_poll_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    f->busy = true;
    hear(f);
    loki_tail_keeper_see(f->tail, line->labels);
    if (!f->caught_up && line->time >= f->settled + CLOCK_MINUTE) { /* the past is read once */
        f->settled = line->time;
        loki_ledger_settle(f->ledger, line->time - OVERLAP);
    }
    if (give_line(f, line)) {
        f->poll_new++;
        f->newest = line->time;
    }
    leave(f);
}

static int64_t overlap_of(const struct loki_follow *f)
{
    return f->state.per_second > MANY_LINES ? OVERLAP_BUSY : OVERLAP;
}

static void settle(struct loki_follow *f)
{
    loki_ledger_settle(f->ledger, f->verified);
    loki_ledger_forget(f->ledger, f->verified - REMEMBERED);
    loki_recheck_shown(f->recheck, f->verified);
}

static void tell_asides(struct loki_follow *f)
{
    char text[160];
    int64_t time;
    while (!f->dead && loki_asides_next(&f->asides, &time, text, sizeof text))
        give_words(f, LINE_NOTICE, time, text);
}

/* The server is back: says so, and has what it tells at first checked again. */
static void end_outage(struct loki_follow *f)
{
    char text[160];
    if (!f->away_since)
        return;
    snprintf(text, sizeof text,
             "Loki was away for %lld s; %llu lines of that time were read afterwards",
             (long long)((clock_monotonic() - f->away_since) / CLOCK_SECOND),
             (unsigned long long)f->poll_new);
    loki_recheck_span(f->recheck, f->away_from, loki_now(f->loki) + DOUBTFUL);
    give_words(f, LINE_NOTICE, f->away_from, text);
    f->away_since = 0;
}

static void poll_again(struct loki_follow *f, int64_t at)
{
    int64_t wait = (at - clock_monotonic()) / CLOCK_MS;
    loop_timer_set(f->timer, wait > 0 ? wait : 0);
}

static void succeed(struct loki_follow *f)
{
    int64_t until = f->poll_now - overlap_of(f), now = clock_monotonic();
    set_patience(f, SLOWER * (now - f->poll_started));
    f->heard = now;
    f->verified = until > f->verified ? until : f->verified;
    f->skip = 0;
    f->caught_up = true;
    f->whole = f->poll_now;
    if (f->newest && f->newest > f->poll_from)
        f->state.lag = loki_pace_lag(&f->pace, loki_now(f->loki) - f->newest);
    backoff_reset(&f->backoff);
    upstream_live(&f->state.upstream);
    end_outage(f);
    tell_asides(f);
    if (!f->dead) {
        settle(f);
        if (!f->conf.no_tail)
            loki_tail_keeper_choose(f->tail);
    }
    int64_t interval = f->conf.interval_ms ? f->conf.interval_ms : INTERVAL_MS;
    poll_again(f, f->poll_started + interval * CLOCK_MS);
}

/* A page that cannot be read even a line at a time: a gap, wider each time until something can be
 * read again. */
static void skip_gap(struct loki_follow *f)
{
    char text[160];
    f->skip = !f->skip ? CLOCK_SECOND : f->skip * 2 > LONGEST_SKIP ? LONGEST_SKIP : f->skip * 2;
    snprintf(text, sizeof text,
             "%lld s are left out: a line there is larger than Loki's messages may be",
             (long long)(f->skip / CLOCK_SECOND));
    give_words(f, LINE_GAP, f->verified, text);
    f->verified += f->skip;
    poll_again(f, clock_monotonic());
}

static void fail(struct loki_follow *f, const struct err *err)
{
    f->refused = err->kind == ERR_REFUSED;
    if (f->refused) {
        upstream_failed(&f->state.upstream, err, 0);
        return;
    }
    if (err->kind == ERR_LIMIT) {
        skip_gap(f);
        return;
    }
    if (!f->away_since && f->recheck) {
        f->away_since = f->heard;
        f->away_from = f->verified;
    }
    if (f->backoff.failures > FAILURES)
        f->backoff.failures = FAILURES;
    int64_t next = clock_monotonic() + backoff_next(&f->backoff, err) * CLOCK_MS;
    upstream_failed(&f->state.upstream, err, next);
    poll_again(f, next);
}

/* The poll has gone, and came as far as `reached`. */
static void end_poll(struct loki_follow *f, int64_t reached, const struct err *err)
{
    f->poll = NULL;
    f->busy = true;
    loop_timer_stop(f->quiet);
    f->state.per_second = loki_pace_per_second(&f->pace);
    /* As far as it came nothing need be read again, but for the overlap. */
    if (reached > f->poll_now - OVERLAP)
        reached = f->poll_now - OVERLAP;
    if (err->kind && reached > f->verified)
        f->verified = reached;
    if (err->kind)
        fail(f, err);
    else
        succeed(f);
    if (!f->dead)
        tell(f);
    leave(f);
}

static void on_poll_done(void *context, const struct loki_extract_result *result,
                         const struct err *err)
{
    struct loki_follow *f = context;
    if (result->line_bytes > 0)
        f->line_bytes = result->line_bytes;
    f->slowest = result->slowest - result->slowest / 8; /* forgotten slowly */
    end_poll(f, result->reached, err);
}

/* No answer comes: the server is slow, or what is between us dropped the connection without a word.
 * The next poll tries another one, and waits longer. */
static void on_quiet(void *context)
{
    struct loki_follow *f = context;
    char place[200];
    struct err err;
    if (f->paused || !f->poll)
        return;
    int64_t reached = loki_extract_reached(f->poll);
    loki_extract_free(f->poll);
    http_target_leave(loki_target(f->loki));
    err_set(&err, ERR_AWAY, http_target_place(loki_target(f->loki), place, sizeof place), "",
            "no answer for %lld s", (long long)(f->patience / CLOCK_SECOND));
    set_patience(f, 2 * f->patience);
    end_poll(f, reached, &err);
}

/* The server's clock. One that leaps, ours or one of several servers', is not believed at once: what was
 * verified up to a wrong future would not be read for as long. A poll more, and its answer tells. */
static int64_t steady_now(struct loki_follow *f)
{
    int64_t now = loki_now(f->loki), expected = f->poll_now + clock_monotonic() - f->poll_started;
    f->leapt = f->poll_now && !f->leapt && now > expected + AHEAD;
    return f->leapt ? expected : now;
}

static void start_poll(struct loki_follow *f)
{
    int64_t now = steady_now(f);
    hear(f);
    f->poll_started = f->heard;
    loop_timer_set(f->timer, SLOW_MS);
    f->poll_now = now;
    f->poll_from = f->verified;
    f->newest = 0;
    if (!f->away_since)
        f->poll_new = 0;
    f->poll = loki_extract_start(
        f->loki, &(struct loki_extract_conf){.query = f->query,
                                             .from = f->verified,
                                             .to = now + AHEAD,
                                             .max_held = HELD_BYTES,
                                             .expect = f->caught_up ? f->state.per_second : 0,
                                             .expect_bytes = f->line_bytes,
                                             .expect_slowest = f->slowest,
                                             .retries = RETRIES,
                                             .context = f,
                                             .line = on_poll_line,
                                             .done = on_poll_done});
}

/* The query is good, and the server's clock is known. */
static void begin(struct loki_follow *f)
{
    int64_t now = loki_now(f->loki) - (clock_monotonic() - f->born);
    f->verified = f->conf.since ? f->conf.since : now;
    f->ledger_begin = f->verified > now - LOOK_BACK ? f->verified : now - LOOK_BACK;
    f->recheck = loki_recheck_new(f->loki, &(struct loki_recheck_conf){.query = f->query,
                                                                       .ledger = f->ledger,
                                                                       .since = f->ledger_begin,
                                                                       .context = f,
                                                                       .line = on_late_line});
    start_poll(f);
}

static void on_check(void *context, enum loki_query kind, const struct err *err)
{
    struct loki_follow *f = context;
    struct err own = *err;
    f->check = NULL;
    f->busy = true;
    if (!own.kind && kind == LOKI_QUERY_METRIC)
        err_set(&own, ERR_REFUSED, err->where, "follow a query of log lines",
                "this query gives numbers, not lines");
    if (own.kind)
        fail(f, &own);
    else
        begin(f);
    if (!f->dead && own.kind)
        tell(f);
    leave(f);
}

/* A poll takes long: how far it is behind is told while it runs. */
static void tell_behind(struct loki_follow *f)
{
    int64_t reached = loki_extract_reached(f->poll), now = loki_now(f->loki);
    if (reached < f->whole)
        reached = f->whole;
    loop_timer_set(f->timer, INTERVAL_MS);
    if (!f->whole || loki_tail_keeper_is_open(f->tail) || now <= reached)
        return;
    f->busy = true;
    f->state.lag = now - reached;
    f->state.per_second = loki_pace_per_second(&f->pace);
    tell(f);
    leave(f);
}

static void on_timer(void *context)
{
    struct loki_follow *f = context;
    if (f->check || f->paused || f->refused)
        return;
    if (f->poll) {
        tell_behind(f);
        return;
    }
    if (f->recheck)
        start_poll(f);
    else
        f->check = loki_check(f->loki, f->query, on_check, f);
}

struct loki_follow *loki_follow_start(struct loki *l, const struct loki_follow_conf *conf)
{
    struct loki_follow *f = mem_alloc(sizeof *f);
    f->loki = l;
    f->conf = *conf;
    f->query = mem_dup(conf->query);
    f->born = clock_monotonic();
    f->state.lag = -1;
    set_patience(f, 0);
    f->state.lane_name = "range";
    f->ledger = loki_ledger_new(LEDGER_BYTES);
    f->tail = loki_tail_keeper_new(l, &(struct loki_tail_keeper_conf){.query = f->query,
                                                                      .context = f,
                                                                      .line = on_tail_line,
                                                                      .dropped = on_tail_dropped,
                                                                      .changed = on_tail_changed});
    f->timer = loop_timer_new(http_loop(loki_http(l)), on_timer, f);
    f->quiet = loop_timer_new(http_loop(loki_http(l)), on_quiet, f);
    upstream_connecting(&f->state.upstream);
    loop_timer_set(f->timer, 0);
    return f;
}

/* ---- the object ---- */

void loki_follow_pause(struct loki_follow *f, bool pause)
{
    f->paused = pause;
    if (f->recheck)
        loki_recheck_pause(f->recheck, pause);
    if (f->poll && !pause)
        hear(f);
    if (f->poll)
        loki_extract_pause(f->poll, pause);
    else if (!pause && !loop_timer_is_set(f->timer))
        loop_timer_set(f->timer, 0);
}

const struct loki_follow_state *loki_follow_state(const struct loki_follow *f)
{
    return &f->state;
}
