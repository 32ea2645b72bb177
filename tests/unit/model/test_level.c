#include "model/level.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_names(void **state)
{
    (void)state;
    for (int l = 0; l < LEVEL_COUNT; l++)
        assert_int_equal(level_of_name(str_of(level_name((enum level)l))), l);
    assert_string_equal(level_name(LEVEL_UNKNOWN), "unknown");
    assert_string_equal(level_name(LEVEL_FATAL), "fatal");
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        enum level level;
    } cases[] = {{"ERR", LEVEL_ERROR},       {"Error", LEVEL_ERROR},  {"E", LEVEL_ERROR},
                 {"WARNING", LEVEL_WARN},    {"wrn", LEVEL_WARN},     {"w", LEVEL_WARN},
                 {"CRITICAL", LEVEL_FATAL},  {"panic", LEVEL_FATAL},  {"F", LEVEL_FATAL},
                 {"Notice", LEVEL_INFO},     {"inf", LEVEL_INFO},     {"I", LEVEL_INFO},
                 {"DBG", LEVEL_DEBUG},       {"d", LEVEL_DEBUG},      {"verbose", LEVEL_TRACE},
                 {"trc", LEVEL_TRACE},       {"", LEVEL_UNKNOWN},     {"erroneous", LEVEL_UNKNOWN},
                 {"err\xff", LEVEL_UNKNOWN}, {"none", LEVEL_UNKNOWN}, {"er", LEVEL_UNKNOWN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(level_of_name(str_of(cases[i].form)), cases[i].level);
    assert_int_equal(level_of_name((struct str){NULL, 0}), LEVEL_UNKNOWN);
    assert_int_equal(level_of_name((struct str){"errors", 3}), LEVEL_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
