#include "source/loki/loki_recheck.h"

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
#define SHOWN (START + 2 * CLOCK_MINUTE) /* a minute after the one that is looked at: it is due */

enum { LINES = 60, SPANS = 90, LEDGER_BYTES = 1 << 20, NO_PRINTS = 16 /* bytes */ };

struct bench {
    struct loki_bench wire;
    struct loki_ledger *ledger;
    struct loki_recheck *recheck;
    struct buf words;
    size_t lines;
    bool stop;
};

static void on_line(void *context, const struct line *line)
{
    struct bench *b = context;
    if (line->kind == LINE_LOG) {
        b->lines++;
        return;
    }
    buf_add(&b->words, line->text.p, line->text.n);
    buf_addc(&b->words, '\n');
    if (b->stop) {
        loki_recheck_free(b->recheck);
        b->recheck = NULL;
    }
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(SHOWN);
    loki_bench_open(&b->wire);
    loki_bench_fill(&b->wire, START, LINES);
    buf_init(&b->words, 1 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_recheck_free(b->recheck);
    loki_ledger_free(b->ledger);
    loki_bench_close(&b->wire);
    buf_free(&b->words);
    free(b);
    clock_freeze(0);
    return 0;
}

/* All lines of the minute but `missing` were shown. */
static void begin(struct bench *b, size_t ledger_bytes, int missing)
{
    b->ledger = loki_ledger_new(ledger_bytes);
    for (int i = missing; i < LINES; i++)
        loki_ledger_add(b->ledger, &(struct line){.time = START + i * CLOCK_SECOND,
                                                  .text = str_of("some line")});
    loki_ledger_settle(b->ledger, SHOWN);
    b->recheck =
        loki_recheck_new(b->wire.loki, &(struct loki_recheck_conf){.query = "{namespace=\"shop\"}",
                                                                   .ledger = b->ledger,
                                                                   .since = START,
                                                                   .context = b,
                                                                   .line = on_line});
}

/* Until the server was asked so often, and its answers came. */
static void wait_for_counts(struct bench *b, size_t counts)
{
    int64_t most = clock_monotonic() + 20 * CLOCK_SECOND, rest = 0;
    while (clock_monotonic() < (rest ? rest : most)) {
        loop_turn(b->wire.loop, 5);
        if (!rest && b->wire.fake->counts >= counts)
            rest = clock_monotonic() + 50 * CLOCK_MS;
    }
    assert_int_equal(b->wire.fake->counts, counts);
}

static void a_minute_that_counts_twice_is_whole(void **state)
{
    struct bench *b = *state;
    b->wire.fake->counts_more = 7;
    begin(b, NO_PRINTS, 0);
    assert_false(loki_ledger_knows(b->ledger, START, START + CLOCK_MINUTE));
    loki_recheck_shown(b->recheck, START + CLOCK_MINUTE);
    wait_for_counts(b, 3); /* two halves, and those that differ */
    assert_string_equal(buf_text(&b->words), "");
    assert_true(loki_recheck_is_late(b->recheck, START));
}

static void lines_that_are_too_many_to_tell_apart_are_told(void **state)
{
    struct bench *b = *state;
    begin(b, NO_PRINTS, 2);
    loki_recheck_shown(b->recheck, START + CLOCK_MINUTE);
    wait_for_counts(b, 3);
    assert_non_null(strstr(buf_text(&b->words), "Loki has 2 lines more of 15:30 than were shown"));
    assert_false(loki_recheck_is_late(b->recheck, START));
}

/* From inside its own callback it may be let go of. */
static void too_many_spans_are_told(void **state)
{
    struct bench *b = *state;
    begin(b, LEDGER_BYTES, 0);
    b->stop = true;
    for (int i = 0; i < SPANS; i++)
        loki_recheck_span(b->recheck, START + i * CLOCK_SECOND, START + (i + 2) * CLOCK_SECOND);
    for (int i = 0; i < 1000 && b->recheck; i++)
        loop_turn(b->wire.loop, 5);
    assert_null(b->recheck);
    assert_non_null(strstr(buf_text(&b->words), "10 spans from 15:30:00 to 15:30:02 on are not"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_minute_that_counts_twice_is_whole),
        TEST(lines_that_are_too_many_to_tell_apart_are_told),
        TEST(too_many_spans_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
