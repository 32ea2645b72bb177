#include "source/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct scan of(const char *text)
{
    return (struct scan){.p = text, .end = text + strlen(text)};
}

static void members_and_elements_are_walked(void **state)
{
    (void)state;
    struct scan s = of(" { \"a\" : [1, \"x\" ,{}, []] , \"b\":-1.5e3,\"c\":null } ");
    struct str name;
    scan_need(&s, '{');
    assert_true(scan_member(&s, &name));
    assert_true(str_is(name, "a"));
    scan_need(&s, '[');
    assert_true(scan_element(&s));
    assert_true(str_is(scan_number(&s), "1"));
    assert_true(scan_element(&s));
    assert_true(str_is(scan_string(&s), "x"));
    assert_true(scan_element(&s));
    scan_skip(&s);
    assert_true(scan_element(&s));
    scan_skip(&s);
    assert_false(scan_element(&s));
    assert_true(scan_member(&s, &name));
    assert_true(str_is(scan_number(&s), "-1.5e3"));
    assert_true(scan_member(&s, &name));
    assert_true(str_is(name, "c"));
    scan_skip(&s);
    assert_false(scan_member(&s, &name));
    assert_false(s.bad);
}

static void text_keeps_nul_and_escapes(void **state)
{
    (void)state;
    struct scan s = of("\"a\\u0000b\\n\\\"\\\\\\u001b[0m \\ud83d\\ude00 \\ud83d\"");
    struct buf b;
    buf_init(&b, 1000);
    assert_true(scan_text(&s, &b));
    const char expected[] = "a\0b\n\"\\\x1b[0m \xf0\x9f\x98\x80 \xef\xbf\xbd";
    assert_int_equal(b.n, sizeof expected - 1);
    assert_memory_equal(b.p, expected, b.n);
    buf_free(&b);
}

static void a_buffer_that_is_full_is_told_from_a_broken_text(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 3);
    struct scan s = of("\"abcd\"");
    assert_false(scan_text(&s, &b));
    assert_true(b.over);
    assert_false(s.bad);
    buf_clear(&b);
    s = of("\"a\\x\"");
    assert_false(scan_text(&s, &b));
    assert_true(s.bad);
    buf_free(&b);
}

static void broken_texts_are_bad(void **state)
{
    (void)state;
    static const char *const texts[] = {"",  "{", "[1", "\"abc",  "\"abc\\", "\"abc\\\"",
                                        "]", ",", ":",  "{\"a\"", "[[[}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct scan s = of(texts[i]);
        scan_skip(&s);
        /* Brackets of the wrong kind are the splitter's to find: only the depth counts here. */
        if (strcmp(texts[i], "[[[}") != 0)
            assert_true(s.bad);
    }
    struct scan s = of("x");
    scan_need(&s, 'y');
    assert_true(s.bad);
    assert_false(scan_next_is(&s, 'x'));
}

static void labels_are_sets(void **state)
{
    (void)state;
    static const char *const without[] = {"detected_level", NULL};
    struct scan s = of("{\"pod\":\"a\\\"1\",\"detected_level\":\"info\",\"app\":\"\\u003c\\u003e\","
                       "\"ns\":\"x\"} rest");
    const struct labels *l = scan_labels(&s, without);
    assert_false(s.bad);
    assert_int_equal(l->count, 3);
    assert_string_equal(labels_value(l, "pod"), "a\"1");
    assert_string_equal(labels_value(l, "app"), "<>");
    assert_string_equal(labels_value(l, "detected_level"), "");
    assert_true(scan_next_is(&s, 'r'));
    s = of("{\"ns\":\"x\",\"app\":\"<>\",\"pod\":\"a\\\"1\"}");
    const struct labels *same = scan_labels(&s, NULL);
    assert_ptr_equal(l, same);
    labels_drop(l);
    labels_drop(same);
    s = of("{}");
    l = scan_labels(&s, NULL);
    assert_int_equal(l->count, 0);
    labels_drop(l);
    s = of("{\"a\":\"b\"");
    l = scan_labels(&s, NULL);
    assert_true(s.bad);
    labels_drop(l);
}

static void seconds_are_exact(void **state)
{
    (void)state;
    int64_t ns;
    assert_true(scan_seconds(str_of("1795363236.335"), &ns));
    assert_int_equal(ns, INT64_C(1795363236335000000));
    assert_true(scan_seconds(str_of("1795363236"), &ns));
    assert_int_equal(ns, INT64_C(1795363236000000000));
    assert_true(scan_seconds(str_of("1.123456789123"), &ns));
    assert_int_equal(ns, 1123456789);
    assert_true(scan_seconds(str_of("1e9"), &ns) == false);
    assert_false(scan_seconds(str_of(""), &ns));
    assert_false(scan_seconds(str_of("-1"), &ns));
    assert_false(scan_seconds(str_of("99999999999999999999"), &ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_elements_are_walked),
        cmocka_unit_test(text_keeps_nul_and_escapes),
        cmocka_unit_test(a_buffer_that_is_full_is_told_from_a_broken_text),
        cmocka_unit_test(broken_texts_are_bad),
        cmocka_unit_test(labels_are_sets),
        cmocka_unit_test(seconds_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
