#include "text/spark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "base/hash.h"
#include "base/utf8.h"

static void check(const double *values, size_t count, int columns, double min, double max,
                  bool ascii, const char *expected)
{
    struct buf out;
    buf_init(&out, 1000);
    spark_add(&out, values, count, columns, min, max, ascii);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void values_become_blocks(void **state)
{
    (void)state;
    static const double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7};
    check(ramp, 8, 8, 0, 8, false, "▁▂▃▄▅▆▇█");
    check(ramp, 8, 8, 0, 8, true, " .:-=+*#");
    check(ramp, 8, 8, NAN, NAN, false, "▁▂▃▄▅▆▇█");
    check(ramp, 8, 8, 0, 14, false, "▁▁▂▂▃▃▄▅");
    check(ramp, 8, 8, 2, 5, false, "▁▁▁▃▆███");
    check(ramp, 0, 3, NAN, NAN, false, "   ");
    check(NULL, 0, 3, NAN, NAN, false, "   ");
    check(ramp, 8, 0, NAN, NAN, false, "");
    check(ramp, 8, -3, NAN, NAN, false, "");
}

static void gaps_are_blank(void **state)
{
    (void)state;
    static const double gaps[] = {1, NAN, 8, NAN, NAN, 4};
    check(gaps, 6, 6, 0, 8, false, "▂ █  ▅");
    static const double none[] = {NAN, NAN};
    check(none, 2, 4, NAN, NAN, false, "    ");
    static const double infinite[] = {-INFINITY, 1, INFINITY, 2};
    check(infinite, 4, 4, NAN, NAN, false, "▁▁██");
}

static void a_flat_line_has_its_place(void **state)
{
    (void)state;
    static const double zero[] = {0, 0}, some[] = {5, 5};
    check(zero, 2, 2, NAN, NAN, false, "▁▁");
    check(some, 2, 2, NAN, NAN, false, "▄▄");
    check(some, 2, 2, 0, NAN, false, "██");
    check(some, 2, 2, 9, 3, false, "▄▄");
}

static void many_values_keep_their_peaks(void **state)
{
    (void)state;
    double many[1000];
    for (size_t i = 0; i < 1000; i++)
        many[i] = i == 555 ? 8 : 0;
    check(many, 1000, 10, 0, 8, true, "     #    ");
    static const double few[] = {0, 8};
    check(few, 2, 6, 0, 8, true, "   ###");
    static const double three[] = {0, 8, NAN};
    check(three, 3, 7, 0, 8, true, "   ##  ");
}

/* Any values, however wild, fill exactly the columns asked for, and the largest value is on the screen. */
static void the_width_is_exact(void **state)
{
    (void)state;
    static const double wild[] = {NAN,   INFINITY, -INFINITY, 0,       -0.0,     1,     -1,
                                  1e308, -1e308,   DBL_MIN,   DBL_MAX, -DBL_MAX, 5e-324};
    for (uint64_t i = 0; i < 50000; i++) {
        double values[64];
        size_t count = hash_mix(i) % 64;
        int columns = (int)(hash_mix(i + 1) % 100);
        double top = NAN;
        for (size_t k = 0; k < count; k++) {
            uint64_t dice = hash_mix(i * 64 + k);
            values[k] = i % 2 ? wild[dice % 13] : (double)(dice % 1000);
            top = fmax(top, values[k]);
        }
        struct buf out;
        buf_init(&out, 1000);
        spark_add(&out, values, count, columns, i % 3 ? NAN : 0, i % 5 ? NAN : 100, i % 7 == 0);
        assert_int_equal(utf8_width(buf_str(&out)), columns);
        assert_true(utf8_valid(buf_str(&out)));
        double resampled[100], shown = NAN;
        spark_resample(values, count, resampled, columns);
        for (int c = 0; c < columns; c++)
            shown = fmax(shown, resampled[c]);
        if (columns)
            assert_true(shown == top || (isnan(shown) && isnan(top)));
        buf_free(&out);
    }
}

static void levels_rise_with_values(void **state)
{
    (void)state;
    assert_int_equal(spark_level(NAN, 0, 1), -1);
    int before = 0;
    for (int i = -10; i <= 1010; i++) {
        int level = spark_level(i, 0, 1000);
        assert_true(level >= before && level < SPARK_LEVELS);
        before = level;
    }
    assert_int_equal(before, SPARK_LEVELS - 1);
    assert_int_equal(spark_level(0, -DBL_MAX, DBL_MAX), 4);
    assert_string_equal(spark_block(-1, false), " ");
    assert_string_equal(spark_block(SPARK_LEVELS, true), " ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_blocks),      cmocka_unit_test(gaps_are_blank),
        cmocka_unit_test(a_flat_line_has_its_place), cmocka_unit_test(many_values_keep_their_peaks),
        cmocka_unit_test(the_width_is_exact),        cmocka_unit_test(levels_rise_with_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
