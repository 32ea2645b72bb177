#include "source/loki_tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "tests/wire/fake_loki.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)
#define END (START + 10 * CLOCK_MINUTE)

enum { LINES = 600 };

struct bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct fake_loki *fake;
    struct loki *loki;
    struct loki_tally *tally;
    uint64_t count;
    struct err err;
    bool done;
};

/* A line a second. */
static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    b->fake = fake_loki_new(b->server);
    struct conn c = {.name = "loki", .url = (char *)(uintptr_t)canned_url(b->server)};
    b->loki = loki_new(b->http, &c, NULL);
    for (int i = 0; i < LINES; i++)
        fake_loki_add(b->fake, START + i * CLOCK_SECOND, "shop", "p", "text");
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_tally_free(b->tally);
    loki_free(b->loki);
    http_free(b->http);
    canned_free(b->server);
    fake_loki_free(b->fake);
    loop_free(b->loop);
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
    b->tally = loki_tally_start(b->loki, "{namespace=\"shop\"}", from, to, on_done, b);
    assert_false(b->done);
    int64_t until = clock_monotonic() + 30 * CLOCK_SECOND;
    while (!b->done && clock_monotonic() < until)
        loop_turn(b->loop, 50);
    assert_true(b->done);
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
    b->fake->longest = 7 * CLOCK_SECOND + 700 * CLOCK_MS;
    run(b, START, END);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, LINES);
    b->fake->counts = 0;
    run(b, START, END);
    assert_int_equal(b->count, LINES);
    assert_int_equal(b->fake->counts, 600 * 10 / 67 + 1);
}

static void what_failed_is_asked_for_again(void **state)
{
    struct bench *b = *state;
    b->fake->counts_to_fail = 2;
    run(b, START, END);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, LINES);
    assert_int_equal(b->fake->counts, 4);
}

static void what_is_refused_is_not(void **state)
{
    struct bench *b = *state;
    run(b, START, END + 1);
    assert_int_equal(b->err.kind, ERR_USAGE);
    run(b, START, START);
    assert_int_equal(b->err.kind, ERR_USAGE);
    b->fake->fail = 400;
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
