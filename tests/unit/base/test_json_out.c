#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct buf out;

static struct json_out start(void)
{
    buf_free(&out);
    buf_init(&out, 100000);
    return (struct json_out){.b = &out};
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

static void commas_come_by_themselves(void **state)
{
    (void)state;
    struct json_out o = start();
    json_out_object(&o, NULL);
    json_out_text(&o, "a", "x");
    json_out_array(&o, "list");
    json_out_int(&o, NULL, 1);
    json_out_object(&o, NULL);
    json_out_end_object(&o);
    json_out_array(&o, NULL);
    json_out_end_array(&o);
    json_out_bool(&o, NULL, false);
    json_out_end_array(&o);
    json_out_bool(&o, "yes", true);
    json_out_text(&o, "none", NULL);
    json_out_string(&o, "empty", (struct str){NULL, 0});
    json_out_number(&o, "half", 0.5);
    json_out_end_object(&o);
    assert_string_equal(buf_text(&out),
                        "{\"a\":\"x\",\"list\":[1,{},[],false],\"yes\":true,\"none\":null,"
                        "\"empty\":\"\",\"half\":0.5}");
}

static void check_escape(const char *text, size_t n, const char *expected)
{
    start();
    json_out_escape(&out, (struct str){text, n});
    assert_string_equal(buf_text(&out), expected);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    check_escape("plain 한글 \xf0\x9f\x98\x80", 17, "\"plain 한글 \xf0\x9f\x98\x80\"");
    check_escape("\"\\/\n\r\t\b\f", 8, "\"\\\"\\\\/\\n\\r\\t\\b\\f\"");
    check_escape("a\0b\x01\x1f", 5, "\"a\\u0000b\\u0001\\u001f\"");
    check_escape("\xff"
                 "a\xc3",
                 3,
                 "\"\xef\xbf\xbd"
                 "a\xef\xbf\xbd\"");
    check_escape("\xef\xbf\xbd", 3, "\"\xef\xbf\xbd\"");
}

static void what_steers_a_terminal_is_written_in_digits(void **state)
{
    (void)state;
    check_escape("\x1b[31m", 5, "\"\\u001b[31m\"");
    check_escape("\x7f\xc2\x9b", 3, "\"\\u007f\\u009b\"");
    check_escape("\xe2\x80\xae\xe2\x80\xa8\xe2\x81\xa6\xef\xbb\xbf", 12,
                 "\"\\u202e\\u2028\\u2066\\ufeff\"");
    check_escape("\xf3\xa0\x81\xa1", 4, "\"\\udb40\\udc61\"");
}

static void check_number(double value, const char *expected)
{
    struct json_out o = start();
    json_out_number(&o, NULL, value);
    assert_string_equal(buf_text(&out), expected);
}

static void numbers_are_short_and_exact(void **state)
{
    (void)state;
    check_number(0, "0");
    check_number(-0.0, "0");
    check_number(1, "1");
    check_number(-17, "-17");
    check_number(0.1, "0.1");
    check_number(1.0 / 3, "0.3333333333333333");
    check_number(123456789012345, "123456789012345");
    check_number(9007199254740993.0, "9007199254740992");
    check_number(1e21, "1e+21");
    check_number(1e-7, "1e-07");
    check_number(DBL_MAX, "1.7976931348623157e+308");
    check_number(5e-324, "5e-324");
    check_number(NAN, "null");
    check_number(INFINITY, "null");
    check_number(-INFINITY, "null");
    struct json_out o = start();
    json_out_int(&o, NULL, INT64_MIN);
    assert_string_equal(buf_text(&out), "-9223372036854775808");
}

static void any_number_reads_back_equal(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t bits = hash_mix(i);
        double value, decimal = ((double)(hash_mix(i) % 2000000) - 1000000) / 1000;
        memcpy(&value, &bits, sizeof value);
        struct json_out o = start();
        json_out_number(&o, NULL, value);
        if (isfinite(value))
            assert_true(strtod(buf_text(&out), NULL) == value);
        o = start();
        json_out_number(&o, NULL, decimal);
        assert_true(strtod(buf_text(&out), NULL) == decimal);
        assert_true(out.n <= 9);
    }
}

static void parsed_values_come_out_as_they_were(void **state)
{
    (void)state;
    static const char text[] =
        "{\"z\":[1,-2.5,\"a\\\"b\",{}],\"a\":{\"k\":null,\"t\":true,\"f\":false},\"\":[]}";
    struct json_doc *d = json_doc_new();
    const struct json *j = json_parse(d, text, sizeof text - 1, NULL);
    struct json_out o = start();
    json_out_object(&o, NULL);
    json_out_json(&o, "v", j);
    json_out_json(&o, "nothing", NULL);
    json_out_end_object(&o);
    assert_int_equal(out.n, sizeof text - 1 + strlen("{\"v\":,\"nothing\":null}"));
    assert_memory_equal(out.p + 5, text, sizeof text - 1);
    start();
    json_out_pretty(&out, j);
    assert_string_equal(buf_text(&out), "{\n"
                                        "  \"z\": [\n"
                                        "    1,\n"
                                        "    -2.5,\n"
                                        "    \"a\\\"b\",\n"
                                        "    {}\n"
                                        "  ],\n"
                                        "  \"a\": {\n"
                                        "    \"k\": null,\n"
                                        "    \"t\": true,\n"
                                        "    \"f\": false\n"
                                        "  },\n"
                                        "  \"\": []\n"
                                        "}\n");
    json_doc_free(d);
}

static void a_full_buffer_is_told(void **state)
{
    (void)state;
    struct buf small;
    buf_init(&small, 10);
    struct json_out o = {.b = &small};
    json_out_object(&o, NULL);
    json_out_text(&o, "name", "a long text");
    json_out_end_object(&o);
    assert_true(small.over);
    buf_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(commas_come_by_themselves, teardown),
        cmocka_unit_test_teardown(strings_are_escaped, teardown),
        cmocka_unit_test_teardown(what_steers_a_terminal_is_written_in_digits, teardown),
        cmocka_unit_test_teardown(numbers_are_short_and_exact, teardown),
        cmocka_unit_test_teardown(any_number_reads_back_equal, teardown),
        cmocka_unit_test_teardown(parsed_values_come_out_as_they_were, teardown),
        cmocka_unit_test(a_full_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
