#include "model/series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <math.h>

#include "base/clock.h"

static const int64_t step = 30 * CLOCK_SECOND;

static void assert_points(const struct series *s, const char *key, int64_t end,
                          const double *expected, size_t n)
{
    double out[16];
    size_t numbers = 0;
    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++)
        numbers += !isnan(expected[i]);
    assert_int_equal(series_points(s, str_of(key), end, out, n), numbers);
    for (size_t i = 0; i < n; i++)
        assert_true(isnan(expected[i]) ? isnan(out[i]) : out[i] == expected[i]);
}

static void test_ring(void **state)
{
    (void)state;
    struct series *s = series_new(step, 4);
    assert_int_equal(series_newest(s), 0);
    assert_true(isnan(series_latest(s, str_of("a"))));
    for (int i = 1; i <= 6; i++)
        series_add(s, str_of("a"), i * step + CLOCK_SECOND, i);
    series_add(s, str_of("a"), 2 * step, 99); /* older than the ring */
    assert_points(s, "a", 0, (double[]){3, 4, 5, 6}, 4);
    assert_points(s, "a", 0, (double[]){NAN, NAN, 3, 4, 5, 6}, 6);
    assert_points(s, "a", 5 * step, (double[]){4, 5}, 2);
    assert_points(s, "a", 8 * step, (double[]){5, 6, NAN, NAN}, 4);
    assert_points(s, "none", 0, (double[]){NAN, NAN}, 2);
    series_add(s, str_of("a"), 5 * step - step / 2,
               55); /* rounded to the nearest, up from the middle */
    assert_points(s, "a", 0, (double[]){3, 4, 55, 6}, 4);
    series_add(s, str_of("a"), 8 * step, 8);
    assert_points(s, "a", 0, (double[]){55, 6, NAN, 8}, 4);
    series_add(s, str_of("a"), 100 * step, 100);
    assert_points(s, "a", 0, (double[]){NAN, NAN, NAN, 100}, 4);
    assert_int_equal(series_newest(s), 100 * step);
    assert_int_equal(series_changes(s), 9);
    series_free(s);
    series_free(NULL);
}

static void test_gaps(void **state)
{
    (void)state;
    struct series *s = series_new(step, 8);
    series_add(s, str_of("a"), step, NAN);
    assert_int_equal(series_names(s), 0);
    series_add(s, str_of("a"), step, 1);
    series_add(s, str_of("a"), 2 * step, INFINITY);
    series_add(s, str_of("a"), 3 * step, NAN);
    assert_int_equal(series_newest(s), step);
    assert_points(s, "a", 3 * step, (double[]){1, NAN, NAN}, 3);
    assert_true(series_latest(s, str_of("a")) == 1);
    series_add(s, str_of("b"), 6 * step, 2);
    assert_true(isnan(series_latest(s, str_of("a")))); /* none of the last five steps */
    series_add(s, str_of("a"), 2 * step, 7);
    assert_true(series_latest(s, str_of("a")) == 7);
    series_add(s, str_of("c"), -3 * step, 3); /* before 1970, and older than all others */
    assert_points(s, "c", -2 * step, (double[]){3, NAN}, 2);
    series_free(s);
}

static void test_forgetting(void **state)
{
    (void)state;
    struct series *s = series_new(step, 8);
    char key[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "pod-%d", i);
        series_add(s, str_of(key), (i % 2 ? 10 : 3) * step, i);
        series_add(s, str_of(key), 11 * step, i % 2 ? i : (double)NAN);
    }
    series_forget_before(s, 5 * step);
    assert_int_equal(series_names(s), 500);
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "pod-%d", i);
        assert_true(i % 2 ? series_latest(s, str_of(key)) == i
                          : isnan(series_latest(s, str_of(key))));
    }
    series_forget_before(s, 100 * step);
    assert_int_equal(series_names(s), 0);
    series_free(s);
}

/* Any order of points gives what a plain table gives. */
static void test_against_table(void **state)
{
    (void)state;
    enum { POINTS = 8, TIMES = 64 };
    uint64_t seed = 7;
    for (int round = 0; round < 300; round++) {
        struct series *s = series_new(step, POINTS);
        double table[TIMES];
        int newest = -1;
        for (int i = 0; i < TIMES; i++)
            table[i] = NAN;
        for (int i = 0; i < 30; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            int at = (int)(seed >> 33) % TIMES;
            if (newest >= 0 && at <= newest - POINTS)
                continue;
            table[at] = (double)i;
            newest = at > newest ? at : newest;
            series_add(s, str_of("x"), at * step, i);
            for (int k = 0; k <= newest - POINTS; k++)
                table[k] = NAN;
        }
        double out[TIMES];
        series_points(s, str_of("x"), (TIMES - 1) * step, out, TIMES);
        for (int i = 0; i < TIMES; i++)
            assert_true(isnan(table[i]) ? isnan(out[i]) : out[i] == table[i]);
        series_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_forgetting),
        cmocka_unit_test(test_against_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
