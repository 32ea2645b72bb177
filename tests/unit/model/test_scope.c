#include "model/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"

static void test_choosing_forgets(void **state)
{
    (void)state;
    struct scope s = {0};
    assert_true(scope_set_namespace(&s, "shop"));
    assert_false(scope_set_namespace(&s, "shop"));
    assert_true(scope_set_node(&s, "node-1"));
    assert_true(scope_set_pod(&s, "shop", "cart-1"));
    assert_true(scope_set_container(&s, "app"));
    assert_int_equal(s.changes, 4);
    assert_true(scope_set_pod(&s, "shop", "cart-2"));
    assert_string_equal(s.container, "");
    scope_set_container(&s, "app");
    assert_false(scope_set_pod(&s, "shop", "cart-2"));
    assert_string_equal(s.container, "app");
    assert_true(scope_set_node(&s, "node-1")); /* the same node, but the pod is forgotten */
    assert_string_equal(s.pod, "");
    assert_string_equal(s.pod_namespace, "");
    assert_false(scope_set_node(&s, "node-1"));
    str_copy(s.workload, sizeof s.workload, "cart");
    assert_true(scope_set_namespace(&s, ""));
    assert_string_equal(s.node, "");
    assert_string_equal(s.workload, "");
}

static void test_long_names(void **state)
{
    (void)state;
    char name[400];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct scope s = {0};
    assert_true(scope_set_node(&s, name));
    assert_int_equal(strlen(s.node), SCOPE_NAME - 1);
    assert_false(scope_set_node(&s, name));
    name[10] = '\0';
    assert_true(scope_set_node(&s, name));
    assert_string_equal(s.node, "aaaaaaaaaa");
}

static void test_time(void **state)
{
    (void)state;
    struct scope s = {0};
    clock_freeze(1000 * CLOCK_HOUR);
    assert_true(scope_set_time(&s, 0, CLOCK_HOUR));
    assert_true(scope_is_live(&s));
    assert_int_equal(s.from, 999 * CLOCK_HOUR);
    assert_int_equal(s.to, 0);
    assert_false(scope_set_time(&s, 0, CLOCK_HOUR));
    assert_true(scope_set_window(&s, "errors", 10 * CLOCK_MINUTE, 20 * CLOCK_MINUTE));
    assert_false(scope_is_live(&s));
    assert_int_equal(s.at, 20 * CLOCK_MINUTE);
    assert_string_equal(s.rule, "errors");
    assert_true(scope_set_time(&s, CLOCK_HOUR, CLOCK_MINUTE));
    assert_int_equal(s.from, 59 * CLOCK_MINUTE);
    assert_int_equal(s.to, CLOCK_HOUR);
    assert_true(scope_set_group(&s, "0123456789abcdef"));
    assert_string_equal(s.group, "0123456789abcdef");
    assert_false(scope_set_group(&s, "0123456789abcdef"));
    clock_freeze(0);
}

static void test_undo_and_redo(void **state)
{
    (void)state;
    struct scope_history *h = scope_history_new();
    struct scope s = {0};
    assert_false(scope_history_undo(h, &s));
    assert_false(scope_history_redo(h, &s));
    for (int i = 0; i < 3; i++) {
        scope_set_namespace(&s, (const char *[]){"a", "b", "c"}[i]);
        scope_history_push(h, &s);
        scope_history_push(h, &s);
    }
    uint64_t changes = s.changes;
    assert_true(scope_history_undo(h, &s));
    assert_string_equal(s.namespace_, "b");
    assert_true(s.changes > changes);
    assert_true(scope_history_undo(h, &s));
    assert_true(scope_history_redo(h, &s));
    assert_string_equal(s.namespace_, "b");
    scope_set_namespace(&s, "d"); /* not pushed: the present is kept by undo itself */
    assert_false(scope_history_redo(h, &s));
    assert_true(scope_history_undo(h, &s));
    assert_string_equal(s.namespace_, "b");
    assert_true(scope_history_redo(h, &s));
    assert_string_equal(s.namespace_, "d");
    assert_false(scope_history_redo(h, &s)); /* "c" is no future any more */
    scope_history_free(h);
}

static void test_bounded_past(void **state)
{
    (void)state;
    struct scope_history *h = scope_history_new();
    struct scope s = {0};
    char name[16];
    for (int i = 0; i < 250; i++) {
        snprintf(name, sizeof name, "ns-%d", i);
        scope_set_namespace(&s, name);
        scope_history_push(h, &s);
    }
    int back = 0;
    while (scope_history_undo(h, &s))
        back++;
    assert_int_equal(back, 99);
    assert_string_equal(s.namespace_, "ns-150");
    scope_history_free(h);
    scope_history_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choosing_forgets),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_undo_and_redo),
        cmocka_unit_test(test_bounded_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
