#include "source/loki/loki_merge.h"

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

enum { LINES = 1500, FLOOD = 300, NEVER = 1000000, WIDE = 12500 };

struct bench {
    struct loki_bench wire;
    struct loki_merge *merge;
    struct buf got; /* "time pod text", a line each */
    struct loki_merge_result results[LOKI_MERGE_QUERIES];
    size_t queries;
    uint64_t lines, free_at;
    bool done, truncated;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    loki_bench_open(&b->wire);
    buf_init(&b->got, 64 << 20);
    b->wire.fake->most = 50;
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_merge_free(b->merge);
    loki_bench_close(&b->wire);
    buf_free(&b->got);
    free(b);
    return 0;
}

/* Lines of pods whose names end in all that names end in; often several at one time. */
static void fill(struct bench *b, const char *endings)
{
    char text[64], pod[16];
    size_t pods = strlen(endings);
    for (int i = 0; i < LINES; i++) {
        snprintf(text, sizeof text, "line %d%.*s", i, i % 50, "..................................");
        snprintf(pod, sizeof pod, "p-%d%c", i % 7, endings[(size_t)(i * 7919) % pods]);
        fake_loki_add(b->wire.fake, START + i / 5 * 5 * 400 * CLOCK_MS, "shop", pod, text);
    }
}

static void on_line(void *context, const struct line *line)
{
    struct bench *b = context;
    buf_printf(&b->got, "%lld %s ", (long long)line->time, labels_value(line->labels, "pod"));
    buf_add(&b->got, line->text.p, line->text.n);
    buf_addc(&b->got, '\n');
    if (++b->lines == b->free_at) {
        loki_merge_free(b->merge);
        b->merge = NULL;
    }
}

static void on_done(void *context, const struct loki_merge_result *results, bool truncated)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    memcpy(b->results, results, b->queries * sizeof *results);
    b->truncated = truncated;
    b->merge = NULL;
}

/* The lines as text; flood: lines to come from which on there are lanes. */
static const char *run_queries(struct bench *b, const char *const *queries, size_t count,
                               struct loki_merge_conf conf)
{
    buf_clear(&b->got);
    b->done = false;
    b->lines = 0;
    b->queries = conf.count = count;
    conf.queries = queries;
    conf.from = START;
    conf.to = conf.to ? conf.to : END;
    conf.label = "pod";
    conf.context = b;
    conf.line = on_line;
    conf.done = on_done;
    b->merge = loki_merge_start(b->wire.loki, &conf);
    int64_t until = clock_monotonic() + 30 * CLOCK_SECOND;
    while (!b->done && b->merge && clock_monotonic() < until)
        loop_turn(b->wire.loop, 50);
    return buf_text(&b->got);
}

static const char *run(struct bench *b, uint64_t flood, int64_t limit)
{
    const char *query = "{namespace=\"shop\"}";
    return run_queries(b, &query, 1, (struct loki_merge_conf){.limit = limit, .flood = flood});
}

/* The lines in the opposite order. */
static char *reversed(const char *text)
{
    struct buf out;
    size_t end = strlen(text), from;
    buf_init(&out, end);
    for (; end; end = from) {
        for (from = end - 1; from && text[from - 1] != '\n';)
            from--;
        buf_add(&out, text + from, end - from);
    }
    return buf_take(&out, NULL);
}

static void lanes_give_what_one_extract_gives(struct bench *b, bool lanes)
{
    const char *query = "{namespace=\"shop\"}";
    char *plain = mem_dup(run(b, NEVER, 0));
    assert_int_equal(b->results[0].lines, LINES);
    b->wire.fake->in_lanes = 0;
    assert_string_equal(run(b, FLOOD, 0), plain);
    assert_true(b->done && !b->truncated);
    assert_int_equal(b->results[0].err.kind, ERR_NONE);
    assert_int_equal(b->results[0].lines, LINES);
    assert_true(b->results[0].reached == END);
    assert_true((b->wire.fake->in_lanes > 0) == lanes);
    char *back = reversed(plain);
    assert_string_equal(
        run_queries(b, &query, 1, (struct loki_merge_conf){.flood = FLOOD, .backward = true}),
        back);
    free(back);
    free(plain);
}

static void pods_of_all_endings(void **state)
{
    fill(*state, "0123456789bcdfghjklmnpqrstvwxzaeiouyABC");
    lanes_give_what_one_extract_gives(*state, true);
}

static void pods_that_are_counted(void **state)
{
    fill(*state, "012");
    lanes_give_what_one_extract_gives(*state, true);
}

static void pods_of_one_ending(void **state)
{
    fill(*state, "v");
    lanes_give_what_one_extract_gives(*state, false);
}

static void a_limit_cuts_at_the_same_line(void **state)
{
    struct bench *b = *state;
    static const int64_t limits[] = {1, 75, 150, 700, LINES - 1, LINES, LINES + 1};
    fill(b, "0369cgkpsz");
    char *all = mem_dup(run(b, NEVER, 0));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        run(b, FLOOD, limits[i]);
        assert_int_equal(b->results[0].lines, limits[i] < LINES ? limits[i] : LINES);
        assert_int_equal(b->truncated, limits[i] < LINES);
        assert_memory_equal(buf_text(&b->got), all, b->got.n);
    }
    free(all);
}

static void who_gets_a_line_may_leave(void **state)
{
    struct bench *b = *state;
    fill(b, "0369cgkpsz");
    for (b->free_at = 1; b->free_at < LINES; b->free_at += 277) {
        run(b, FLOOD, 0);
        assert_false(b->done);
        assert_int_equal(b->lines, b->free_at);
    }
}

/* All lines before `reached` (backward: from it on) were given out, and nothing else. */
static void check_reached(const struct bench *b, bool backward)
{
    const struct loki_merge_result *r = &b->results[0];
    uint64_t given = 0;
    for (size_t i = 0; i < b->wire.fake->count; i++)
        given += (b->wire.fake->lines[i].time < r->reached) != backward;
    assert_int_not_equal(r->err.kind, ERR_NONE);
    assert_int_equal(r->lines, given);
    assert_true(given >= 1000 && given < LINES);
}

static void an_error_in_a_lane_ends_all(void **state)
{
    struct bench *b = *state;
    fill(b, "0369cgkpsz");
    b->wire.fake->fail_query = "pod=~\".*[";
    b->wire.fake->fail_from = START + 8 * CLOCK_MINUTE + 1;
    run(b, FLOOD, 0);
    assert_true(b->done);
    assert_int_not_equal(b->results[0].err.kind, ERR_NONE);
    check_reached(b, false);
}

static void backward_too(void **state)
{
    struct bench *b = *state;
    const char *query = "{namespace=\"shop\"}";
    fill(b, "0369cgkpsz");
    b->wire.fake->fail_query = "pod=~\".*[";
    b->wire.fake->fail_from = START + 2 * CLOCK_MINUTE + 1;
    run_queries(b, &query, 1, (struct loki_merge_conf){.flood = FLOOD, .backward = true});
    check_reached(b, true);
}

/* Ten streams, of which some ends are in one query, some in the other, some in both. */
static void several_queries_are_one_stream_of_lines(void **state)
{
    struct bench *b = *state;
    static const char *const queries[] = {"{namespace=\"shop\"} |~ \"7\"", "{namespace=\"shop\"}"};
    static const bool backward[] = {false, true};
    fill(b, "0369cgkpsz");
    for (size_t i = 0; i < 2; i++) {
        struct loki_merge_conf conf = {.backward = backward[i], .flood = NEVER};
        char *plain = mem_dup(run_queries(b, queries, 2, conf));
        uint64_t some = b->results[0].lines;
        assert_true(some > 100 && some < LINES);
        assert_int_equal(b->results[1].lines, LINES);
        assert_int_equal(b->lines, LINES + some);
        conf.flood = FLOOD;
        assert_string_equal(run_queries(b, queries, 2, conf), plain);
        conf.limit = 333;
        run_queries(b, queries, 2, conf);
        assert_true(b->truncated && b->lines == 333);
        assert_memory_equal(buf_text(&b->got), plain, b->got.n);
        free(plain);
    }
}

/* Lanes are for a flood: what lies hours behind it is no longer looked for by each of them. */
static void behind_a_flood_it_goes_on_as_one(void **state)
{
    struct bench *b = *state;
    const char *query = "{namespace=\"shop\"}";
    fill(b, "0369cgkpsz");
    for (int hour = 1; hour < 200; hour += 10)
        fake_loki_add(b->wire.fake, START + hour * CLOCK_HOUR, "shop", "p-z", "later");
    struct loki_merge_conf conf = {.flood = NEVER, .to = START + 200 * CLOCK_HOUR};
    char *plain = mem_dup(run_queries(b, &query, 1, conf));
    assert_int_equal(b->results[0].lines, LINES + 20);
    conf.flood = FLOOD;
    b->wire.fake->in_lanes = b->wire.fake->pages = 0;
    assert_string_equal(run_queries(b, &query, 1, conf), plain);
    assert_int_equal(b->results[0].err.kind, ERR_NONE);
    assert_true(b->results[0].reached == conf.to);
    assert_true(b->wire.fake->in_lanes > 0 && b->wire.fake->pages < 120);
    free(plain);
}

/* Loki has as much to do for few long lines as for many short ones. */
static void few_long_lines_are_a_flood_too(void **state)
{
    struct bench *b = *state;
    struct fake_loki *f = b->wire.fake;
    char pod[16], *wide = mem_printf("%*d", WIDE, 1);
    for (int i = 0; i < LINES; i++) {
        snprintf(pod, sizeof pod, "p-%c", "0369cgkpsz"[i * 7919 % 10]);
        fake_loki_add(f, START + i * 390 * CLOCK_MS, "shop", pod, wide);
    }
    free(wide);
    run(b, 20 * LINES, 0);
    assert_int_equal(b->results[0].lines, LINES);
    assert_true(f->in_lanes > 0);
    assert_true(f->pages - f->in_lanes < LINES / 2 / (size_t)f->most * 4);
}

static void what_one_query_fails_at_is_no_end_for_the_others(void **state)
{
    struct bench *b = *state;
    static const char *const queries[] = {"{namespace=\"shop\"}", "{namespace=\"other\"}"};
    fill(b, "0369cgkpsz");
    fake_loki_add(b->wire.fake, END - 1, "other", "p-1", "last");
    b->wire.fake->fail_query = "shop";
    b->wire.fake->fail_from = START + 5 * CLOCK_MINUTE + 1;
    run_queries(b, queries, 2, (struct loki_merge_conf){.flood = FLOOD});
    assert_int_not_equal(b->results[0].err.kind, ERR_NONE);
    assert_int_equal(b->results[1].err.kind, ERR_NONE);
    assert_int_equal(b->results[1].lines, 1);
    assert_non_null(strstr(buf_text(&b->got), " last"));
}

/* Beside pages as large as they come, so that lanes hold all that they may. */
static void three_requests_are_under_way(void **state)
{
    struct bench *b = *state;
    struct fake_loki *f = b->wire.fake;
    char pod[16], *wide = mem_printf("%*d", WIDE, 1);
    for (int i = 0; i < 2 * LINES; i++) {
        snprintf(pod, sizeof pod, "p-%c", "0369cgkpsz"[i * 7919 % 10]);
        fake_loki_add(f, START + i * 190 * CLOCK_MS, "shop", pod, wide);
    }
    free(wide);
    f->delay_ms = 100;
    run(b, FLOOD, 0);
    assert_int_equal(b->results[0].lines, 2 * LINES);
    assert_true(3 * f->beside[2] > f->in_lanes && 3 * f->beside[0] < f->in_lanes);
    assert_int_equal(f->beside[3] + f->beside[4], 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pods_of_all_endings),
        TEST(pods_that_are_counted),
        TEST(pods_of_one_ending),
        TEST(a_limit_cuts_at_the_same_line),
        TEST(who_gets_a_line_may_leave),
        TEST(an_error_in_a_lane_ends_all),
        TEST(backward_too),
        TEST(several_queries_are_one_stream_of_lines),
        TEST(behind_a_flood_it_goes_on_as_one),
        TEST(three_requests_are_under_way),
        TEST(few_long_lines_are_a_flood_too),
        TEST(what_one_query_fails_at_is_no_end_for_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
