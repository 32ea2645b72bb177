#include "model/line_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_as_the_contract_has_it(void **state)
{
    (void)state;
    struct str names[] = {str_of("pod"), str_of("app")}, values[] = {str_of("a-1"), str_of("a\"b")};
    const struct labels *labels = labels_get(names, values, 2);
    struct buf out;
    buf_init(&out, 4096);
    line_json_write(&out, &(struct line){.time = 1630069200 * CLOCK_SECOND + 7,
                                         .labels = labels,
                                         .text = {"one\0two\n\xff", 9}});
    assert_string_equal(buf_text(&out), "{\"time\":\"2021-08-27T13:00:00.000000007Z\","
                                        "\"labels\":{\"app\":\"a\\\"b\",\"pod\":\"a-1\"},"
                                        "\"line\":\"one\\u0000two\\n\xef\xbf\xbd\"}");
    buf_clear(&out);
    line_json_write(&out, &(struct line){0});
    assert_string_equal(
        buf_text(&out),
        "{\"time\":\"1970-01-01T00:00:00.000000000Z\",\"labels\":{},\"line\":\"\"}");
    buf_free(&out);
    labels_drop(labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_the_contract_has_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
