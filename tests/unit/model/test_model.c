#include "model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/intern.h"
#include "base/mem.h"

static const struct kind things = {.name = "things", .column_count = 0};

static void test_life(void **state)
{
    (void)state;
    struct model *m = model_new();
    assert_null(m->pods.table);
    assert_int_equal(m->logs.lag, -1);
    lines_add(m->logs.lines, &(struct line){.time = 1, .text = {"x", 1}});
    for (int i = 0; i < METRIC_COUNT; i++)
        series_add(m->series[i], (struct str){"a", 1}, 1, 1);
    m->nodes.table = objects_new(&things);
    m->pods.table = objects_new(&things);
    m->logs.query = mem_dup("{}");
    m->windows.rules[0] = mem_dup("errors");
    m->windows.open[0] = mem_alloc(sizeof(struct window));
    m->windows.chosen = mem_alloc(sizeof(struct window));
    m->windows.days[0] = mem_alloc(sizeof(struct window_day));
    m->insecure = mem_dup("not verified");
    intents_push(m->intents, INTENT_LOGS, "{}", 0, 0);
    model_clear(m);
    struct intent left;
    assert_null(m->nodes.table);
    assert_null(m->windows.chosen);
    assert_null(m->insecure);
    assert_int_equal(m->windows.rule_count, 0);
    assert_int_equal(lines_count(m->logs.lines), 0);
    assert_false(intents_take(m->intents, &left));
    assert_true(m->dirty);
    model_free(m);
    model_free(NULL);
    assert_int_equal(intern_count(), 0);
}

static void test_lists_filled(void **state)
{
    (void)state;
    struct model *m = model_new();
    assert_int_equal(model_lists_filled(m), 0);
    m->pods.table = objects_new(&things);
    assert_int_equal(model_lists_filled(m), 0);
    objects_put(m->pods.table,
                objects_new_row(m->pods.table, (struct str){"shop", 4}, (struct str){"web", 3}));
    assert_int_equal(model_lists_filled(m), 1);
    lines_add(m->logs.lines, &(struct line){.time = 1, .text = {"x", 1}});
    struct resource *browsed = &m->browsed[MODEL_BROWSED - 1].resource;
    browsed->table = objects_new(&things);
    objects_put(browsed->table,
                objects_new_row(browsed->table, (struct str){"", 0}, (struct str){"a", 1}));
    assert_int_equal(model_lists_filled(m), 3);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_life),
                                       cmocka_unit_test(test_lists_filled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
