#include "model/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"

#define NOW INT64_C(1630072032000000000)

static void add(struct graph *g, int i, double value)
{
    char name[20];
    struct str names[] = {str_of("pod")}, values[1];
    snprintf(name, sizeof name, "p%d", i);
    values[0] = str_of(name);
    const struct labels *l = labels_get(names, values, 1);
    graph_point(g, l, g->from, value);
    graph_point(g, l, g->from + 2 * g->step, value / 2); /* the step between is a gap */
    graph_point(g, l, g->to + g->step, 1e9);             /* outside */
    labels_drop(l);
}

static void the_highest_series_are_kept(void **state)
{
    (void)state;
    struct graph g = {0};
    graph_start(&g, QUESTION_LOGQL, "x", NOW - CLOCK_HOUR, NOW, true);
    assert_true(g.points <= GRAPH_POINTS);
    assert_int_equal(g.from % g.step, 0);
    for (int i = 0; i < GRAPH_SERIES + 10; i++)
        add(&g, i, i == 3 ? 1000 : i); /* the highest comes early */
    assert_int_equal(g.total, GRAPH_SERIES + 10);
    assert_int_equal(g.count, GRAPH_SERIES);
    assert_true(graph_most(&g) == 1000);
    bool found = false;
    for (size_t i = 0; i < g.count; i++)
        found |= g.series[i].most == 1000;
    assert_true(found);
    assert_true(isnan(g.series[0].values[1]));
    assert_false(isnan(g.series[0].values[2]));
    graph_clear(&g);
    assert_true(isnan(graph_most(&g)));
}

static void odd_values_do_no_harm(void **state)
{
    (void)state;
    struct graph g = {0};
    graph_start(&g, QUESTION_PROMQL, "x", NOW - CLOCK_MINUTE, NOW, false);
    graph_point(&g, NULL, g.from, NAN);
    graph_point(&g, NULL, g.from + g.step, INFINITY);
    graph_point(&g, NULL, g.from + 2 * g.step, -3);
    assert_int_equal(g.count, 1);
    assert_true(graph_most(&g) == -3);
    assert_true(graph_least(&g) == -3);
    graph_clear(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_series_are_kept),
        cmocka_unit_test(odd_values_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
