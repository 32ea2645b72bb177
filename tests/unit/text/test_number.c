#include "text/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct example {
    double value;
    const char *text;
};

static void check(char *(*print)(double, char *), const struct example *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[NUMBER_TEXT];
        assert_ptr_equal(print(cases[i].value, text), text);
        assert_string_equal(text, cases[i].text);
    }
}
#define CHECK(print, ...)                                                                          \
    do {                                                                                           \
        static const struct example cases[] = {__VA_ARGS__};                                       \
        check(print, cases, sizeof cases / sizeof *cases);                                         \
    } while (0)

static void bytes_go_by_1024(void **state)
{
    (void)state;
    CHECK(number_bytes, {0, "0"}, {512, "512"}, {1.4, "1"}, {1023, "1023"}, {1023.6, "1Ki"},
          {1024, "1Ki"}, {1234, "1.2Ki"}, {1536, "1.5Ki"}, {102400, "100Ki"}, {1048575, "1Mi"},
          {1288490189, "1.2Gi"}, {134217728, "128Mi"}, {1.1e15, "1000Ti"},
          {1125899906842624, "1Pi"}, {-2048, "-2Ki"}, {NAN, "-"}, {INFINITY, "inf"},
          {-INFINITY, "-inf"});
}

static void counts_go_by_1000(void **state)
{
    (void)state;
    CHECK(number_count, {0, "0"}, {7, "7"}, {0.25, "0.2"}, {999, "999"}, {999.4, "999"},
          {999.6, "1k"}, {1000, "1k"}, {1250, "1.2k"}, {12345, "12.3k"}, {99940, "99.9k"},
          {99960, "100k"}, {123456, "123k"}, {999499, "999k"}, {999500, "1M"}, {4.5e6, "4.5M"},
          {-1500, "-1.5k"}, {-0.01, "0"}, {NAN, "-"});
}

static void cores_have_thousandths(void **state)
{
    (void)state;
    CHECK(number_cores, {0, "0"}, {0.25, "250m"}, {0.0003, "<1m"}, {0.001, "1m"}, {0.9994, "999m"},
          {0.9996, "1"}, {1, "1"}, {1.5, "1.5"}, {12, "12"}, {12.34, "12.3"}, {128, "128"},
          {-0.1, "-100m"}, {NAN, "-"});
}

static void percents_are_short(void **state)
{
    (void)state;
    CHECK(number_percent, {0, "0%"}, {0.0001, "<0.1%"}, {0.004, "0.4%"}, {0.0094, "0.9%"},
          {0.0096, "1%"}, {0.12, "12%"}, {0.999, "100%"}, {1, "100%"}, {1.4, "140%"},
          {123.456, "12.3k%"}, {-0.5, "-50%"}, {NAN, "-"});
}

static void rates_are_a_second(void **state)
{
    (void)state;
    CHECK(number_rate, {0, "0/s"}, {0.25, "0.25/s"}, {0.05, "0.05/s"}, {0.004, "<0.01/s"},
          {0.999, "1/s"}, {3.14, "3.1/s"}, {250, "250/s"}, {1234, "1.2k/s"}, {2.5e6, "2.5M/s"},
          {NAN, "-"});
}

static void durations_go_down_to_microseconds(void **state)
{
    (void)state;
    CHECK(number_seconds, {0, "0s"}, {0.00025, "250us"}, {0.012, "12ms"}, {0.9996, "1s"},
          {1.5, "1.5s"}, {90, "90s"}, {1234, "1234s"}, {NAN, "-"});
}

static void no_number_is_too_long(void **state)
{
    (void)state;
    static char *(*const prints[])(double, char *) = {number_bytes,   number_count, number_cores,
                                                      number_percent, number_rate,  number_seconds};
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t bits = hash_mix(i);
        double any, usual = (double)(hash_mix(i + 1) % 1000000000000) / 1000;
        memcpy(&any, &bits, sizeof any);
        for (size_t p = 0; p < sizeof prints / sizeof *prints; p++) {
            char text[NUMBER_TEXT];
            assert_true(strlen(prints[p](any, text)) < NUMBER_TEXT - 1);
            assert_true(strlen(prints[p](usual, text)) <= 10);
        }
    }
}

/* What is shown is never off by more than its last digit: half a tenth below 100, half a one above. */
static void counts_are_true(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        double value = (double)(hash_mix(i) % 999000000) / (i % 2 ? 1 : 1000), unit = 1;
        char text[NUMBER_TEXT], *end;
        double shown = strtod(number_count(value, text), &end);
        if (*end == 'k')
            unit = 1e3;
        if (*end == 'M')
            unit = 1e6;
        if (*end == 'G')
            unit = 1e9;
        assert_true(fabs(shown * unit - value) <= unit * (shown < 100 ? 0.0501 : 0.501));
        assert_true(strlen(text) <= 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_by_1024),
        cmocka_unit_test(counts_go_by_1000),
        cmocka_unit_test(cores_have_thousandths),
        cmocka_unit_test(percents_are_short),
        cmocka_unit_test(rates_are_a_second),
        cmocka_unit_test(durations_go_down_to_microseconds),
        cmocka_unit_test(no_number_is_too_long),
        cmocka_unit_test(counts_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
