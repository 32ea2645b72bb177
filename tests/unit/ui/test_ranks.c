#include "ui/table/ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/intern.h"

static uint64_t of(struct ranks *r, const char *text)
{
    const char *interned = intern_text(text);
    uint64_t number = ranks_of(r, interned);
    intern_drop(interned);
    return number;
}

static bool add(struct ranks *r, const char *text)
{
    const char *interned = intern_text(text);
    bool taken = ranks_add(r, interned);
    intern_drop(interned);
    return taken;
}

static void natural_order_whenever_they_come(void **state)
{
    (void)state;
    struct ranks *r = ranks_new();
    assert_true(add(r, "pod-10") && add(r, "pod-9") && add(r, "pod-9") && ranks_add(r, NULL));
    uint64_t nine = of(r, "pod-9"), ten = of(r, "pod-10");
    assert_true(nine < ten);
    assert_true(of(r, "a") < nine && of(r, "z") > ten);
    assert_true(of(r, "pod-9a") > nine && of(r, "pod-9a") < ten);
    assert_int_equal(of(r, "pod-9"), nine);
    assert_int_equal(ranks_of(r, NULL), 0);
    assert_false(ranks_worn(r));
    ranks_free(r);
    assert_int_equal(intern_count(), 0);
}

/* Each stands right behind the one before, and before the last: the room between halves. */
static void worn_says_so(void **state)
{
    (void)state;
    struct ranks *r = ranks_new();
    char text[16];
    add(r, "a");
    add(r, "z");
    uint64_t before = of(r, "a"), last = of(r, "z");
    for (int i = 0; !ranks_worn(r); i++) {
        assert_true(i < 64);
        snprintf(text, sizeof text, "m%d", i);
        uint64_t number = of(r, text);
        assert_true(ranks_worn(r) || (number > before && number < last));
        before = number;
    }
    ranks_free(r);
    assert_int_equal(intern_count(), 0);
}

static void too_many_go_by_their_first_bytes(void **state)
{
    (void)state;
    struct ranks *r = ranks_new();
    char text[16];
    bool taken = true;
    for (int i = 0; i < 10000; i++) {
        snprintf(text, sizeof text, "%05d", i);
        taken &= add(r, text);
    }
    assert_false(taken);
    assert_true(of(r, "00001") < of(r, "00002"));
    assert_false(ranks_worn(r));
    ranks_free(r);
    ranks_free(NULL);
    assert_int_equal(intern_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(natural_order_whenever_they_come),
        cmocka_unit_test(worn_says_so),
        cmocka_unit_test(too_many_go_by_their_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
