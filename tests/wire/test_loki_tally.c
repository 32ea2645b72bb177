#include "source/loki/loki_tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/wire/loki_bench.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)
#define END (START + 10 * CLOCK_MINUTE)

enum { LINES = 600 };

struct bench {
    struct loki_bench wire;
    struct loki_tally *tally;
    uint64_t count;
    struct err err;
    bool done;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    loki_bench_open(&b->wire);
    loki_bench_fill(&b->wire, START, LINES);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_tally_free(b->tally);
    loki_bench_close(&b->wire);
    free(b);
    return 0;
}

static void on_done(void *context, uint64_t count, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->tally = NULL;
    b->count = count;
    b->err = *err;
}

static void run(struct bench *b, int64_t from, int64_t to)
{
    b->done = false;
    b->tally = loki_tally_start(b->wire.loki, "{namespace=\"shop\"}", from, to, on_done, b);
    assert_false(b->done);
    loki_bench_wait(&b->wire, &b->done);
}

static void a_line_on_an_edge_counts_once(void **state)
{
    struct bench *b = *state;
    for (int seconds = 1; seconds <= LINES; seconds += 37) {
        run(b, START, START + seconds * CLOCK_SECOND);
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_int_equal(b->count, seconds);
        run(b, END - seconds * CLOCK_SECOND + CLOCK_MS, END);
        assert_int_equal(b->count, seconds - 1);
    }
}

static void no_part_is_longer_than_the_server_takes(void **state)
{
    struct bench *b = *state;
    b->wire.fake->longest = 7 * CLOCK_SECOND + 700 * CLOCK_MS;
    run(b, START, END);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, LINES);
    b->wire.fake->counts = 0;
    run(b, START, END);
    assert_int_equal(b->count, LINES);
    assert_int_equal(b->wire.fake->counts, 600 * 10 / 67 + 1);
}

static void what_failed_is_asked_for_again(void **state)
{
    struct bench *b = *state;
    b->wire.fake->counts_to_fail = 2;
    run(b, START, END);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, LINES);
    assert_int_equal(b->wire.fake->counts, 4);
}

static void what_is_refused_is_not(void **state)
{
    struct bench *b = *state;
    run(b, START, END + 1);
    assert_int_equal(b->err.kind, ERR_USAGE);
    run(b, START, START);
    assert_int_equal(b->err.kind, ERR_USAGE);
    b->wire.fake->fail = 400;
    run(b, START, END);
    assert_int_equal(b->err.kind, ERR_REFUSED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_line_on_an_edge_counts_once),
        TEST(no_part_is_longer_than_the_server_takes),
        TEST(what_failed_is_asked_for_again),
        TEST(what_is_refused_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
