#include "ui/log/folds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "triage/grouping/continuation.h"
#include "ui/log/logview.h"

static const struct labels *set_of(const char *pod)
{
    struct str name = str_of("pod"), value = str_of(pod);
    return labels_get(&name, &value, 1);
}

static void add(struct lines *l, int64_t ms, const struct labels *pod, const char *text)
{
    lines_add(l, &(struct line){.time = ms * CLOCK_MS, .labels = pod, .text = str_of(text)});
}

/* Two streams that are interleaved: a trace in each, and lines of their own. */
static struct lines *fill(const struct labels *a, const struct labels *b)
{
    struct lines *l = lines_new(1 << 20);
    add(l, 0, a, "2021-08-27 13:00:00 ERROR order failed");
    add(l, 1, b, "Traceback (most recent call last):");
    add(l, 2, a, "java.lang.IllegalStateException: no stock");
    add(l, 3, b, "  File \"a.py\", line 3, in run");
    add(l, 4, a, "\tat com.shop.Order.reserve(Order.java:88)");
    add(l, 5, b, "    raise ValueError('x')");
    add(l, 6, b, "ValueError: x");
    add(l, 7, a, "\t... 23 more");
    add(l, 8, b, "plain text of another message");
    add(l, 9, a, "2021-08-27 13:00:01 INFO next");
    return l;
}

static void traces_are_folded_by_stream(void **state)
{
    (void)state;
    static const size_t heads[] = {0, 1, 0, 1, 0, 1, 1, 0, 8, 9};
    const struct labels *a = set_of("a"), *b = set_of("b");
    struct lines *l = fill(a, b);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(folds_head(l, i), heads[i]);
    struct logview v = {.follow = true, .fold = true};
    logview_sync(&v, l);
    assert_int_equal(v.cursor, 9);
    logview_move(&v, -1);
    assert_int_equal(v.cursor, 8);
    logview_move(&v, -1);
    assert_int_equal(v.cursor, 1);
    assert_int_equal(logview_folded(&v, 1, 100), 3);
    assert_int_equal(logview_folded(&v, 0, 100), 3);
    assert_int_equal(logview_folded(&v, 8, 100), 0);
    assert_true(logview_unfold(&v, 1));
    logview_move(&v, 1);
    assert_int_equal(v.cursor, 3);
    logview_move(&v, 1);
    assert_int_equal(v.cursor, 5);
    assert_true(logview_unfold(&v, 5)); /* from inside: folded, the cursor on the head */
    assert_int_equal(v.cursor, 1);
    assert_false(logview_unfold(&v, 9));
    logview_free(&v);
    lines_free(l);
    labels_drop(a);
    labels_drop(b);
}

static void what_is_found_is_unfolded(void **state)
{
    (void)state;
    const struct labels *a = set_of("a"), *b = set_of("b");
    struct lines *l = fill(a, b);
    struct regex *more = regex_new("23 more", 0, NULL), *none = regex_new("nowhere", 0, NULL);
    struct logview v = {.follow = true, .fold = true};
    logview_sync(&v, l);
    logview_move(&v, -1);
    logview_find(&v, LOGVIEW_MATCH, none, false);
    while (logview_search(&v) == LOGVIEW_SEARCHING)
        ;
    assert_int_equal(v.cursor, 8); /* it stays where it was */
    logview_find(&v, LOGVIEW_MATCH, more, false);
    assert_int_equal(logview_search(&v), LOGVIEW_FOUND);
    assert_int_equal(v.cursor, 7);
    logview_sync(&v, l);
    assert_int_equal(v.cursor, 7);
    /* A filter looks at every line for itself. */
    logview_filter(&v, more, false);
    logview_sync(&v, l);
    assert_int_equal(logview_next(&v, 0, true), 7);
    assert_int_equal(logview_next(&v, 8, true), SIZE_MAX);
    regex_free(more);
    regex_free(none);
    logview_free(&v);
    lines_free(l);
    labels_drop(a);
    labels_drop(b);
}

/* An older page brings the head of what was none's. */
static void a_head_that_comes_later_takes_its_lines(void **state)
{
    (void)state;
    const struct labels *a = set_of("a");
    struct lines *l = lines_new(1 << 20);
    struct logview v = {.follow = true, .fold = true};
    add(l, 5, a, "\tat com.shop.Order.reserve(Order.java:88)");
    add(l, 9, a, "2021-08-27 13:00:01 INFO next");
    logview_sync(&v, l);
    assert_int_equal(logview_next(&v, 0, true), 0);
    add(l, 4, a, "2021-08-27 13:00:00 ERROR order failed");
    logview_sync(&v, l);
    assert_int_equal(logview_next(&v, 1, true), 2);
    assert_int_equal(logview_folded(&v, 0, 9), 1);
    logview_free(&v);
    lines_free(l);
    labels_drop(a);
}

/* continuation_may never denies what the rule joins. */
static void may_is_true_for_all_that_joins(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2021-08-27 ERROR x failed:",
        "panic: boom",
        "goroutine 1 [running]:",
        "main.f(0x1)",
        "",
        "\tat a.b.C(D.java:1)",
        "  indented",
        "Caused by: java.io.IOException: x",
        "... 3 more",
        "Traceback (most recent call last):",
        "  File \"x\", line 1",
        "ValueError: x",
        "KeyError",
        "During handling of the above exception, another exception occurred:",
        "exit status 2",
        "created by main.main",
        "--- End of inner exception ---",
        "plain words",
        "{\"a\":1}",
        "Suppressed: x",
        "created",
        "[signal SIGSEGV]",
        "runtime stack:",
        "Exception in thread main",
    };
    enum { TEXTS = sizeof texts / sizeof *texts };
    uint32_t seed = 7;
    struct continuation c = {0};
    const char *before = "";
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        const char *text = texts[(seed >> 8) % TEXTS];
        bool joined = continuation_add(&c, str_of(text));
        if (!joined)
            c.bad = (seed >> 30) & 1;
        if (joined && !continuation_may(str_of(text), str_of(before)))
            fail_msg("'%s' joined behind '%s'", text, before);
        before = text;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_are_folded_by_stream),
        cmocka_unit_test(what_is_found_is_unfolded),
        cmocka_unit_test(a_head_that_comes_later_takes_its_lines),
        cmocka_unit_test(may_is_true_for_all_that_joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
