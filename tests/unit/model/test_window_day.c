#include "model/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"

static const int64_t day = 1630022400 * CLOCK_SECOND; /* 2021-08-27 */

static struct window_day *parse(const char *json, struct err *err)
{
    return window_day_from_json(json, strlen(json), "index.json", err);
}

static void assert_error(const char *json, const char *expected)
{
    struct err err;
    char line[1024];
    assert_null(parse(json, &err));
    assert_string_equal(err_line(&err, line, sizeof line), expected);
    assert_null(parse(json, NULL));
}

static void test_entry(void **state)
{
    (void)state;
    struct group groups[] = {{.id = "bbbbbbbbbbbbbbbb", .count = 3, .level = LEVEL_ERROR},
                             {.id = "aaaaaaaaaaaaaaaa", .count = 3, .level = LEVEL_FATAL},
                             {.id = "cccccccccccccccc", .count = 1, .level = LEVEL_ERROR}};
    char name[200] = "";
    memset(name, 'x', 118);
    str_copy(name + 118, 20, "한글"); /* the first would need bytes 118 to 120 */
    groups[1].template_text = name;
    struct window w = {.from = day,
                       .to = day + 10 * CLOCK_MINUTE,
                       .lines = 7,
                       .counted = 8,
                       .truncated = true,
                       .groups = groups,
                       .group_count = 3};
    struct window_entry e;
    window_entry_of(&w, &e);
    assert_int_equal(e.levels[LEVEL_ERROR], 4);
    assert_int_equal(e.levels[LEVEL_FATAL], 3);
    assert_int_equal(e.groups, 3);
    assert_int_equal(e.counted, 8);
    assert_true(e.truncated && !e.complete);
    assert_int_equal(strlen(e.top), 118);
    w.group_count = 0;
    window_entry_of(&w, &e);
    assert_string_equal(e.top, "");
}

static void test_json(void **state)
{
    (void)state;
    struct window_day *d = mem_alloc(sizeof *d);
    d->cluster = mem_dup("prod-seoul");
    d->rule = mem_dup("errors");
    d->day = day;
    struct window_entry e = {.from = day + 10 * CLOCK_MINUTE,
                             .to = day + 20 * CLOCK_MINUTE,
                             .lines = 7,
                             .counted = 8,
                             .groups = 1,
                             .truncated = true,
                             .top = "a <*>",
                             .namespaces = {{"edge", 5}, {"shop", 2}},
                             .namespace_count = 2};
    e.levels[LEVEL_ERROR] = 5;
    e.levels[LEVEL_FATAL] = 2;
    window_day_put(d, &e);
    e = (struct window_entry){.from = day, .to = day + 10 * CLOCK_MINUTE, .complete = true};
    window_day_put(d, &e);
    e.lines = e.counted = 1;
    window_day_put(d, &e); /* done again: replaced */
    e = (struct window_entry){
        .from = day + 20 * CLOCK_MINUTE, .to = day + 30 * CLOCK_MINUTE, .open = true};
    window_day_put(d, &e);
    assert_int_equal(d->count, 3);
    const char *json =
        "{\"schema\":1,\"cluster\":\"prod-seoul\",\"rule\":\"errors\",\"day\":\"2021-08-27\","
        "\"windows\":[{\"from\":\"2021-08-27T00:00:00.000000000Z\","
        "\"to\":\"2021-08-27T00:10:00.000000000Z\",\"counted\":1,\"lines\":1,\"complete\":true,"
        "\"truncated\":false,\"groups\":0,\"levels\":{},\"top\":\"\",\"namespaces\":{}},"
        "{\"from\":\"2021-08-27T00:10:00.000000000Z\",\"to\":\"2021-08-27T00:20:00.000000000Z\","
        "\"counted\":8,\"lines\":7,\"complete\":false,\"truncated\":true,\"groups\":1,"
        "\"levels\":{\"fatal\":2,\"error\":5},\"top\":\"a "
        "<*>\",\"namespaces\":{\"edge\":5,\"shop\":2}}]}";
    struct buf out;
    buf_init(&out, 1 << 16);
    window_day_to_json(d, &out);
    assert_string_equal(buf_text(&out), json);
    struct window_day *back = parse(json, NULL);
    assert_int_equal(back->day, day);
    buf_clear(&out);
    window_day_to_json(back, &out);
    assert_string_equal(buf_text(&out), json);
    buf_free(&out);
    window_day_free(back);
    window_day_free(d);
    window_day_free(NULL);
}

static void test_foreign_json(void **state)
{
    (void)state;
    assert_error("{\"schema\":3,\"day\":\"2021-08-27\",\"windows\":[]}",
                 "index.json: schema 3 is newer than this kubeboard: install a newer one");
    assert_error("{\"schema\":1,\"day\":\"27 August\",\"windows\":[]}",
                 "index.json: this is no index of a day's windows");
    assert_error("{\"schema\":1,\"day\":\"2021-08-27\",\"windows\":[{}]}",
                 "index.json: a window has no good from and to");
    assert_error("{\"schema\":1,\"day\":\"2021-08-27\",\"windows\":[{"
                 "\"from\":\"2021-08-27T00:10:00Z\",\"to\":\"2021-08-27T00:10:00Z\"}]}",
                 "index.json: a window has no good from and to");
    struct buf many;
    buf_init(&many, 1 << 20);
    buf_adds(&many, "{\"schema\":1,\"day\":\"2021-08-27\",\"windows\":[0");
    for (int i = 0; i < 1440; i++)
        buf_adds(&many, ",0");
    buf_adds(&many, "]}");
    assert_error(buf_text(&many), "index.json: a day has at most 1440 windows");
    buf_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_entry), cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_foreign_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
