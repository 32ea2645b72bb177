#include "source/loki/loki_proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/wire/loki_bench.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)
#define END (START + 10 * CLOCK_MINUTE)

enum { LINES = 600, PARTS = 2 /* that Loki is asked to count */ };

struct bench {
    struct loki_bench wire;
    struct loki_proof *proof;
    uint64_t counted, again;
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
    loki_proof_free(b->proof);
    loki_bench_close(&b->wire);
    free(b);
    return 0;
}

static void on_done(void *context, uint64_t counted, uint64_t again, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->proof = NULL;
    b->counted = counted;
    b->again = again;
    b->err = *err;
}

static void run(struct bench *b, uint64_t lines)
{
    b->done = false;
    b->proof =
        loki_proof_start(b->wire.loki, "{namespace=\"shop\"}", START, END, lines, on_done, b);
    assert_false(b->done);
    loki_bench_wait(&b->wire, &b->done);
}

static void all_lines_are_all(void **state)
{
    struct bench *b = *state;
    for (int more = 0; more < 2; more++) {
        run(b, LINES + more);
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_int_equal(b->counted, LINES);
        assert_int_equal(b->again, 0);
    }
}

static void what_counts_twice_is_not_missing(void **state)
{
    struct bench *b = *state;
    b->wire.fake->counts_more = 5;
    run(b, LINES);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->counted, LINES);
    assert_int_equal(b->again, 5 * PARTS);
}

static void what_is_missing_is_told(void **state)
{
    struct bench *b = *state;
    run(b, LINES - 1);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_int_equal(b->counted, LINES);
    assert_int_equal(b->again, 0);
    assert_non_null(strstr(b->err.what, "599 lines printed, Loki counts 600"));
    b->wire.fake->counts_more = 5;
    b->wire.fake->differ_more = 2;
    run(b, LINES);
    assert_int_equal(b->counted, LINES + 2);
    assert_int_equal(b->again, 5 * PARTS - 2);
    assert_non_null(strstr(b->err.what, "600 lines printed, Loki counts 602"));
}

static void an_old_server_counts_by_stream(void **state)
{
    struct bench *b = *state;
    b->wire.fake->old = true;
    for (int more = -5; more <= 5; more += 10) {
        b->wire.fake->counts_more = more;
        for (int missing = 0; missing < 2; missing++) {
            run(b, LINES - missing);
            assert_int_equal(b->err.kind, missing ? ERR_AWAY : ERR_NONE);
            assert_int_equal(b->counted, LINES);
            assert_int_equal(b->again, 0);
        }
    }
}

static void what_cannot_be_counted_is_an_error(void **state)
{
    struct bench *b = *state;
    b->wire.fake->fail = 400;
    run(b, LINES);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_int_equal(b->counted, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_lines_are_all),
        TEST(what_counts_twice_is_not_missing),
        TEST(what_is_missing_is_told),
        TEST(an_old_server_counts_by_stream),
        TEST(what_cannot_be_counted_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
