/*
 * Each second everything from `verified` to now is read; what was given out before is known by its identity. `verified` stays
 * some seconds behind, as agents send late, and stays where it is while the server is away, so an outage leaves no hole. The
 * tail only shows earlier what a poll will read anyway: a line of a stream that no poll has shown is left to the poll, since
 * the tail may word its labels differently.
 */
#include "source/loki_follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki_extract.h"
#include "source/loki_seen.h"
#include "source/loki_tail.h"

enum {
    INTERVAL_MS = 1000,
    TAIL_STREAMS = 6,
    RATE_SECONDS = 10,
    LAGS = 5,
    TAIL_FULL_MS = 5 * 60 * 1000,
    TAIL_AGAIN_MS = 1000,
    FORGET_LINES = 32768
};

#define OVERLAP (5 * CLOCK_SECOND)
#define OVERLAP_BUSY (2 * CLOCK_SECOND) /* when polls take long */
#define BUSY (500 * CLOCK_MS)
#define STREAM_QUIET CLOCK_MINUTE /* a stream that was silent so long does not count */

struct stream {
    const struct labels *labels;
    int64_t seen; /* monotonic */
};

struct loki_follow {
    struct loki *loki;
    struct loki_follow_conf conf;
    struct loki_follow_state state;
    char *query;
    struct loop_timer *timer, *tail_timer;
    struct backoff backoff;
    struct loki_seen *seen;
    struct loki_extract *poll, *late; /* under way */
    struct loki_call *count;
    struct loki_seen_minute minute; /* being counted, or read again */
    uint64_t minute_count, minute_late;
    int64_t verified, poll_to;
    int64_t poll_started; /* monotonic */
    int64_t newest;       /* time of the newest line of this poll */
    int64_t reached; /* time of the last line that this poll read: all before it are given out */
    size_t since_forget; /* lines */
    uint64_t before;     /* lines given out before this poll */
    double line_bytes;
    bool caught_up; /* what was before the start has been read */
    bool paused, ended;
    struct loki_tail *tail;
    bool tail_open, tail_never;
    struct stream
        streams[TAIL_STREAMS + 1]; /* of the last minute; more than TAIL_STREAMS: no tail */
    size_t stream_count;
    uint64_t per_second[RATE_SECONDS];
    int64_t rate_second; /* wall second of the newest entry */
    int64_t lags[LAGS];
    size_t lag_count;
};

static void start_poll(void *context);
static void open_tail(void *context);

const struct loki_follow_state *loki_follow_state(const struct loki_follow *f)
{
    return &f->state;
}

/* ---- figures ---- */

static void shift_rate(struct loki_follow *f, int64_t second)
{
    for (; f->rate_second < second; f->rate_second++) {
        if (second - f->rate_second > RATE_SECONDS)
            f->rate_second = second - RATE_SECONDS;
        f->per_second[(f->rate_second + 1) % RATE_SECONDS] = 0;
    }
}

static void figure_rate(struct loki_follow *f)
{
    uint64_t sum = 0;
    shift_rate(f, clock_monotonic() / CLOCK_SECOND);
    for (int i = 0; i < RATE_SECONDS; i++)
        sum += f->per_second[i];
    f->state.per_second = (double)sum / RATE_SECONDS;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void figure_lag(struct loki_follow *f)
{
    int64_t sorted[LAGS];
    if (!f->newest)
        return;
    int64_t lag = loki_now(f->loki) - f->newest;
    f->lags[f->lag_count++ % LAGS] = lag > 0 ? lag : 0;
    size_t n = f->lag_count < LAGS ? f->lag_count : LAGS;
    memcpy(sorted, f->lags, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_size);
    f->state.lag = sorted[n / 2];
}

static void tell(struct loki_follow *f)
{
    static const char *const names[] = {[LOKI_FOLLOW_RANGE] = "range",
                                        [LOKI_FOLLOW_POLL] = "poll",
                                        [LOKI_FOLLOW_TAIL] = "tail+poll"};
    f->state.lane = !f->caught_up  ? LOKI_FOLLOW_RANGE
                    : f->tail_open ? LOKI_FOLLOW_TAIL
                                   : LOKI_FOLLOW_POLL;
    f->state.lane_name = names[f->state.lane];
    figure_rate(f);
    if (f->conf.changed)
        f->conf.changed(f->conf.context, &f->state);
}

/* ---- giving out ---- */

static void give(struct loki_follow *f, const struct line *line)
{
    int64_t second = clock_monotonic() / CLOCK_SECOND;
    shift_rate(f, second);
    f->per_second[second % RATE_SECONDS]++;
    f->state.lines++;
    f->state.late += line->late;
    if (line->time > f->newest)
        f->newest = line->time;
    f->conf.line(f->conf.context, line);
}

static void say(struct loki_follow *f, enum line_kind kind, int64_t time, const char *text)
{
    struct line row = {.time = time, .text = str_of(text), .kind = kind};
    f->state.gaps += kind == LINE_GAP;
    f->conf.line(f->conf.context, &row);
}

/* ---- the tail ---- */

static void note_stream(struct loki_follow *f, const struct labels *labels)
{
    for (size_t i = 0; i < f->stream_count; i++) {
        if (f->streams[i].labels == labels) {
            f->streams[i].seen = f->poll_started;
            return;
        }
    }
    if (labels && f->stream_count <= TAIL_STREAMS)
        f->streams[f->stream_count++] = (struct stream){labels_hold(labels), f->poll_started};
}

static bool is_narrow(const struct loki_follow *f)
{
    return f->stream_count && f->stream_count <= TAIL_STREAMS;
}

static void forget_streams(struct loki_follow *f, int64_t before)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->stream_count; i++) {
        if (f->streams[i].seen < before)
            labels_drop(f->streams[i].labels);
        else
            f->streams[kept++] = f->streams[i];
    }
    f->stream_count = kept;
}

static void on_tail_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    bool known = false;
    for (size_t i = 0; i < f->stream_count; i++)
        known |= f->streams[i].labels == line->labels;
    if (f->paused || !known || line->time < f->verified || !loki_seen_add(f->seen, line))
        return;
    f->state.tail_lines++;
    give(f, line);
}

static void on_tail_opened(void *context)
{
    struct loki_follow *f = context;
    f->tail_open = true;
    tell(f);
}

static void on_tail_closed(void *context, enum loki_tail_end end, const struct err *err)
{
    struct loki_follow *f = context;
    (void)err;
    f->tail = NULL;
    f->tail_open = false;
    f->tail_never = end == LOKI_TAIL_REFUSED;
    if (!f->tail_never)
        loop_timer_set(f->tail_timer, end == LOKI_TAIL_FULL ? TAIL_FULL_MS : TAIL_AGAIN_MS);
    tell(f);
}

static void close_tail(struct loki_follow *f)
{
    loki_tail_close(f->tail);
    f->tail = NULL;
    f->tail_open = false;
}

static void open_tail(void *context)
{
    struct loki_follow *f = context;
    bool may =
        !f->conf.no_tail && !f->tail_never && !f->tail && !f->ended && f->caught_up && is_narrow(f);
    if (!may || f->state.upstream.state != UPSTREAM_LIVE)
        return;
    struct loki_tail_conf conf = {.query = f->query,
                                  .context = f,
                                  .opened = on_tail_opened,
                                  .line = on_tail_line,
                                  .closed = on_tail_closed};
    f->tail = loki_tail_open(f->loki, &conf);
}

/* ---- minutes counted again ---- */

static void on_late_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    struct line late = *line;
    char text[120], minute[CLOCK_TEXT];
    if (!loki_seen_add_late(f->seen, line))
        return;
    if (!f->minute_late++) {
        clock_format(f->minute.start, false, "%H:%M", minute, sizeof minute);
        snprintf(text, sizeof text,
                 "late lines of %s follow: Loki counts %llu there, %llu were shown", minute,
                 (unsigned long long)f->minute_count, (unsigned long long)f->minute.lines);
        say(f, LINE_NOTICE, line->time, text);
    }
    late.late = true;
    give(f, &late);
}

static void check_minutes(struct loki_follow *f);

static void on_late_end(void *context, const struct loki_extract_result *result,
                        const struct err *err)
{
    struct loki_follow *f = context;
    (void)result;
    f->late = NULL;
    if (!err->kind)
        loki_seen_counted(f->seen, f->minute.start);
    tell(f);
}

static void read_late(struct loki_follow *f)
{
    struct loki_extract_conf conf = {.query = f->query,
                                     .from = f->minute.start,
                                     .to = f->minute.start + CLOCK_MINUTE,
                                     .in_flight = 1,
                                     .retries = -1,
                                     .context = f,
                                     .line = on_late_line,
                                     .done = on_late_end};
    f->minute_late = 0;
    loki_seen_late(f->seen, f->minute.start);
    f->late = loki_extract_start(f->loki, &conf);
}

static void on_counted(void *context, uint64_t count, const struct err *err)
{
    struct loki_follow *f = context;
    char text[160], minute[CLOCK_TEXT];
    f->count = NULL;
    if (err->kind)
        return; /* it stays due */
    f->minute_count = count;
    if (count > f->minute.lines && f->minute.known) {
        read_late(f);
        return;
    }
    loki_seen_counted(f->seen, f->minute.start);
    if (count > f->minute.lines) {
        clock_format(f->minute.start, false, "%H:%M", minute, sizeof minute);
        snprintf(text, sizeof text,
                 "%llu late lines came for %s and are not shown: too many lines to tell them apart",
                 (unsigned long long)(count - f->minute.lines), minute);
        say(f, LINE_NOTICE, f->minute.start + CLOCK_MINUTE - 1, text);
        loki_seen_set(f->seen, f->minute.start, count);
    }
}

static void check_minutes(struct loki_follow *f)
{
    if (f->count || f->late || !loki_seen_due(f->seen, loki_now(f->loki), &f->minute))
        return;
    f->count = loki_count(f->loki, f->query, f->minute.start, f->minute.start + CLOCK_MINUTE,
                          on_counted, f);
}

/* ---- polls ---- */

static void on_line(void *context, const struct line *line)
{
    struct loki_follow *f = context;
    f->reached = line->time;
    note_stream(f, line->labels);
    if (loki_seen_add(f->seen, line))
        give(f, line);
    /* A poll over a long span (the first, or behind an outage) must not remember all of it. */
    if (++f->since_forget >= FORGET_LINES) {
        loki_seen_forget(f->seen, line->time - OVERLAP);
        f->since_forget = 0;
    }
}

static void plan(struct loki_follow *f, int64_t ms)
{
    if (!f->paused && !f->ended)
        loop_timer_set(f->timer, ms);
}

static void poll_failed(struct loki_follow *f, const struct err *err)
{
    int64_t wait = backoff_next(&f->backoff, err);
    upstream_failed(&f->state.upstream, err, clock_monotonic() + wait * CLOCK_MS);
    close_tail(f);
    if (err->kind == ERR_REFUSED || err->kind == ERR_USAGE || err->kind == ERR_LIMIT) {
        if (!f->caught_up && !f->state.lines) {
            f->ended = true;
            f->state.upstream.state = UPSTREAM_FAILED;
            return;
        }
        /* The query was good before: it is the span that the server no longer gives. */
        char text[600];
        snprintf(text, sizeof text, "lines are missing from here on: %.480s", err->what);
        say(f, LINE_GAP, f->verified, text);
        f->verified = loki_now(f->loki) - OVERLAP;
    }
    plan(f, wait);
}

static void poll_worked(struct loki_follow *f)
{
    int64_t took = clock_monotonic() - f->poll_started;
    int64_t interval = f->conf.interval_ms ? f->conf.interval_ms : INTERVAL_MS;
    backoff_reset(&f->backoff);
    upstream_live(&f->state.upstream);
    f->caught_up = true;
    forget_streams(f, f->poll_started - STREAM_QUIET);
    if (!is_narrow(f))
        close_tail(f);
    open_tail(f);
    check_minutes(f);
    int64_t left = interval - took / CLOCK_MS;
    plan(f, left > 0 ? left : 0);
}

static void on_poll_end(void *context, const struct loki_extract_result *result,
                        const struct err *err)
{
    struct loki_follow *f = context;
    int64_t overlap = clock_monotonic() - f->poll_started > BUSY ? OVERLAP_BUSY : OVERLAP;
    f->poll = NULL;
    f->line_bytes = result->line_bytes;
    int64_t reached = err->kind ? f->reached : f->poll_to;
    if (reached - overlap > f->verified)
        f->verified = reached - overlap;
    loki_seen_forget(f->seen, f->verified);
    if (f->state.lines > f->before)
        figure_lag(f);
    if (err->kind)
        poll_failed(f, err);
    else
        poll_worked(f);
    tell(f);
}

static void start_poll(void *context)
{
    struct loki_follow *f = context;
    if (f->poll || f->paused || f->ended)
        return;
    f->poll_started = clock_monotonic();
    f->poll_to = loki_now(f->loki) + 1;
    f->before = f->state.lines;
    f->newest = 0;
    f->reached = f->verified;
    if (f->poll_to <= f->verified) {
        plan(f, INTERVAL_MS);
        return;
    }
    struct loki_extract_conf conf = {.query = f->query,
                                     .from = f->verified,
                                     .to = f->poll_to,
                                     .in_flight = 2,
                                     .expect = f->caught_up ? f->state.per_second : 0,
                                     .expect_bytes = f->line_bytes,
                                     .retries = -1,
                                     .context = f,
                                     .line = on_line,
                                     .done = on_poll_end};
    f->poll = loki_extract_start(f->loki, &conf);
}

struct loki_follow *loki_follow_start(struct loki *l, const struct loki_follow_conf *conf)
{
    struct loki_follow *f = mem_alloc(sizeof *f);
    int64_t since = conf->since ? conf->since : loki_now(l);
    f->loki = l;
    f->conf = *conf;
    f->query = mem_dup(conf->query);
    f->verified = since;
    f->seen = loki_seen_new(since);
    f->state.lag = -1;
    f->state.lane_name = "range";
    upstream_connecting(&f->state.upstream);
    struct loop *loop = http_loop(loki_http(l));
    f->timer = loop_timer_new(loop, start_poll, f);
    f->tail_timer = loop_timer_new(loop, open_tail, f);
    loop_timer_set(f->timer, 0);
    return f;
}

void loki_follow_pause(struct loki_follow *f, bool pause)
{
    f->paused = pause;
    if (f->poll)
        loki_extract_pause(f->poll, pause);
    if (f->late)
        loki_extract_pause(f->late, pause);
    if (!pause && !f->poll)
        plan(f, 0);
}

void loki_follow_stop(struct loki_follow *f)
{
    if (!f)
        return;
    loki_extract_free(f->poll);
    loki_extract_free(f->late);
    loki_cancel(f->count);
    close_tail(f);
    forget_streams(f, INT64_MAX);
    loop_timer_free(f->timer);
    loop_timer_free(f->tail_timer);
    loki_seen_free(f->seen);
    free(f->query);
    free(f);
}
