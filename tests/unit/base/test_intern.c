#include "base/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static void equal_strings_are_one(void **state)
{
    (void)state;
    char own[] = "shop";
    const char *a = intern_text("shop"), *b = intern_get((struct str){"shopping", 4}),
               *c = intern_text(own);
    assert_true(a == b && b == c && a != own);
    assert_string_equal(a, "shop");
    assert_int_equal(intern_count(), 1);
    assert_ptr_equal(intern_hold(a), a);
    for (int i = 0; i < 3; i++)
        intern_drop(a);
    assert_string_equal(a, "shop"); /* one is still held */
    assert_int_equal(intern_count(), 1);
    intern_drop(a);
    assert_int_equal(intern_count(), 0);
    assert_int_equal(intern_bytes(), 0);
}

static void nothing_is_the_empty_string(void **state)
{
    (void)state;
    struct str none = {NULL, 0};
    const char *a = intern_text(NULL), *b = intern_text(""), *c = intern_get(none),
               *d = intern_get(none);
    assert_true(a == b && b == c && c == d);
    assert_string_equal(a, "");
    for (int i = 0; i < 4; i++)
        intern_drop(a);
    intern_drop(NULL);
    assert_int_equal(intern_count(), 0);
}

static void a_nul_ends_the_string(void **state)
{
    (void)state;
    const char *a = intern_get((struct str){"ab\0cd", 5}), *b = intern_text("ab");
    assert_ptr_equal(a, b);
    assert_int_equal(strlen(a), 2);
    intern_drop(a);
    intern_drop(b);
}

static void counts_hold_through_random_use(void **state)
{
    (void)state;
    enum { NAMES = 3000 };
    static const char *held[NAMES];
    static int references[NAMES];
    size_t distinct = 0;
    for (uint64_t i = 0; i < 300000; i++) {
        uint64_t dice = hash_mix(i);
        size_t k = dice % NAMES;
        if (dice >> 33 & 1 || !references[k]) {
            char text[40];
            snprintf(text, sizeof text, "namespace-%zu/pod-%zu", k % 7, k);
            const char *p =
                references[k] && dice >> 34 & 1 ? intern_hold(held[k]) : intern_text(text);
            if (references[k])
                assert_ptr_equal(p, held[k]);
            assert_string_equal(p, text);
            distinct += !references[k]++;
            held[k] = p;
        } else {
            intern_drop(held[k]);
            distinct -= !--references[k];
        }
        assert_int_equal(intern_count(), distinct);
    }
    assert_true(intern_bytes() > distinct * 16);
    for (size_t k = 0; k < NAMES; k++)
        while (references[k]--)
            intern_drop(held[k]);
    assert_int_equal(intern_count(), 0);
    assert_int_equal(intern_bytes(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_strings_are_one),
        cmocka_unit_test(nothing_is_the_empty_string),
        cmocka_unit_test(a_nul_ends_the_string),
        cmocka_unit_test(counts_hold_through_random_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
