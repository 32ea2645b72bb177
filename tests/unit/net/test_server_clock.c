#include "net/server_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#define START (INT64_C(1795361400) * CLOCK_SECOND)

/* An answer at our time `at`, asked for 20 ms before, of a server whose clock is `ahead`. */
static void answer(struct server_clock *c, int64_t at, int64_t ahead)
{
    clock_freeze(at);
    server_clock_learn(c, clock_align(at - 10 * CLOCK_MS + ahead, CLOCK_SECOND),
                       at - 20 * CLOCK_MS);
}

static void our_clock_counts_while_it_fits(void **state)
{
    (void)state;
    struct server_clock c = {0};
    clock_freeze(START);
    assert_int_equal(server_clock_now(&c), START);
    for (int i = 0; i < 50; i++)
        answer(&c, START + i * 137 * CLOCK_MS, 0);
    assert_int_equal(server_clock_offset(&c), 0);
    server_clock_learn(&c, 0, START);
    assert_int_equal(server_clock_offset(&c), 0);
}

static void the_difference_is_found_ever_closer(void **state)
{
    (void)state;
    static const int64_t differences[] = {90 * CLOCK_SECOND + 300 * CLOCK_MS, -7 * CLOCK_HOUR,
                                          1400 * CLOCK_MS};
    for (size_t d = 0; d < 3; d++) {
        struct server_clock c = {0};
        answer(&c, START, differences[d]);
        int64_t off = server_clock_offset(&c) - differences[d];
        assert_in_range(off + CLOCK_SECOND, 0, 2 * CLOCK_SECOND);
        for (int i = 0; i < 50; i++)
            answer(&c, START + i * 137 * CLOCK_MS, differences[d]);
        off = server_clock_offset(&c) - differences[d];
        assert_in_range(off + 60 * CLOCK_MS, 0, 120 * CLOCK_MS);
    }
}

static void a_clock_that_was_set_is_learned_anew(void **state)
{
    (void)state;
    struct server_clock c = {0};
    for (int i = 0; i < 20; i++)
        answer(&c, START + i * 137 * CLOCK_MS, 0);
    answer(&c, START + CLOCK_MINUTE, CLOCK_HOUR);
    assert_in_range(server_clock_offset(&c) - CLOCK_HOUR + CLOCK_SECOND, 0, 2 * CLOCK_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_clock_counts_while_it_fits),
        cmocka_unit_test(the_difference_is_found_ever_closer),
        cmocka_unit_test(a_clock_that_was_set_is_learned_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
