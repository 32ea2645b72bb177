#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/kinds/quantity.h"

static void check_milli(const char *text, int64_t expected)
{
    int64_t value = 7;
    assert_true(quantity_milli(str_of(text), &value));
    assert_int_equal(value, expected);
}

static void check_value(const char *text, int64_t expected)
{
    int64_t value = 7;
    assert_true(quantity_value(str_of(text), &value));
    assert_int_equal(value, expected);
}

static void cpu_is_in_millicores(void **state)
{
    (void)state;
    check_milli("100m", 100);
    check_milli("1", 1000);
    check_milli("1.5", 1500);
    check_milli("0", 0);
    check_milli(".5", 500);
    check_milli("2.", 2000);
    check_milli("+3", 3000);
    check_milli("-250m", -250);
    check_milli("1k", 1000000);
    check_milli("3930m", 3930);
    /* Rounded up: metrics come in nanocores. */
    check_milli("1n", 1);
    check_milli("123456789n", 124);
    check_milli("1500u", 2);
    check_milli("0.1", 100);
    check_milli("0.0001", 1);
}

static void memory_is_in_bytes(void **state)
{
    (void)state;
    check_value("128Mi", 128 << 20);
    check_value("1Gi", 1 << 30);
    check_value("1.5Gi", (int64_t)3 << 29);
    check_value("1G", 1000000000);
    check_value("1E", 1000000000000000000);
    check_value("7Ei", (int64_t)7 << 60);
    check_value("12e6", 12000000);
    check_value("12E6", 12000000);
    check_value("1e-3", 1);
    check_value("16116152Ki", (int64_t)16116152 << 10);
    check_value("134217728", 134217728);
    check_value("128974848000m", 128974848);
    check_value("110", 110);
}

static void what_does_not_fit_is_clamped(void **state)
{
    (void)state;
    check_value("8Ei", INT64_MAX);
    check_value("1e99", INT64_MAX);
    check_milli("99999999999999999999999999", INT64_MAX);
    check_value("-9Ei", INT64_MIN);
    check_value("0.000000000000000000000000001", 1);
    check_value("123456789012345678901234567890e-20", 1234567891);
    check_milli("1Ei", INT64_MAX);
    check_milli("9223372036854775", INT64_MAX - 807);
}

static void other_text_is_refused(void **state)
{
    static const char *const bad[] = {"",    " ",  "m",    "Mi",    "1 Mi", "1mi",  "1KB",
                                      "abc", "1e", "1e+",  "1.2.3", "--1",  "1Mi ", "0x10",
                                      "NaN", ".",  "1ee3", "1e3m",  "12Mib"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 7;
        assert_false(quantity_value(str_of(bad[i]), &value));
        assert_int_equal(value, 0);
        assert_false(quantity_milli(str_of(bad[i]), &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_is_in_millicores),
        cmocka_unit_test(memory_is_in_bytes),
        cmocka_unit_test(what_does_not_fit_is_clamped),
        cmocka_unit_test(other_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
