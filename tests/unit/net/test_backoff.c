#include "net/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void waits_double_up_to_a_minute(void **state)
{
    (void)state;
    struct backoff b = {0};
    int64_t expected = 500;
    for (int i = 0; i < 40; i++) {
        int64_t wait = backoff_next(&b, NULL);
        assert_true(wait <= expected && wait >= expected - expected / 4);
        expected = expected * 2 > 60000 ? 60000 : expected * 2;
    }
    backoff_reset(&b);
    assert_true(backoff_next(&b, NULL) <= 500);
}

static void waits_differ(void **state)
{
    (void)state;
    struct backoff a = {.failures = 9}, b = {.failures = 9};
    int equal = 0;
    for (int i = 0; i < 20; i++)
        equal += backoff_next(&a, NULL) == backoff_next(&b, NULL);
    assert_true(equal < 10);
}

static void retry_after_counts_more(void **state)
{
    (void)state;
    struct backoff b = {0};
    struct err err = {.kind = ERR_AWAY, .retry_after_ms = 7000};
    assert_int_equal(backoff_next(&b, &err), 7000);
    err.retry_after_ms = INT64_C(86400000);
    assert_int_equal(backoff_next(&b, &err), 300000);
    err.retry_after_ms = 1;
    assert_true(backoff_next(&b, &err) > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(waits_double_up_to_a_minute),
                                       cmocka_unit_test(waits_differ),
                                       cmocka_unit_test(retry_after_counts_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
