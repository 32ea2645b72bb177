#include "source/loki/loki_lanes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"

enum { QUERY_ROOM = 4096 };

/* `lines` lines of each of `count` pods in two namespaces; how: of their names. */
static struct loki_lanes *sample(const char *how, int count, int lines)
{
    struct loki_lanes *x = loki_lanes_new("pod");
    char pod[64];
    struct str names[] = {str_of("namespace"), str_of("pod"), str_of("trace.id")};
    for (int i = 0; i < count; i++) {
        snprintf(pod, sizeof pod, how, i);
        struct str values[] = {str_of(i % 2 ? "shop" : "edge"), str_of(pod), str_of(pod)};
        const struct labels *labels = labels_get(names, values, 3);
        for (int k = 0; k < lines; k++)
            loki_lanes_note(x, &(struct line){.labels = labels, .text = str_of("x")});
        labels_drop(labels);
    }
    return x;
}

static void expect_query(const struct loki_lanes *x, int lane, const char *query)
{
    struct buf out;
    buf_init(&out, QUERY_ROOM);
    loki_lanes_query(x, lane, "{app=\"web\"} |= \"a\"", &out);
    assert_string_equal(buf_text(&out), query);
    buf_free(&out);
}

static void lanes_have_about_as_many_lines(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("web-%d", 60, 20);
    assert_int_equal(loki_lanes_cut(x, 5), 5);
    for (int i = 0; i < 5; i++)
        assert_true(loki_lanes_share(x, i) > 0.19 && loki_lanes_share(x, i) < 0.21);
    loki_lanes_free(x);
}

/* Whatever streams there are that the sample did not have: they are in the last one. */
static void the_last_lane_has_what_the_others_have_not(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("web-%d", 3, 10);
    assert_int_equal(loki_lanes_cut(x, 3), 3);
    expect_query(x, 0, "{pod=~\".*[0]\",app=\"web\"} |= \"a\"");
    expect_query(x, 1, "{pod=~\".*[1]\",app=\"web\"} |= \"a\"");
    expect_query(x, 2, "{pod!~\".*[01]\",app=\"web\"} |= \"a\"");
    loki_lanes_free(x);
}

static void lanes_without_streams_are_none(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("web-%d", 3, 10);
    assert_int_equal(loki_lanes_cut(x, 8), 4);
    expect_query(x, 3, "{pod!~\".*[012]\",app=\"web\"} |= \"a\"");
    loki_lanes_free(x);
}

/* All pods end alike, but the namespaces do not. */
static void another_label_is_taken_where_it_is_better(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("web-%d-0", 60, 1);
    assert_int_equal(loki_lanes_cut(x, 2), 2);
    expect_query(x, 0, "{namespace=~\".*[e]\",app=\"web\"} |= \"a\"");
    loki_lanes_free(x);
}

static void one_stream_cannot_be_cut(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("web-%d", 1, 1000);
    assert_int_equal(loki_lanes_cut(x, 8), 1);
    loki_lanes_free(x);
    x = loki_lanes_new("pod");
    assert_int_equal(loki_lanes_cut(x, 8), 1);
    loki_lanes_free(x);
}

/* More than a sample holds, with values in any script. */
static void strange_names_are_in_the_last_lane(void **state)
{
    (void)state;
    struct loki_lanes *x = sample("\xed\x95\x9c%d\xea\xb8\x80", 3000, 1);
    assert_int_equal(loki_lanes_cut(x, 2), 2); /* by their namespaces */
    loki_lanes_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_have_about_as_many_lines),
        cmocka_unit_test(the_last_lane_has_what_the_others_have_not),
        cmocka_unit_test(lanes_without_streams_are_none),
        cmocka_unit_test(another_label_is_taken_where_it_is_better),
        cmocka_unit_test(one_stream_cannot_be_cut),
        cmocka_unit_test(strange_names_are_in_the_last_lane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
