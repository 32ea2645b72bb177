#include "ui/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void work(int64_t span)
{
    int64_t until = clock_monotonic() + span;
    while (clock_monotonic() < until)
        ;
}

static void slow_steps_are_looked_at(void **state)
{
    (void)state;
    struct slice s;
    int steps = 0;
    slice_begin(&s, 10 * CLOCK_MS);
    for (; !slice_is_over(&s); steps++)
        work(CLOCK_MS);
    assert_true(steps <= 12);
    assert_true(slice_is_over(&s));
}

static void steps_that_become_slow_too(void **state)
{
    (void)state;
    struct slice s;
    int steps = 0;
    slice_begin(&s, 20 * CLOCK_MS);
    for (; steps < 1000 && !slice_is_over(&s); steps++)
        work(steps < 2 ? 0 : CLOCK_MS);
    assert_true(steps <= 26);
}

static void quick_steps_go_by(void **state)
{
    (void)state;
    struct slice s;
    slice_begin(&s, CLOCK_HOUR);
    for (int i = 0; i < 100000; i++)
        assert_false(slice_is_over(&s));
    slice_begin(&s, 0);
    int steps = 0;
    while (!slice_is_over(&s))
        steps++;
    assert_true(steps <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_steps_are_looked_at),
        cmocka_unit_test(steps_that_become_slow_too),
        cmocka_unit_test(quick_steps_go_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
