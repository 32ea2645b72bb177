#include "model/tallies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_counts(void **state)
{
    (void)state;
    struct tallies t = {0};
    tallies_add(&t, str_of("b"), 1);
    tallies_add(&t, str_of("a"), 2);
    tallies_add(&t, str_of("b"), 3);
    tallies_add(&t, (struct str){"a\0x", 3}, 1); /* as JSON would read it back */
    tallies_add(&t, str_of(""), 1);
    assert_int_equal(t.count, 3);
    tallies_sort(&t);
    assert_string_equal(t.list[0].name, "");
    assert_string_equal(t.list[1].name, "a");
    assert_int_equal(t.list[1].count, 3);
    assert_int_equal(t.list[2].count, 4);
    tallies_free(&t);
    assert_int_equal(t.count, 0);
    tallies_sort(&t);
    tallies_free(&t);
}

static void test_many(void **state)
{
    (void)state;
    struct tallies t = {0};
    char name[16];
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "pod-%d", (i * 7919) % 2000);
        tallies_add(&t, str_of(name), 1);
        if (i == 9999)
            tallies_sort(&t); /* counting goes on behind it */
    }
    tallies_sort(&t);
    assert_int_equal(t.count, 2000);
    for (size_t i = 0; i < t.count; i++) {
        assert_int_equal(t.list[i].count, 10);
        assert_true(i == 0 || strcmp(t.list[i - 1].name, t.list[i].name) < 0);
    }
    tallies_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
