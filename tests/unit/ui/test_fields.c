#include "ui/log/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void check(const char *in, const char *expected, bool template_text)
{
    struct fields *f = fields_new();
    struct buf out;
    buf_init(&out, 1 << 16);
    bool shown =
        template_text ? fields_template(f, str_of(in), &out) : fields_line(f, str_of(in), &out);
    assert_int_equal(shown, expected != NULL);
    assert_string_equal(buf_text(&out), expected ? expected : "");
    buf_free(&out);
    fields_free(f);
}

static void the_message_comes_first(void **state)
{
    (void)state;
    check("{\"ts\":\"2021\",\"level\":\"error\",\"msg\":\"dial failed\",\"took\":12,\"ok\":false}",
          "dial failed took=12 ok=false", false);
    check("{\"a\":\"x\",\"message\":\"m\",\"error\":\"why not\"}", "m a=x error=\"why not\"",
          false);
    check("{\"time\":1,\"status\":503,\"path\":\"/a b\"}", "status=503 path=\"/a b\"", false);
    check("{\"msg\":\"m\",\"nested\":{\"a\":[1,null]},\"empty\":\"\"}",
          "m nested={\"a\":[1,null]} empty=\"\"", false);
    check("  {\"msg\":\"m\"}\r\n", "m", false);
    check("{\"msg\":{\"not\":\"text\"},\"err\":\"e\"}", "e msg={\"not\":\"text\"}", false);
}

static void what_is_no_object_stays(void **state)
{
    (void)state;
    check("plain text", NULL, false);
    check("{broken", NULL, false);
    check("{\"a\":}", NULL, false);
    check("{}", NULL, false);
    check("[1,2]", NULL, false);
    check("{\"time\":1,\"level\":\"x\"}", NULL, false);
    check("{\"a\":1,}", "a=1", false);
    check("{\"a\":1 \"b\":2}", NULL, false);
    check("{\"a\" 1}", NULL, false);
    check("{\"a\":\"x}", NULL, false);
    check("{\"a\":[1}", NULL, false);
    check("{\"a\":{\"b\":\"}\"}", NULL, false);
    check("{a:1}", NULL, false);
    check("{\"a\":1} and more}", NULL, false);
    check("", NULL, false);
}

static void templates_lose_what_says_nothing(void **state)
{
    (void)state;
    check("{\"time\":<*>,\"remote\":<*>,\"method\":\"POST\",\"path\":\"/api/<*>\",\"status\":503}",
          "method=POST path=/api/<*> status=503", true);
    check("{\"ts\":<*>,\"msg\":\"dial tcp <*>: \\\"refused\\\" <*>\",\"n\":<*>}",
          "dial tcp <*>: \"refused\" <*>", true);
    check("{\"a\":<*>}", NULL, true);
    check("order <*> failed", NULL, true);
    check("{\"a\":<*", NULL, true);
}

static void logfmt_is_read_too(void **state)
{
    (void)state;
    check("time=12:00 level=error msg=\"dial \\\"tcp\\\" failed\" took=5s peer=\"a b\"",
          "dial \"tcp\" failed took=5s peer=\"a b\"", false);
    check("a=1 b=2", "a=1 b=2", false);
    check("err=no msg=yes", "yes err=no", false);
    check("a=1", NULL, false); /* one alone is a text with a = in it */
    check("a=1 and b=2", NULL, false);
    check("msg=\"open a=1", NULL, false);
    check("msg=\"x\"y a=1", NULL, false);
    check("GET /x?a=b c=d", NULL, false);
    check("a= b=", "a= b=", false);
}

/* Loki's longest lines: what is behind the long member is found, and in no time. */
static void long_lines_have_fields_too(void **state)
{
    (void)state;
    enum { LONG = 250000 };
    struct buf in, out;
    struct fields *f = fields_new();
    buf_init(&in, 1 << 20);
    buf_init(&out, 1 << 20);
    buf_adds(&in, "{\"level\":\"warn\",\"deep\":[");
    while (in.n < LONG / 2)
        buf_adds(&in, "{\"k\": 1, \"v\": \"] \\\" }\"}, ");
    buf_adds(&in, "0],\"pad\":\"");
    while (in.n < LONG)
        buf_adds(&in, "yyyyyyyy");
    buf_adds(&in, "\",\"msg\":\"behind it\",\"z\\u0041\":9}");
    fields_turn(f, "deep");
    int64_t began = clock_monotonic();
    for (int i = 0; i < 20; i++) {
        buf_clear(&out);
        assert_true(fields_line(f, buf_str(&in), &out));
    }
    assert_true(clock_monotonic() - began < CLOCK_SECOND);
    assert_true(str_starts(buf_str(&out), "behind it pad=yyyy"));
    assert_true(str_ends(buf_str(&out), "yy zA=9"));
    buf_clear(&in);
    buf_adds(&in, "level=error pad=");
    while (in.n < LONG)
        buf_adds(&in, "qqqqqqqq");
    buf_adds(&in, " msg=end");
    buf_clear(&out);
    assert_true(fields_line(f, buf_str(&in), &out));
    assert_true(str_starts(buf_str(&out), "end pad=qqq"));
    buf_free(&in);
    buf_free(&out);
    fields_free(f);
}

static void names(void *context, struct str name, struct str value)
{
    buf_printf(context, "%.*s:%.*s ", (int)name.n, name.p, (int)value.n, value.p);
}

static void members_are_chosen(void **state)
{
    (void)state;
    struct fields *f = fields_new();
    struct buf out;
    struct str line = str_of("{\"msg\":\"m\",\"a\":1,\"b\":2,\"c\":3}");
    buf_init(&out, 1 << 16);
    assert_true(fields_each(f, line, names, &out));
    assert_string_equal(buf_text(&out), "a:1 b:2 c:3 ");
    fields_turn(f, "b");
    buf_clear(&out);
    assert_true(fields_line(f, line, &out));
    assert_string_equal(buf_text(&out), "m a=1 c=3");
    fields_start(f, false);
    fields_turn(f, "b");
    buf_clear(&out);
    fields_line(f, line, &out);
    assert_string_equal(buf_text(&out), "m b=2");
    fields_turn(f, "b");
    buf_clear(&out);
    fields_line(f, line, &out);
    assert_string_equal(buf_text(&out), "m");
    buf_clear(&out);
    assert_true(fields_line(f, str_of("msg=m a=1"), &out));
    assert_string_equal(buf_text(&out), "m");
    assert_false(fields_each(f, str_of("plain"), names, &out));
    buf_free(&out);
    fields_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_comes_first),
        cmocka_unit_test(what_is_no_object_stays),
        cmocka_unit_test(templates_lose_what_says_nothing),
        cmocka_unit_test(logfmt_is_read_too),
        cmocka_unit_test(long_lines_have_fields_too),
        cmocka_unit_test(members_are_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
