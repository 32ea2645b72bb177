#include "source/loki/loki_follow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "tests/wire/loki_bench.h"

/* 13:30:05 of some day: the clock stands, and moves when a test says so. */
#define START (INT64_C(1795361400) * CLOCK_SECOND + 5 * CLOCK_SECOND)

struct bench {
    struct loki_bench wire;
    struct loki_follow *follow;
    struct buf got;   /* log lines: "text" or "late text", a line each */
    struct buf words; /* gaps and notices */
    struct canned_socket *tail;
    int tails, tail_close; /* opened; close code at once, 0: stays */
    const char *tail_reason;
    size_t stop_at, lines;
    int patience_ms;
    char lane[32];
    int64_t now;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->now = START;
    clock_freeze(b->now);
    loki_bench_open(&b->wire);
    buf_init(&b->got, 16 << 20);
    buf_init(&b->words, 1 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_follow_stop(b->follow);
    loki_bench_close(&b->wire);
    buf_free(&b->got);
    buf_free(&b->words);
    free(b);
    clock_freeze(0);
    return 0;
}

static void on_line(void *context, const struct line *line)
{
    struct bench *b = context;
    struct buf *out = line->kind == LINE_LOG ? &b->got : &b->words;
    buf_adds(out, line->kind == LINE_GAP                 ? "gap: "
                  : line->late && line->kind == LINE_LOG ? "late "
                                                         : "");
    buf_add(out, line->text.p, line->text.n);
    buf_addc(out, '\n');
    if (line->kind == LINE_LOG && ++b->lines == b->stop_at) {
        loki_follow_stop(b->follow);
        b->follow = NULL;
    }
}

static void on_changed(void *context, const struct loki_follow_state *s)
{
    struct bench *b = context;
    str_copy(b->lane, sizeof b->lane, s->lane_name);
}

static void run_for(struct bench *b, int ms)
{
    int64_t until = clock_monotonic() + ms * CLOCK_MS;
    while (clock_monotonic() < until)
        loop_turn(b->wire.loop, 5);
}

/* Moves the clock on and lets some polls pass. */
static void pass(struct bench *b, int64_t ns)
{
    b->now += ns;
    clock_freeze(b->now);
    run_for(b, 80);
}

static void add(struct bench *b, int64_t ago, const char *pod, const char *text)
{
    fake_loki_add(b->wire.fake, b->now - ago, "shop", pod, text);
}

static void start(struct bench *b, int64_t since, bool no_tail)
{
    b->follow =
        loki_follow_start(b->wire.loki, &(struct loki_follow_conf){.query = "{namespace=\"shop\"}",
                                                                   .since = since,
                                                                   .interval_ms = 10,
                                                                   .patience_ms = b->patience_ms,
                                                                   .no_tail = no_tail,
                                                                   .context = b,
                                                                   .line = on_line,
                                                                   .changed = on_changed});
    assert_int_equal(b->got.n, 0);
    for (int i = 0; i < 100 && !*b->lane; i++)
        run_for(b, 20);
    run_for(b, 80);
}

/* What must have come by now; a slow machine is given its time. */
static void take(struct bench *b, const char *expected)
{
    for (int i = 0; i < 100 && strlen(buf_text(&b->got)) < strlen(expected); i++)
        run_for(b, 20);
    assert_string_equal(buf_text(&b->got), expected);
    buf_clear(&b->got);
}

static void lines_come_once(void **state)
{
    struct bench *b = *state;
    add(b, CLOCK_SECOND, "a", "before");
    start(b, 0, true);
    take(b, "");
    pass(b, CLOCK_SECOND);
    loki_follow_pause(b->follow, true); /* so that one poll brings both */
    run_for(b, 300);
    add(b, 0, "a", "one");
    add(b, 300 * CLOCK_MS, "b", "a little older");
    loki_follow_pause(b->follow, false);
    take(b, "a little older\none\n");
    for (int i = 0; i < 20; i++) {
        char text[32];
        pass(b, CLOCK_SECOND / 2);
        snprintf(text, sizeof text, "n%d", i);
        add(b, 0, "a", text);
        run_for(b, 40);
    }
    assert_int_equal(b->lines, 22);
    assert_int_equal(loki_follow_state(b->follow)->lines, 22);
    assert_int_equal(loki_follow_state(b->follow)->upstream.state, UPSTREAM_LIVE);
    assert_string_equal(b->lane, "poll");
    buf_clear(&b->got);
    add(b, 4 * CLOCK_SECOND, "a", "an agent four seconds late");
    add(b, -3 * CLOCK_SECOND, "a", "a clock that goes fast");
    run_for(b, 80);
    take(b, "an agent four seconds late\na clock that goes fast\n");
    pass(b, 10 * CLOCK_SECOND);
    take(b, "");
}

static void the_past_comes_first(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 300; i++) {
        char text[32];
        snprintf(text, sizeof text, "p%d", i);
        add(b, (300 - i) * CLOCK_SECOND, "a", text);
    }
    b->wire.fake->most = 50;
    start(b, START - 200 * CLOCK_SECOND, true);
    run_for(b, 300);
    assert_memory_equal(buf_text(&b->got), "p100\np101\np102\n", 15);
    assert_int_equal(b->lines, 200);
    pass(b, CLOCK_SECOND);
    add(b, 0, "a", "now");
    run_for(b, 80);
    assert_int_equal(b->lines, 201);
}

static void an_outage_leaves_no_hole(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    add(b, 0, "a", "before");
    run_for(b, 80);
    take(b, "before\n");
    canned_stop(b->wire.server);
    pass(b, CLOCK_SECOND);
    run_for(b, 900);
    assert_int_equal(loki_follow_state(b->follow)->upstream.state, UPSTREAM_STALE);
    for (int i = 0; i < 30; i++) {
        char text[32];
        b->now += CLOCK_SECOND;
        snprintf(text, sizeof text, "while away %d", i);
        add(b, 0, "a", text);
    }
    pass(b, 0);
    canned_start(b->wire.server);
    for (int i = 0; i < 50 && b->lines < 31; i++)
        run_for(b, 100);
    run_for(b, 50);
    assert_int_equal(b->lines, 31);
    assert_int_equal(loki_follow_state(b->follow)->upstream.state, UPSTREAM_LIVE);
    assert_non_null(strstr(buf_text(&b->words), "Loki was away for"));
    /* What Loki did not tell at first is found by the check of that span. */
    add(b, 15 * CLOCK_SECOND, "a", "recovered later");
    buf_clear(&b->got);
    pass(b, CLOCK_SECOND);
    take(b, "");
    for (int i = 0; i < 4; i++)
        pass(b, 8 * CLOCK_SECOND);
    take(b, "late recovered later\n");
    assert_non_null(strstr(buf_text(&b->words), "1 lines of "));
}

/* What lies between drops the connection, and tells nobody. */
static void an_answer_that_never_comes_is_asked_for_again(void **state)
{
    struct bench *b = *state;
    b->patience_ms = 300;
    start(b, 0, true);
    add(b, 0, "a", "before");
    run_for(b, 80);
    take(b, "before\n");
    b->wire.fake->silent = 2;
    run_for(b, 100);
    add(b, 0, "a", "meanwhile");
    for (int i = 0; i < 100 && b->lines < 2; i++)
        run_for(b, 50);
    take(b, "meanwhile\n");
    run_for(b, 100);
    assert_int_equal(b->wire.fake->silent, 0);
    assert_int_equal(loki_follow_state(b->follow)->upstream.state, UPSTREAM_LIVE);
    assert_non_null(strstr(buf_text(&b->words), "Loki was away for"));
    assert_non_null(strstr(buf_text(&b->words), "; 1 lines of that time were read afterwards"));
}

/* The next poll is answered. */
static void until_page(struct bench *b)
{
    size_t pages = b->wire.fake->pages;
    while (b->wire.fake->pages == pages)
        loop_turn(b->wire.loop, 1);
}

static void a_clock_that_was_wrong_for_a_moment(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    add(b, 0, "a", "before");
    run_for(b, 80);
    take(b, "before\n");
    until_page(b);
    clock_freeze(b->now + 2 * CLOCK_HOUR);
    until_page(b);
    clock_freeze(b->now);
    add(b, 0, "a", "after");
    run_for(b, 80);
    take(b, "after\n");
    pass(b, CLOCK_SECOND);
    add(b, 0, "a", "later");
    take(b, "later\n");
}

static void a_poll_that_takes_long_tells_how_far_it_is_behind(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    add(b, 0, "a", "before");
    run_for(b, 80);
    take(b, "before\n");
    b->wire.fake->silent = 5;
    run_for(b, 100);
    assert_true(loki_follow_state(b->follow)->lag < CLOCK_SECOND);
    pass(b, 7 * CLOCK_SECOND);
    for (int i = 0; i < 50 && loki_follow_state(b->follow)->lag < CLOCK_SECOND; i++)
        run_for(b, 100);
    assert_in_range(loki_follow_state(b->follow)->lag, 6 * CLOCK_SECOND, 8 * CLOCK_SECOND);
}

static void finished_minutes_are_counted_again(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    add(b, 0, "a", "in time");
    pass(b, 10 * CLOCK_SECOND);
    take(b, "in time\n");
    for (int i = 0; i < 6; i++)
        pass(b, 10 * CLOCK_SECOND);
    size_t counts = b->wire.fake->counts;
    int64_t minute = START - 5 * CLOCK_SECOND;
    fake_loki_add(b->wire.fake, minute + 30 * CLOCK_SECOND, "shop", "a", "late by a minute");
    for (int i = 0; i < 7; i++)
        pass(b, 10 * CLOCK_SECOND);
    take(b, "late late by a minute\n");
    assert_true(b->wire.fake->counts > counts);
    assert_non_null(strstr(buf_text(&b->words), "1 lines of "));
    assert_int_equal(loki_follow_state(b->follow)->late, 1);
    /* Once more at ten minutes, and no more than that before. */
    fake_loki_add(b->wire.fake, minute + 31 * CLOCK_SECOND, "shop", "a", "late by ten minutes");
    for (int i = 0; i < 8; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "");
    for (int i = 0; i < 3; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "late late by ten minutes\n");
    /* A count that is too high by itself (lines counted twice) shows nothing. */
    buf_clear(&b->words);
    b->wire.fake->counts_more = 1;
    for (int i = 0; i < 3; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "");
    assert_string_equal(buf_text(&b->words), "");
}

static void a_minute_that_could_not_be_counted_is_told_once(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    add(b, 0, "a", "in time");
    pass(b, 10 * CLOCK_SECOND);
    take(b, "in time\n");
    b->wire.fake->counts_to_fail = 100;
    for (int i = 0; i < 7; i++)
        pass(b, CLOCK_MINUTE);
    const char *told = strstr(buf_text(&b->words), "could not be counted again (");
    assert_non_null(told);
    assert_null(strstr(told + 1, "could not be counted again ("));
    b->wire.fake->counts_to_fail = 0;
    buf_clear(&b->words);
    add(b, 10 * CLOCK_MINUTE, "a", "in time again");
    for (int i = 0; i < 3; i++)
        pass(b, CLOCK_MINUTE);
    assert_null(strstr(buf_text(&b->words), "could not be counted"));
}

/* A line of half an hour before the start, which comes when that has been shown. */
static void late_lines_of_what_was_shown_first_come(void **state)
{
    struct bench *b = *state;
    for (int i = 60; i > 0; i--)
        add(b, i * CLOCK_MINUTE, "a", "past");
    start(b, START - CLOCK_HOUR, true);
    run_for(b, 200);
    assert_int_equal(b->lines, 60);
    buf_clear(&b->got);
    add(b, 30 * CLOCK_MINUTE + CLOCK_SECOND, "a", "half an hour late");
    for (int i = 0; i < 34; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "late half an hour late\n");
}

static void minutes_that_cannot_be_counted_are_read(void **state)
{
    struct bench *b = *state;
    b->wire.fake->uncountable = true;
    start(b, 0, true);
    add(b, 0, "a", "in time");
    pass(b, 10 * CLOCK_SECOND);
    take(b, "in time\n");
    for (int i = 0; i < 6; i++)
        pass(b, 10 * CLOCK_SECOND);
    fake_loki_add(b->wire.fake, START + 20 * CLOCK_SECOND, "shop", "a", "late by a minute");
    for (int i = 0; i < 7; i++)
        pass(b, 10 * CLOCK_SECOND);
    take(b, "late late by a minute\n");
    assert_non_null(strstr(buf_text(&b->words), "1 lines of "));
    for (int i = 0; i < 12; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "");
}

static void a_refused_query_ends_it(void **state)
{
    struct bench *b = *state;
    canned_text(b->wire.server, "/loki/api/v1/query_range", 400, "text/plain",
                "parse error at line 1, col 10: syntax error\n");
    start(b, 0, true);
    const struct upstream *u = &loki_follow_state(b->follow)->upstream;
    assert_int_equal(u->state, UPSTREAM_FAILED);
    assert_int_equal(u->err.kind, ERR_REFUSED);
    assert_non_null(strstr(u->err.what, "parse error at line 1, col 10"));
    size_t requests = canned_requests(b->wire.server);
    run_for(b, 200);
    assert_int_equal(canned_requests(b->wire.server), requests);
}

static void a_pause_loses_nothing(void **state)
{
    struct bench *b = *state;
    start(b, 0, true);
    loki_follow_pause(b->follow, true);
    for (int i = 0; i < 20; i++) {
        pass(b, CLOCK_SECOND);
        add(b, 0, "a", "x");
    }
    take(b, "");
    loki_follow_pause(b->follow, false);
    run_for(b, 150);
    assert_int_equal(b->lines, 20);
}

static void it_may_be_stopped_from_a_line(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 30; i++)
        add(b, i * CLOCK_SECOND, "a", "x");
    b->stop_at = 10;
    start(b, START - CLOCK_MINUTE, true);
    run_for(b, 100);
    assert_null(b->follow);
    assert_int_equal(b->lines, 10);
}

static void on_tail(void *context, struct canned_socket *s)
{
    struct bench *b = context;
    b->tails++;
    b->tail = s;
    if (b->tail_close)
        canned_close_frame(s, b->tail_close, b->tail_reason);
}

static void tail_line(struct bench *b, const char *pod, int64_t ago, const char *text)
{
    char *frame =
        mem_printf("{\"streams\":[{\"stream\":{\"app\":\"web\",\"namespace\":\"shop\",\"pod\":\"%"
                   "s\",\"service_name\":\"web\"},\"values\":[[\"%lld\",\"%s\"]]}]}",
                   pod, (long long)(b->now - ago), text);
    canned_frame(b->tail, 1, str_of(frame));
    free(frame);
}

static void the_tail_comes_first_and_once(void **state)
{
    struct bench *b = *state;
    canned_websocket(b->wire.server, "/loki/api/v1/tail", on_tail, b);
    start(b, 0, false);
    assert_int_equal(b->tails, 1);
    assert_string_equal(b->lane, "tail+poll");
    /* A stream that no poll has shown is left to the poll. */
    pass(b, CLOCK_SECOND);
    tail_line(b, "a", 0, "unknown stream");
    run_for(b, 50);
    take(b, "");
    add(b, 0, "a", "unknown stream");
    run_for(b, 50);
    take(b, "unknown stream\n");
    tail_line(b, "a", 10, "by the tail");
    run_for(b, 30);
    take(b, "by the tail\n");
    assert_int_equal(loki_follow_state(b->follow)->tail_lines, 1);
    add(b, 10, "a", "by the tail");
    add(b, 5, "a", "lost by the tail");
    run_for(b, 80);
    take(b, "lost by the tail\n");
    /* What the poll brought is not told again by a slow tail. */
    tail_line(b, "a", 5, "lost by the tail");
    run_for(b, 50);
    take(b, "");
    assert_int_equal(loki_follow_state(b->follow)->lines, 3);
}

static void what_the_tail_drops_is_told(void **state)
{
    static const char drops[] =
        "{\"streams\":[],\"dropped_entries\":[{\"timestamp\":\"1\",\"labels\":{}},"
        "{\"timestamp\":\"2\",\"labels\":{}}]}";
    struct bench *b = *state;
    canned_websocket(b->wire.server, "/loki/api/v1/tail", on_tail, b);
    start(b, 0, false);
    for (int i = 0; i < 3; i++) {
        canned_frame(b->tail, 1, str_of(drops));
        run_for(b, 50);
    }
    assert_string_equal(buf_text(&b->words),
                        "Loki's tail dropped 2 lines; they were read by range queries\n");
    assert_int_equal(loki_follow_state(b->follow)->gaps, 0);
}

static void what_the_tail_brings_late_is_counted(void **state)
{
    struct bench *b = *state;
    canned_websocket(b->wire.server, "/loki/api/v1/tail", on_tail, b);
    start(b, 0, false);
    add(b, 0, "a", "in time");
    run_for(b, 80);
    take(b, "in time\n");
    for (int i = 0; i < 14; i++)
        pass(b, 10 * CLOCK_SECOND);
    assert_string_equal(buf_text(&b->words), "");
    add(b, 120 * CLOCK_SECOND, "a", "late by two minutes");
    tail_line(b, "a", 120 * CLOCK_SECOND, "late by two minutes");
    run_for(b, 100);
    take(b, "late late by two minutes\n");
    assert_non_null(strstr(buf_text(&b->words), "1 lines of "));
    buf_clear(&b->words);
    for (int i = 0; i < 9; i++)
        pass(b, CLOCK_MINUTE);
    take(b, "");
    assert_string_equal(buf_text(&b->words), "");
}

static void many_streams_close_the_tail(void **state)
{
    struct bench *b = *state;
    canned_websocket(b->wire.server, "/loki/api/v1/tail", on_tail, b);
    start(b, 0, false);
    assert_string_equal(b->lane, "tail+poll");
    pass(b, CLOCK_SECOND);
    for (int i = 0; i < 7; i++) {
        char pod[8];
        snprintf(pod, sizeof pod, "p%d", i);
        add(b, 0, pod, "x");
        if (i == 5) {
            run_for(b, 60);
            assert_string_equal(b->lane, "tail+poll"); /* six are few */
        }
    }
    run_for(b, 60);
    assert_string_equal(b->lane, "poll");
    assert_int_equal(b->lines, 7);
}

static void a_tail_that_ends_is_opened_again(void **state)
{
    struct bench *b = *state;
    canned_websocket(b->wire.server, "/loki/api/v1/tail", on_tail, b);
    start(b, 0, false);
    canned_close_frame(b->tail, 1011, "reached tail max duration limit");
    run_for(b, 900);
    assert_int_equal(b->tails, 2);
    assert_string_equal(b->lane, "tail+poll");
    const char *unreadable = "{\"streams\":7";
    canned_frame(b->tail, 1, str_of(unreadable));
    for (int i = 0; i < 100 && b->tails < 3; i++)
        run_for(b, 50);
    assert_int_equal(b->tails, 3);
    /* All ten of the tenant are open: the polls go on alone. */
    b->tail_close = 1011;
    b->tail_reason = "rpc error: code = Code(400) desc = max concurrent tail requests limit "
                     "exceeded, count > limit (11 > 10)";
    canned_close_frame(b->tail, 1011, "all ingesters closed the connection");
    for (int i = 0; i < 200 && b->tails < 4; i++)
        run_for(b, 50);
    run_for(b, 200);
    int tails = b->tails;
    assert_int_equal(tails, 4);
    assert_string_equal(b->lane, "poll");
    pass(b, CLOCK_SECOND);
    add(b, 0, "a", "still here");
    run_for(b, 60);
    take(b, "still here\n");
    run_for(b, 500);
    assert_int_equal(b->tails, tails);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_come_once),
        TEST(the_past_comes_first),
        TEST(an_outage_leaves_no_hole),
        TEST(an_answer_that_never_comes_is_asked_for_again),
        TEST(a_clock_that_was_wrong_for_a_moment),
        TEST(a_poll_that_takes_long_tells_how_far_it_is_behind),
        TEST(finished_minutes_are_counted_again),
        TEST(a_minute_that_could_not_be_counted_is_told_once),
        TEST(late_lines_of_what_was_shown_first_come),
        TEST(minutes_that_cannot_be_counted_are_read),
        TEST(a_refused_query_ends_it),
        TEST(a_pause_loses_nothing),
        TEST(it_may_be_stopped_from_a_line),
        TEST(the_tail_comes_first_and_once),
        TEST(what_the_tail_drops_is_told),
        TEST(what_the_tail_brings_late_is_counted),
        TEST(many_streams_close_the_tail),
        TEST(a_tail_that_ends_is_opened_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
