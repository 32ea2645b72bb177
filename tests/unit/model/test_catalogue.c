#include "model/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static const int64_t t0 = 1630069200 * CLOCK_SECOND; /* 2021-08-27T13:00:00Z */

static void assert_json(const struct catalogue *c, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    catalogue_to_json(c, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static struct catalogue *parse(const char *json, struct err *err)
{
    return catalogue_from_json(json, strlen(json), "groups.json", err);
}

static void assert_error(const char *json, const char *expected)
{
    struct err err;
    char line[1024];
    assert_null(parse(json, &err));
    assert_string_equal(err_line(&err, line, sizeof line), expected);
    assert_null(parse(json, NULL));
}

static void test_merging(void **state)
{
    (void)state;
    struct catalogue *c = catalogue_new("prod-seoul");
    assert_null(catalogue_find(c, "0123456789abcdef"));
    assert_true(catalogue_merge_group(c, "bbbbbbbbbbbbbbbb", "b <*>", t0, t0 + 5));
    assert_true(catalogue_merge_group(c, "aaaaaaaaaaaaaaaa", "a", t0, t0));
    assert_false(catalogue_merge_group(c, "bbbbbbbbbbbbbbbb", "b <*>", t0 + 1, t0 + 5));
    assert_true(catalogue_merge_group(c, "bbbbbbbbbbbbbbbb", "other", t0 - 1, t0 + 2));
    assert_true(catalogue_merge_group(c, "bbbbbbbbbbbbbbbb", "b <*>", t0, t0 + 9));
    const struct catalogue_group *g = catalogue_find(c, "bbbbbbbbbbbbbbbb");
    assert_string_equal(g->template_text, "b <*>");
    assert_int_equal(g->first, t0 - 1);
    assert_int_equal(g->last, t0 + 9);
    const char *json =
        "{\"schema\":1,\"cluster\":\"prod-seoul\",\"groups\":["
        "{\"id\":\"aaaaaaaaaaaaaaaa\",\"template\":\"a\","
        "\"first\":\"2021-08-27T13:00:00.000000000Z\",\"last\":\"2021-08-27T13:00:00.000000000Z\"},"
        "{\"id\":\"bbbbbbbbbbbbbbbb\",\"template\":\"b <*>\","
        "\"first\":\"2021-08-27T12:59:59.999999999Z\",\"last\":\"2021-08-27T13:00:00.000000009Z\"}"
        "]}";
    assert_json(c, json);
    struct catalogue *back = parse(json, NULL);
    assert_json(back, json);
    catalogue_free(back);
    catalogue_free(c);
    catalogue_free(NULL);
}

static void test_foreign_json(void **state)
{
    (void)state;
    struct catalogue *c =
        parse("{\"schema\":1,\"more\":[{}],\"groups\":["
              "{\"id\":\"bbbbbbbbbbbbbbbb\",\"first\":\"2021-08-27T13:00:00Z\","
              "\"last\":\"2021-08-27T13:00:00Z\"},"
              "{\"id\":\"aaaaaaaaaaaaaaaa\",\"first\":\"2021-08-27T13:00:00Z\","
              "\"last\":\"2021-08-27T13:00:00Z\"},"
              "{\"id\":\"bbbbbbbbbbbbbbbb\",\"template\":\"x\",\"first\":\"2021-08-27T12:00:00Z\","
              "\"last\":\"2021-08-27T12:00:00Z\"}]}",
              NULL);
    assert_int_equal(c->count, 2);
    assert_int_equal(catalogue_find(c, "bbbbbbbbbbbbbbbb")->first, t0 - CLOCK_HOUR);
    assert_true(catalogue_merge_group(c, "cccccccccccccccc", "c", t0, t0));
    catalogue_free(c);
    assert_error("{\"schema\":2,\"groups\":[]}",
                 "groups.json: schema 2 is newer than this kubeboard: install a newer one");
    assert_error("{\"groups\":[]}", "groups.json: this is no catalogue of groups");
    assert_error("[]", "groups.json: this is no catalogue of groups");
    assert_error("{\"schema\":1,\"groups\":[{\"id\":\"BBBBBBBBBBBBBBBB\"}]}",
                 "groups.json: group 1 has no good id, first or last");
    struct err err;
    assert_null(parse("{", &err));
    assert_string_equal(err.where, "groups.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_merging),
                                       cmocka_unit_test(test_foreign_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
