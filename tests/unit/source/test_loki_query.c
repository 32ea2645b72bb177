#include "source/loki/loki_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *query, const char *expected)
{
    char *got = loki_query_with(query, "| drop x");
    assert_string_equal(got, expected);
    free(got);
}

static void stages_have_a_line_of_their_own(void **state)
{
    (void)state;
    check("{a=\"b\"}", "{a=\"b\"}\n| drop x");
    check("{a=\"b\"} # all (of it)", "{a=\"b\"} # all (of it)\n| drop x");
    check("", "\n| drop x");
}

static void parentheses_around_the_whole_are_blanked(void **state)
{
    (void)state;
    check("({a=\"b\"} |= \"x\")", " {a=\"b\"} |= \"x\" \n| drop x");
    check(" (\n({a=\"b\"})) # (odd)\n", "  \n {a=\"b\"}   # (odd)\n\n| drop x");
}

static void those_inside_stay(void **state)
{
    (void)state;
    static const char *const queries[] = {"{a=\"b\"} | (c=\"d\" or e=\"f\")",
                                          "{a=\"b\"} |= \"(x)\"", "{a=\"b\"} |~ `)`",
                                          "{a=\"b\"} |= \"\\\")\"", "({a=\"b\"} |= \")"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char *got = loki_query_with(queries[i], "");
        assert_memory_equal(got, queries[i], strlen(queries[i]));
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_have_a_line_of_their_own),
        cmocka_unit_test(parentheses_around_the_whole_are_blanked),
        cmocka_unit_test(those_inside_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
