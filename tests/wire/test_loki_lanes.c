/* A flood read in lanes is the one that a plain extract gives, line by line. */
#include "source/loki_lanes.h"

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
#include "net/http.h"
#include "net/loop.h"
#include "tests/wire/fake_loki.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)
#define END (START + 10 * CLOCK_MINUTE)

enum { LINES = 1500, FLOOD = 300, NEVER = 1000000 };

struct bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct fake_loki *fake;
    struct loki *loki;
    struct loki_lanes *lanes;
    struct buf got; /* "time pod text", a line each */
    struct loki_extract_result result;
    struct err err;
    uint64_t lines, free_at;
    bool done;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    b->fake = fake_loki_new(b->server);
    struct conn c = {.name = "loki", .url = (char *)(uintptr_t)canned_url(b->server)};
    b->loki = loki_new(b->http, &c, NULL);
    buf_init(&b->got, 64 << 20);
    b->fake->most = 50;
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_lanes_free(b->lanes);
    loki_free(b->loki);
    http_free(b->http);
    canned_free(b->server);
    fake_loki_free(b->fake);
    loop_free(b->loop);
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
        fake_loki_add(b->fake, START + i / 5 * 5 * 400 * CLOCK_MS, "shop", pod, text);
    }
}

static void on_line(void *context, const struct line *line)
{
    struct bench *b = context;
    buf_printf(&b->got, "%lld %s ", (long long)line->time, labels_value(line->labels, "pod"));
    buf_add(&b->got, line->text.p, line->text.n);
    buf_addc(&b->got, '\n');
    if (++b->lines == b->free_at) {
        loki_lanes_free(b->lanes);
        b->lanes = NULL;
    }
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->result = *result;
    b->err = *err;
    b->lanes = NULL;
}

/* The lines as text; flood: lines to come from which on there are lanes. */
static const char *run(struct bench *b, uint64_t flood, int64_t limit)
{
    buf_clear(&b->got);
    b->done = false;
    b->lines = 0;
    b->lanes = loki_lanes_start(b->loki, &(struct loki_lanes_conf){.query = "{namespace=\"shop\"}",
                                                                   .from = START,
                                                                   .to = END,
                                                                   .limit = limit,
                                                                   .label = "pod",
                                                                   .flood = flood,
                                                                   .context = b,
                                                                   .line = on_line,
                                                                   .done = on_done});
    int64_t until = clock_monotonic() + 30 * CLOCK_SECOND;
    while (!b->done && b->lanes && clock_monotonic() < until)
        loop_turn(b->loop, 50);
    return buf_text(&b->got);
}

static void they_give_what_one_extract_gives(struct bench *b)
{
    char *plain = mem_dup(run(b, NEVER, 0));
    assert_int_equal(b->result.lines, LINES);
    size_t pages = b->fake->pages;
    assert_string_equal(run(b, FLOOD, 0), plain);
    assert_true(b->done && b->err.kind == ERR_NONE && !b->result.truncated);
    assert_int_equal(b->result.lines, LINES);
    assert_true(b->fake->pages - pages != pages); /* it was another way */
    free(plain);
}

static void pods_of_all_endings(void **state)
{
    fill(*state, "0123456789bcdfghjklmnpqrstvwxzaeiouyABC");
    they_give_what_one_extract_gives(*state);
}

static void pods_that_are_counted(void **state)
{
    fill(*state, "012");
    they_give_what_one_extract_gives(*state);
}

static void pods_of_one_lane(void **state)
{
    fill(*state, "v");
    they_give_what_one_extract_gives(*state);
}

static void a_limit_cuts_at_the_same_line(void **state)
{
    struct bench *b = *state;
    static const int64_t limits[] = {1, 75, 150, 700, LINES - 1, LINES, LINES + 1};
    fill(b, "0369cgkpsz");
    char *all = mem_dup(run(b, NEVER, 0));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        run(b, FLOOD, limits[i]);
        assert_int_equal(b->result.lines, limits[i] < LINES ? limits[i] : LINES);
        assert_int_equal(b->result.truncated, limits[i] < LINES);
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

static void an_error_in_a_lane_ends_all(void **state)
{
    struct bench *b = *state;
    fill(b, "0369cgkpsz");
    b->fake->fail_from = START + 5 * CLOCK_MINUTE + 1;
    run(b, FLOOD, 0);
    assert_true(b->done);
    assert_int_not_equal(b->err.kind, ERR_NONE);
    assert_true(b->result.lines < LINES);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(pods_of_all_endings),       TEST(pods_that_are_counted),
        TEST(pods_of_one_lane),          TEST(a_limit_cuts_at_the_same_line),
        TEST(who_gets_a_line_may_leave), TEST(an_error_in_a_lane_ends_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
