#include "source/loki/loki_ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)

static enum loki_ledger_answer add(struct loki_ledger *l, int64_t time, const char *text)
{
    struct line line = {.time = time, .text = str_of(text)};
    return loki_ledger_add(l, &line);
}

static enum loki_ledger_answer add_number(struct loki_ledger *l, int64_t time, int number)
{
    char text[32];
    snprintf(text, sizeof text, "line %d", number);
    return add(l, time, text);
}

static void a_line_is_new_once(void **state)
{
    (void)state;
    struct loki_ledger *l = loki_ledger_new(1 << 20);
    struct str name = str_of("pod"), a = str_of("a"), b = str_of("b");
    const struct labels *pod_a = labels_get(&name, &a, 1), *pod_b = labels_get(&name, &b, 1);
    struct line line = {.time = START, .text = str_of("x"), .labels = pod_a};
    assert_int_equal(loki_ledger_add(l, &line), LOKI_LEDGER_NEW);
    assert_int_equal(loki_ledger_add(l, &line), LOKI_LEDGER_KNOWN);
    line.labels = pod_b;
    assert_int_equal(loki_ledger_add(l, &line), LOKI_LEDGER_NEW);
    line.time++;
    assert_int_equal(loki_ledger_add(l, &line), LOKI_LEDGER_NEW);
    line.text = str_of("y");
    assert_int_equal(loki_ledger_add(l, &line), LOKI_LEDGER_NEW);
    assert_int_equal(loki_ledger_count(l, START, START + CLOCK_SECOND), 4);
    labels_drop(pod_a);
    labels_drop(pod_b);
    loki_ledger_free(l);
}

static void settled_seconds_know_their_lines(void **state)
{
    (void)state;
    struct loki_ledger *l = loki_ledger_new(1 << 20);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(add_number(l, START + i * CLOCK_MS, i), LOKI_LEDGER_NEW);
    size_t before = loki_ledger_bytes(l);
    loki_ledger_settle(l, START + 2 * CLOCK_SECOND + 1);
    assert_true(loki_ledger_bytes(l) < before);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(add_number(l, START + i * CLOCK_MS, i), LOKI_LEDGER_KNOWN);
    for (int i = 3000; i < 3100; i++) /* late ones, into settled and open seconds */
        assert_int_equal(add_number(l, START + (i % 30) * 100 * CLOCK_MS, i), LOKI_LEDGER_NEW);
    for (int i = 3000; i < 3100; i++)
        assert_int_equal(add_number(l, START + (i % 30) * 100 * CLOCK_MS, i), LOKI_LEDGER_KNOWN);
    assert_int_equal(loki_ledger_count(l, START, START + 3 * CLOCK_SECOND), 3100);
    /* A second without a line so far, settled already. */
    assert_int_equal(add(l, START - CLOCK_SECOND, "early"), LOKI_LEDGER_NEW);
    assert_int_equal(add(l, START - CLOCK_SECOND, "early"), LOKI_LEDGER_KNOWN);
    assert_true(loki_ledger_knows(l, START - CLOCK_SECOND, START + 3 * CLOCK_SECOND));
    loki_ledger_free(l);
}

static void what_is_forgotten_is_said(void **state)
{
    (void)state;
    struct loki_ledger *l = loki_ledger_new(1 << 20);
    add(l, START, "a");
    add(l, START + CLOCK_SECOND, "b");
    loki_ledger_settle(l, START + 2 * CLOCK_SECOND);
    loki_ledger_forget(l, START + CLOCK_SECOND);
    assert_int_equal(add(l, START, "a"), LOKI_LEDGER_LOST);
    assert_int_equal(add(l, START + CLOCK_SECOND, "b"), LOKI_LEDGER_KNOWN);
    assert_false(loki_ledger_knows(l, START, START + CLOCK_SECOND));
    assert_true(loki_ledger_knows(l, START + CLOCK_SECOND, START + 2 * CLOCK_SECOND));
    assert_int_equal(loki_ledger_count(l, START, START + 2 * CLOCK_SECOND), 1);
    loki_ledger_free(l);
}

static void memory_has_a_bound(void **state)
{
    (void)state;
    enum { BOUND = 64 * 1024, SECONDS = 60, EACH = 1000 };
    struct loki_ledger *l = loki_ledger_new(BOUND);
    for (int s = 0; s < SECONDS; s++) {
        for (int i = 0; i < EACH; i++)
            assert_int_equal(add_number(l, START + s * CLOCK_SECOND + i * CLOCK_MS, i),
                             LOKI_LEDGER_NEW);
        loki_ledger_settle(l, START + (s - 2) * CLOCK_SECOND);
        assert_true(loki_ledger_bytes(l) <= BOUND + 8192);
    }
    /* The oldest cannot be told any more, but are counted; the newest are known. */
    assert_int_equal(add_number(l, START, 5), LOKI_LEDGER_LOST);
    assert_false(loki_ledger_knows(l, START, START + CLOCK_SECOND));
    assert_int_equal(loki_ledger_count(l, START, START + SECONDS * CLOCK_SECOND), SECONDS * EACH);
    int64_t last = START + (SECONDS - 1) * CLOCK_SECOND;
    assert_true(loki_ledger_knows(l, last, last + CLOCK_SECOND));
    for (int i = 0; i < EACH; i++)
        assert_int_equal(add_number(l, last + i * CLOCK_MS, i), LOKI_LEDGER_KNOWN);
    loki_ledger_free(l);
}

static void a_second_larger_than_the_bound_still_tells_lines_apart(void **state)
{
    (void)state;
    struct loki_ledger *l = loki_ledger_new(4096);
    int known = 0;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 900; i++)
            known += add_number(l, START + i, i) == LOKI_LEDGER_KNOWN;
    assert_int_equal(known, 900);
    loki_ledger_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_new_once),
        cmocka_unit_test(settled_seconds_know_their_lines),
        cmocka_unit_test(what_is_forgotten_is_said),
        cmocka_unit_test(memory_has_a_bound),
        cmocka_unit_test(a_second_larger_than_the_bound_still_tells_lines_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
