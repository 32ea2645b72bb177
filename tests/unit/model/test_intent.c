#include "model/intent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_next(struct intents *q, enum intent_type type, const char *text, int64_t from)
{
    struct intent i;
    assert_true(intents_take(q, &i));
    assert_int_equal(i.type, type);
    if (text)
        assert_string_equal(i.text, text);
    else
        assert_null(i.text);
    assert_int_equal(i.from, from);
    free(i.text);
}

static void test_newer_replaces(void **state)
{
    (void)state;
    struct intent none;
    struct intents *q = intents_new();
    assert_false(intents_take(q, &none));
    intents_push(q, INTENT_LOGS, "{a=\"1\"}", 1, 0);
    intents_push(q, INTENT_METRICS, NULL, 2, 0);
    intents_push(q, INTENT_LOGS, "{a=\"2\"}", 3, 0);
    assert_next(q, INTENT_METRICS, NULL, 2);
    assert_next(q, INTENT_LOGS, "{a=\"2\"}", 3);
    assert_false(intents_take(q, &none));
    intents_push(q, INTENT_QUIT, NULL, 0, 0);
    intents_free(q);
    intents_free(NULL);
}

static void test_days_of_all_rules(void **state)
{
    (void)state;
    struct intents *q = intents_new();
    intents_push(q, INTENT_WINDOW_DAY, "errors", 1, 0);
    intents_push(q, INTENT_WINDOW_DAY, "gateway-5xx", 1, 0);
    intents_push(q, INTENT_WINDOW_DAY, "errors", 2, 0);
    assert_next(q, INTENT_WINDOW_DAY, "gateway-5xx", 1);
    assert_next(q, INTENT_WINDOW_DAY, "errors", 2);
    intents_free(q);
}

static void test_bounded(void **state)
{
    (void)state;
    struct intents *q = intents_new();
    char rule[24];
    for (int i = 0; i < 70; i++) {
        snprintf(rule, sizeof rule, "rule-%d", i);
        intents_push(q, INTENT_WINDOW_DAY, rule, i, 0);
    }
    for (int i = 6; i < 70; i++) {
        snprintf(rule, sizeof rule, "rule-%d", i);
        assert_next(q, INTENT_WINDOW_DAY, rule, i);
    }
    struct intent none;
    assert_false(intents_take(q, &none));
    intents_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_newer_replaces),
                                       cmocka_unit_test(test_days_of_all_rules),
                                       cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
