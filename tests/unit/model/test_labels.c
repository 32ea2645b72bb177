#include "model/labels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/intern.h"

static const struct labels *get(const char *a, const char *x, const char *b, const char *y)
{
    struct str names[] = {str_of(a), str_of(b)}, values[] = {str_of(x), str_of(y)};
    return labels_get(names, values, 2);
}

static void test_equal_is_same(void **state)
{
    (void)state;
    const struct labels *l = get("pod", "a", "app", "shop"), *m = get("app", "shop", "pod", "a");
    const struct labels *other = get("pod", "b", "app", "shop"),
                        *swapped = get("pod", "shop", "app", "a");
    assert_ptr_equal(l, m);
    assert_ptr_not_equal(l, other);
    assert_ptr_not_equal(l, swapped);
    assert_int_equal(l->references, 2);
    assert_string_equal(l->list[0].name, "app");
    assert_string_equal(l->list[1].name, "pod");
    assert_string_equal(labels_value(l, "pod"), "a");
    assert_string_equal(labels_value(l, "app"), "shop");
    assert_string_equal(labels_value(l, "none"), "");
    assert_string_equal(labels_value(NULL, "pod"), "");
    assert_ptr_equal(labels_hold(l), l);
    assert_null(labels_hold(NULL));
    labels_drop(l);
    labels_drop(l);
    assert_string_equal(labels_value(m, "pod"), "a");
    labels_drop(m);
    labels_drop(other);
    labels_drop(swapped);
    labels_drop(NULL);
    assert_int_equal(intern_count(), 0);
}

static void test_twice_and_empty(void **state)
{
    (void)state;
    const struct labels *l = get("pod", "first", "pod", "last"), *none = labels_get(NULL, NULL, 0);
    assert_int_equal(l->count, 1);
    assert_string_equal(labels_value(l, "pod"), "last");
    assert_int_equal(none->count, 0);
    struct str name = {"po\0d", 4}, value = {"a\0b", 3};
    const struct labels *cut = labels_get(&name, &value, 1);
    assert_string_equal(labels_value(cut, "po"), "a");
    labels_drop(l);
    labels_drop(none);
    labels_drop(cut);
    assert_int_equal(intern_count(), 0);
}

static void test_many(void **state)
{
    (void)state;
    enum { SETS = 3000, WIDE = 100 };
    static const struct labels *sets[SETS];
    struct str names[WIDE], values[WIDE];
    static char text[WIDE][16];
    for (size_t i = 0; i < SETS; i++) {
        char pod[32];
        snprintf(pod, sizeof pod, "pod-%zu", i);
        sets[i] = get("pod", pod, "namespace", "shop");
    }
    for (size_t i = 0; i < SETS; i++) {
        char pod[32];
        snprintf(pod, sizeof pod, "pod-%zu", i);
        assert_string_equal(labels_value(sets[i], "pod"), pod);
        const struct labels *again = get("namespace", "shop", "pod", pod);
        assert_ptr_equal(again, sets[i]);
        labels_drop(again);
        if (i % 2)
            labels_drop(sets[i]);
    }
    for (size_t i = 0; i < SETS; i += 2)
        labels_drop(sets[i]);
    for (size_t i = 0; i < WIDE; i++) {
        snprintf(text[i], sizeof text[i], "%zu", WIDE - i);
        names[i] = values[i] = str_of(text[i]);
    }
    const struct labels *wide = labels_get(names, values, WIDE);
    for (size_t i = 0; i < WIDE; i++)
        assert_string_equal(labels_value(wide, text[i]), text[i]);
    labels_drop(wide);
    assert_int_equal(intern_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal_is_same),
                                       cmocka_unit_test(test_twice_and_empty),
                                       cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
