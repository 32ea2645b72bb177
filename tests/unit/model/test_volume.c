#include "model/volume.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/graph.h"

#define NOW INT64_C(1630072032000000000) /* 2021-08-27T13:47:12Z */

static void steps_are_round_and_few(void **state)
{
    (void)state;
    static const int64_t spans[] = {CLOCK_SECOND,  CLOCK_MINUTE,   10 * CLOCK_MINUTE, CLOCK_HOUR,
                                    7 * CLOCK_DAY, 30 * CLOCK_DAY, 4000 * CLOCK_DAY};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct volume v = {0};
        volume_start(&v, "{a=\"b\"}", NOW - spans[i], NOW, true);
        assert_true(v.bins >= 1 && v.bins <= VOLUME_BINS);
        assert_true(v.from <= NOW - spans[i] && v.to >= NOW);
        assert_int_equal(v.from % v.step, 0);
        assert_int_equal(v.to % v.step, 0);
        assert_int_equal(v.from + (int64_t)v.bins * v.step, v.to);
        volume_clear(&v);
    }
    assert_int_equal(graph_step(NOW - CLOCK_HOUR, NOW, VOLUME_BINS - 1), 30 * CLOCK_SECOND);
}

static void a_live_one_moves_on(void **state)
{
    (void)state;
    struct volume v = {0};
    static double counts[VOLUME_BINS][LEVEL_COUNT];
    volume_start(&v, "{a=\"b\"}", NOW - CLOCK_HOUR, NOW, true);
    size_t bins = v.bins;
    for (size_t i = 0; i < bins; i++)
        counts[i][LEVEL_ERROR] = (double)i;
    volume_put(&v, v.from, (const double(*)[LEVEL_COUNT])counts, bins);
    int64_t from = v.from, to = v.to;
    assert_int_equal(volume_slide(&v, to), to - 3 * v.step); /* nothing fell out */
    assert_int_equal(v.from, from);
    int64_t again = volume_slide(&v, to + 1); /* the next bin has begun */
    assert_int_equal(v.from, from + v.step);
    assert_int_equal(v.to, to + v.step);
    assert_int_equal(again, to - 3 * v.step);
    assert_true(v.counts[0][LEVEL_ERROR] == 1);
    assert_true(v.counts[bins - 1][LEVEL_ERROR] == 0);
    counts[0][LEVEL_ERROR] = 1000; /* late lines, and the new bin */
    counts[3][LEVEL_ERROR] = 7;
    volume_put(&v, again, (const double(*)[LEVEL_COUNT])counts, 4);
    assert_true(v.counts[bins - 4][LEVEL_ERROR] == 1000);
    assert_true(v.counts[bins - 1][LEVEL_ERROR] == 7);
    volume_put(&v, v.from - 2 * v.step, (const double(*)[LEVEL_COUNT])counts, 2); /* outside */
    assert_true(v.counts[0][LEVEL_ERROR] == 1);
    again = volume_slide(&v, to + 10 * CLOCK_DAY); /* all of it is old */
    assert_int_equal(again, v.from);
    assert_true(volume_sum(&v, 0, bins, LEVEL_COUNT) == 0);
    volume_clear(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_round_and_few),
        cmocka_unit_test(a_live_one_moves_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
