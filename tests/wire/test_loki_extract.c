#include "source/loki/loki_extract.h"

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

#define START (INT64_C(1795361400) * CLOCK_SECOND)
#define END (START + 10 * CLOCK_MINUTE)

struct bench {
    struct loki_bench wire;
    struct loki_extract *extract;
    struct buf got; /* "time pod text", a line each */
    struct loki_extract_result result;
    struct err err;
    bool done;
    size_t pause_each, lines, free_at;
    struct loop_timer *resume;
};

static void on_resume(void *context)
{
    struct bench *b = context;
    if (b->extract)
        loki_extract_pause(b->extract, false);
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    loki_bench_open(&b->wire);
    b->resume = loop_timer_new(b->wire.loop, on_resume, b);
    buf_init(&b->got, 64 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_extract_free(b->extract);
    loop_timer_free(b->resume);
    loki_bench_close(&b->wire);
    buf_free(&b->got);
    free(b);
    return 0;
}

static void on_line(void *context, const struct line *line)
{
    struct bench *b = context;
    buf_printf(&b->got, "%lld %s ", (long long)(line->time - START),
               labels_value(line->labels, "pod"));
    buf_add(&b->got, line->text.p, line->text.n);
    buf_addc(&b->got, '\n');
    b->lines++;
    if (b->pause_each && b->lines % b->pause_each == 0) {
        loki_extract_pause(b->extract, true);
        loop_timer_set(b->resume, 1);
    }
    if (b->free_at == b->lines) {
        loki_extract_free(b->extract);
        b->extract = NULL;
    }
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->result = *result;
    b->err = *err;
    b->extract = NULL;
}

static void run(struct bench *b, struct loki_extract_conf conf)
{
    buf_clear(&b->got);
    b->done = false;
    b->lines = 0;
    conf.query = conf.query ? conf.query : "{namespace=\"shop\"}";
    conf.from = conf.from ? conf.from : START;
    conf.to = conf.to ? conf.to : END;
    conf.context = b;
    conf.line = on_line;
    conf.done = on_done;
    b->extract = loki_extract_start(b->wire.loki, &conf);
    assert_false(b->done);
    int64_t until = clock_monotonic() + 30 * CLOCK_SECOND;
    while (!b->done && b->extract && clock_monotonic() < until)
        loop_turn(b->wire.loop, 50);
}

/* Lines of three pods, every 100 ms one; at each tenth all three at one time; text says which. */
static void fill(struct bench *b, int count)
{
    static const char *const pods[] = {"c", "a", "b"};
    char text[64];
    for (int i = 0; i < count; i++) {
        int64_t time = START + (i % 10 == 0 ? i : i / 3 * 3) * 100 * CLOCK_MS / 3;
        snprintf(text, sizeof text, "line %04d", i);
        fake_loki_add(b->wire.fake, time, "shop", pods[i % 3], text);
    }
}

/* What must come: all lines by (time, pod, arrival). */
struct sorted {
    const struct fake_loki_line *line;
    size_t arrival;
};

static int compare(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    if (x->line->time != y->line->time)
        return x->line->time < y->line->time ? -1 : 1;
    int order = strcmp(x->line->pod, y->line->pod);
    return order ? order : (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

static char *expected(const struct bench *b, bool backward)
{
    struct buf out;
    struct sorted *all = mem_array(b->wire.fake->count, sizeof *all);
    for (size_t i = 0; i < b->wire.fake->count; i++)
        all[i] = (struct sorted){&b->wire.fake->lines[i], i};
    qsort(all, b->wire.fake->count, sizeof *all, compare);
    buf_init(&out, 64 << 20);
    for (size_t i = 0; i < b->wire.fake->count; i++) {
        const struct fake_loki_line *l = all[backward ? b->wire.fake->count - 1 - i : i].line;
        buf_printf(&out, "%lld %s %s\n", (long long)(l->time - START), l->pod, l->text);
    }
    free(all);
    return buf_take(&out, NULL);
}

static void check_all(struct bench *b, bool backward)
{
    char *want = expected(b, backward);
    assert_true(b->done);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_string_equal(buf_text(&b->got), want);
    assert_int_equal(b->result.lines, b->wire.fake->count);
    free(want);
}

static void everything_comes_once_in_order(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    static const int mosts[] = {5000, 300, 37, 11, 4, 2};
    for (size_t m = 0; m < sizeof mosts / sizeof *mosts; m++)
        for (int flight = 1; flight <= 3; flight++) {
            b->wire.fake->most = mosts[m];
            run(b, (struct loki_extract_conf){.in_flight = flight});
            check_all(b, false);
            assert_false(b->result.truncated);
            assert_true(b->result.reached == END);
            run(b, (struct loki_extract_conf){.in_flight = flight, .backward = true});
            check_all(b, true);
            assert_true(b->result.reached == START);
        }
    assert_int_equal(loki_limit(b->wire.loki), 2); /* learned from the refusals */
}

static void nothing_is_an_answer_too(void **state)
{
    struct bench *b = *state;
    run(b, (struct loki_extract_conf){0});
    assert_true(b->done);
    assert_int_equal(b->result.lines, 0);
    assert_int_equal(b->err.kind, ERR_NONE);
    run(b, (struct loki_extract_conf){.from = END, .to = END});
    assert_true(b->done);
}

static void hints_save_requests_and_change_nothing(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    run(b, (struct loki_extract_conf){.in_flight = 2});
    uint32_t without = b->result.requests;
    assert_true(b->result.line_bytes > 10);
    run(b, (struct loki_extract_conf){
               .in_flight = 2, .expect = 30, .expect_bytes = b->result.line_bytes});
    check_all(b, false);
    assert_true(b->result.requests < without);
    run(b, (struct loki_extract_conf){
               .in_flight = 3, .expect = 5000, .expect_bytes = 1}); /* wrong ones */
    check_all(b, false);
}

static void a_limit_ends_it_exactly(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    b->wire.fake->most = 100;
    char *all = expected(b, false);
    static const int limits[] = {1, 2, 10, 99, 100, 101, 250, 999, 1000, 1001};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        run(b, (struct loki_extract_conf){.limit = limits[i]});
        assert_int_equal(b->err.kind, ERR_NONE);
        uint64_t want = limits[i] < 1000 ? (uint64_t)limits[i] : 1000;
        assert_int_equal(b->result.lines, want);
        assert_int_equal(b->result.truncated, limits[i] < 1000);
        assert_memory_equal(buf_text(&b->got), all, b->got.n);
    }
    free(all);
    all = expected(b, true);
    run(b, (struct loki_extract_conf){.limit = 7, .backward = true});
    assert_int_equal(b->result.lines, 7);
    assert_memory_equal(buf_text(&b->got), all, b->got.n);
    free(all);
}

/* In place. */
static void reverse_lines(char *text)
{
    struct buf out;
    size_t n = strlen(text);
    buf_init(&out, n);
    for (size_t end = n; end;) {
        size_t from = end - 1;
        while (from && text[from - 1] != '\n')
            from--;
        buf_add(&out, text + from, end - from);
        end = from;
    }
    memcpy(text, buf_text(&out), n);
    buf_free(&out);
}

static void a_crowd_in_several_streams_is_split(void **state)
{
    struct bench *b = *state;
    char text[64], pod[16];
    fill(b, 100);
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "crowd %03d", 299 - i);
        snprintf(pod, sizeof pod, "p%02d", i % 40);
        fake_loki_add(b->wire.fake, START + CLOCK_SECOND + 7, "shop", pod, text);
    }
    b->wire.fake->most = 25;
    for (int old = 0; old < 2; old++) {
        b->wire.fake->old = old;
        run(b, (struct loki_extract_conf){0});
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_int_equal(b->result.lines, 400);
        char *forward = buf_take(&b->got, NULL);
        /* An old server keeps a stream's order; a new one shuffles it, so the text gives one. */
        assert_int_equal(strstr(forward, "crowd 299") < strstr(forward, "crowd 259"), old);
        run(b, (struct loki_extract_conf){.backward = true, .in_flight = 3});
        assert_int_equal(b->result.lines, 400);
        reverse_lines(forward);
        assert_string_equal(buf_text(&b->got), forward);
        free(forward);
    }
}

static int traces(struct bench *b, char *text, size_t size, bool write)
{
    char pod[8];
    int lines = 0;
    for (int i = 0; i < 300; i++)
        for (int k = i % 9 == 0 ? 1 + i / 9 % 12 : 1; k; k--, lines++) {
            snprintf(pod, sizeof pod, "p%d", i % 2);
            snprintf(text, size, "%03d frame %02d", i, k);
            if (write)
                fake_loki_add(b->wire.fake, START + i * CLOCK_SECOND, "shop", pod, text);
            else
                buf_printf(&b->got, "%lld %s %s\n", (long long)(i * CLOCK_SECOND), pod, text);
        }
    return lines;
}

/* A server that shuffles is asked again, for each nanosecond apart. */
static void shuffled_lines_come_as_they_were_pushed(void **state)
{
    struct bench *b = *state;
    char text[64];
    int lines = traces(b, text, sizeof text, true);
    traces(b, text, sizeof text, false);
    char *expected = buf_take(&b->got, NULL);
    b->wire.fake->shuffles = true;
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->result.lines, lines);
    assert_string_equal(buf_text(&b->got), expected);
    run(b, (struct loki_extract_conf){.backward = true, .in_flight = 3});
    reverse_lines(expected);
    assert_string_equal(buf_text(&b->got), expected);
    run(b, (struct loki_extract_conf){.backward = true, .limit = 50});
    assert_int_equal(strncmp(buf_text(&b->got), expected, b->got.n), 0);
    free(expected);
}

/* The first page is a small one: that it is full of one nanosecond makes no crowd. */
static void a_few_on_one_nanosecond_are_no_crowd(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 90; i++) {
        char *text = mem_printf("trace %02d", 89 - i);
        fake_loki_add(b->wire.fake, START + 7, "shop", "p", text);
        free(text);
    }
    b->wire.fake->old = true;
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(strstr(buf_text(&b->got), "trace 89") < strstr(buf_text(&b->got), "trace 00"));
    assert_in_range(b->wire.fake->pages, 1, 5);
}

static void a_crowd_in_one_stream_is_split_by_text(void **state)
{
    struct bench *b = *state;
    char text[200];
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text,
                 "the same beginning \xed\x95\x9c\xea\xb8\x80 \"and\" \\ more %03d%.*s", i, i % 5,
                 "xxxxx");
        fake_loki_add(b->wire.fake, START + CLOCK_SECOND, "shop", "p", text);
    }
    for (int i = 0; i < 60; i++) { /* each the beginning of the next */
        memset(text, 'y', sizeof text);
        text[i] = '\0';
        fake_loki_add(b->wire.fake, START + 2 * CLOCK_SECOND, "shop", "p", text);
    }
    b->wire.fake->most = 20;
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->result.lines, 360);
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, " more %03d", i);
        assert_non_null(strstr(buf_text(&b->got), text));
    }
}

static void pages_too_large_are_asked_for_smaller(void **state)
{
    struct bench *b = *state;
    char *text = mem_alloc(3001);
    for (int i = 0; i < 400; i++) {
        size_t n = i % 100 < 80 ? 50 : 3000; /* a run of large ones behind many small ones */
        memset(text, 'a' + i % 26, n);
        text[n] = '\0';
        text[0] = (char)('A' + i / 26);
        text[1] = (char)('a' + i % 26);
        fake_loki_add(b->wire.fake, START + i * CLOCK_SECOND, "shop", "p", text);
    }
    free(text);
    b->wire.fake->message_bytes = 20000;
    run(b, (struct loki_extract_conf){0});
    check_all(b, false);
    b->wire.fake->message_bytes = 3000; /* one large line at a time */
    run(b, (struct loki_extract_conf){0});
    check_all(b, false);
    b->wire.fake->message_bytes = 2999;
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_LIMIT);
    assert_true(b->result.reached > START && b->result.reached <= START + 80 * CLOCK_SECOND);
    assert_int_equal(b->result.lines, 80);
}

/* Agents send in bursts: a page's own lines lie within a microsecond, the next ones far away. */
static void bursts_take_few_requests(void **state)
{
    enum { BURSTS = 40, LINES = 120 };
    struct bench *b = *state;
    char text[64];
    b->wire.fake->most = 100;
    for (int i = 0; i < BURSTS * LINES; i++) {
        snprintf(text, sizeof text, "line %04d", i);
        fake_loki_add(b->wire.fake, START + i / LINES * 250 * CLOCK_MS + i % LINES, "shop", "a",
                      text);
    }
    for (int i = 0; i < 4; i++) {
        b->wire.fake->pages = 0;
        run(b, (struct loki_extract_conf){.to = START + BURSTS * 250 * CLOCK_MS,
                                          .expect = i < 2 ? LINES * 4 : 0,
                                          .in_flight = 2,
                                          .backward = i % 2});
        check_all(b, i % 2);
        assert_in_range(b->wire.fake->pages, BURSTS, 4 * BURSTS);
    }
}

/* As large as real ones: where they begin and end is asked for, not tried. */
static void large_lines_behind_small_ones_take_few_requests(void **state)
{
    struct bench *b = *state;
    enum { SMALL = 4000, LARGE = 40, BYTES = 250000 };
    char *text = mem_alloc(BYTES + 1);
    for (int i = 0; i < 2 * SMALL + LARGE; i++) {
        bool large = i >= SMALL && i < SMALL + LARGE;
        memset(text, 'x', BYTES);
        snprintf(text + (large ? BYTES - 20 : 0), 20, "line %d", i);
        fake_loki_add(b->wire.fake, START + i * CLOCK_MS, "shop", "p", text);
    }
    free(text);
    b->wire.fake->message_bytes = 4 << 20;
    for (int i = 0; i < 4; i++) {
        b->wire.fake->old = i >= 2;
        b->wire.fake->pages = b->wire.fake->too_large = 0;
        run(b, (struct loki_extract_conf){.in_flight = 3, .backward = i % 2});
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_int_equal(b->result.lines, 2 * SMALL + LARGE);
        assert_in_range(b->wire.fake->too_large, 1, i < 2 ? 3 : 12);
        assert_in_range(b->wire.fake->pages, 10, i < 2 ? 40 : 70);
    }
}

static void a_line_on_a_whole_millisecond_is_not_lost(void **state)
{
    struct bench *b = *state;
    b->wire.fake->whole_ms_lost = true;
    b->wire.fake->most = 10;
    for (int i = 0; i < 200; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", i);
        fake_loki_add(b->wire.fake, START + i / 3 * CLOCK_MS, "shop", "p", text);
    }
    fake_loki_add(b->wire.fake, START - 1, "shop", "p", "before");
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->result.lines, 200);
    run(b, (struct loki_extract_conf){.backward = true});
    assert_int_equal(b->result.lines, 200);
    assert_null(strstr(buf_text(&b->got), "before"));
}

static void a_crowd_right_before_the_start_is_no_wall(void **state)
{
    struct bench *b = *state;
    b->wire.fake->most = 10;
    for (int i = 0; i < 50; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", i);
        fake_loki_add(b->wire.fake, START - 1, "shop", "p", text);
        fake_loki_add(b->wire.fake, START + i, "shop", "q", text);
    }
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->result.lines, 50);
}

static void a_paused_extract_waits(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    b->wire.fake->most = 50;
    b->pause_each = 33;
    run(b, (struct loki_extract_conf){.in_flight = 3, .max_held = 4000});
    check_all(b, false);
}

static void it_may_be_freed_from_a_line(void **state)
{
    struct bench *b = *state;
    fill(b, 100);
    b->free_at = 50;
    run(b, (struct loki_extract_conf){0});
    assert_false(b->done);
    assert_int_equal(b->lines, 50);
}

/* All lines before `reached` were given out, and nothing else. */
static void check_reached(const struct bench *b)
{
    uint64_t before = 0;
    for (size_t i = 0; i < b->wire.fake->count; i++)
        before += b->wire.fake->lines[i].time < b->result.reached;
    assert_int_equal(b->result.lines, before);
    assert_true(before > 0 && before < b->wire.fake->count);
    assert_true(b->result.reached <= b->wire.fake->fail_from);
}

static void errors_say_how_far_it_came(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    b->wire.fake->most = 50;
    run(b, (struct loki_extract_conf){0}); /* it learns the limit */
    b->wire.fake->fail_from = START + 20 * CLOCK_SECOND;
    run(b, (struct loki_extract_conf){.retries = -1, .expect = 30, .expect_bytes = 100});
    assert_true(b->done);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_int_equal(b->err.http, 500);
    assert_non_null(strstr(b->err.what, "broken chunk"));
    check_reached(b);
    b->wire.fake->fail_from = 0;
    run(b, (struct loki_extract_conf){.query = "{namespace=\"shop\"} |~ \"(\""});
    b->wire.fake->fail = 400;
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_REFUSED);
}

static void heal(void *context)
{
    canned_start(((struct bench *)context)->wire.server);
}

static void a_server_that_comes_back_is_asked_again(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    b->wire.fake->most = 50;
    run(b, (struct loki_extract_conf){.limit = 1}); /* it answered once */
    canned_stop(b->wire.server);
    struct loop_timer *t = loop_timer_new(b->wire.loop, heal, b);
    loop_timer_set(t, 700);
    run(b, (struct loki_extract_conf){0});
    loop_timer_free(t);
    check_all(b, false);
}

static void a_server_that_never_answered_is_not(void **state)
{
    struct bench *b = *state;
    canned_stop(b->wire.server);
    int64_t from = clock_monotonic();
    run(b, (struct loki_extract_conf){0});
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_true(clock_monotonic() - from < CLOCK_SECOND);
}

/* A real one refuses questions of more than 30 days. */
static void spans_too_long_for_the_server_are_cut(void **state)
{
    struct bench *b = *state;
    fill(b, 1000);
    b->wire.fake->longest = 20 * CLOCK_SECOND;
    b->wire.fake->most = 300;
    for (int back = 0; back < 2; back++) {
        run(b, (struct loki_extract_conf){.backward = back, .in_flight = 3});
        check_all(b, back);
        assert_true(b->result.reached == (back ? START : END));
        assert_true(loki_longest(b->wire.loki) == 19 * CLOCK_SECOND);
    }
}

/* As after a crowd at the span's begin. */
static void expecting_too_much_changes_nothing(void **state)
{
    struct bench *b = *state;
    fake_loki_add(b->wire.fake, START + 7, "shop", "a", "line");
    run(b, (struct loki_extract_conf){.expect = 1e14, .from = START + 7});
    check_all(b, false);
}

/* Loki loses lines of pages that reach over a whole hour. */
static void pages_of_several_parts_are_whole(void **state)
{
    struct bench *b = *state;
    int64_t hour = clock_align(START, CLOCK_HOUR) + CLOCK_HOUR;
    char text[64];
    for (int i = 0; i < 3000; i++) { /* few before the hour, many behind it, few again */
        int64_t time = i < 30     ? hour - (30 - i) * CLOCK_MINUTE
                       : i < 2900 ? hour + i * CLOCK_MS
                                  : hour + (i - 2890) * 10 * CLOCK_MINUTE;
        snprintf(text, sizeof text, "line %04d", i);
        fake_loki_add(b->wire.fake, time, "shop", i % 7 ? "busy" : "quiet", text);
    }
    b->wire.fake->splits = CLOCK_HOUR;
    for (int way = 0; way < 8; way++) {
        bool back = way & 1;
        b->wire.fake->most = way & 2 ? 100 : 0;
        run(b, (struct loki_extract_conf){.backward = back,
                                          .from = START,
                                          .to = hour + CLOCK_DAY,
                                          .limit = way & 4 ? 130 : 0,
                                          .in_flight = 3});
        if (way & 4) {
            char *want = expected(b, back);
            assert_memory_equal(buf_text(&b->got), want, b->got.n);
            assert_int_equal(b->lines, 130);
            free(want);
        } else {
            check_all(b, back);
        }
        assert_true(b->wire.fake->pages < 100);
        b->wire.fake->pages = 0;
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(everything_comes_once_in_order),
        TEST(nothing_is_an_answer_too),
        TEST(hints_save_requests_and_change_nothing),
        TEST(a_limit_ends_it_exactly),
        TEST(a_crowd_in_several_streams_is_split),
        TEST(a_few_on_one_nanosecond_are_no_crowd),
        TEST(shuffled_lines_come_as_they_were_pushed),
        TEST(a_crowd_in_one_stream_is_split_by_text),
        TEST(pages_too_large_are_asked_for_smaller),
        TEST(bursts_take_few_requests),
        TEST(large_lines_behind_small_ones_take_few_requests),
        TEST(a_line_on_a_whole_millisecond_is_not_lost),
        TEST(a_crowd_right_before_the_start_is_no_wall),
        TEST(a_paused_extract_waits),
        TEST(it_may_be_freed_from_a_line),
        TEST(errors_say_how_far_it_came),
        TEST(a_server_that_comes_back_is_asked_again),
        TEST(a_server_that_never_answered_is_not),
        TEST(spans_too_long_for_the_server_are_cut),
        TEST(pages_of_several_parts_are_whole),
        TEST(expecting_too_much_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
