#include "sandbox/s3/s3_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AT INT64_C(1795363288000000000) /* 2026-11-22T16:01:28Z */

static void all_forms_are_read(void **state)
{
    (void)state;
    static const char *const same[] = {"Sun, 22 Nov 2026 16:01:28 GMT",
                                       "Sun, 22 Nov 2026 16:01:28 +0000",
                                       "Mon, 23 Nov 2026 01:01:28 +0900", "20261122T160128Z"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        int64_t t = 0;
        assert_true(s3_date_read(same[i], &t));
        assert_int_equal(t, AT);
    }
}

static void others_are_not(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "now",
                                      "2026-11-22T16:01:28Z",
                                      "20261122T160128",
                                      "20261322T160128Z",
                                      "Sun, 22 ovD 2026 16:01:28 GMT",
                                      "Sun, 22 Nov 2026 16:01:28",
                                      "Sun, 22 Nov 2026 16:01:28 GMT and more",
                                      "Sun, 22 Nov 2026 26:01:28 GMT",
                                      "Sun, 22 Nov 2026 16:01:28 KST"};
    int64_t t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(s3_date_read(bad[i], &t));
    assert_false(s3_date_read(NULL, &t));
}

static void all_forms_are_written(void **state)
{
    (void)state;
    char text[S3_DATE_TEXT];
    assert_string_equal(s3_date_http(AT, text), "Sun, 22 Nov 2026 16:01:28 GMT");
    assert_string_equal(s3_date_basic(AT, text), "20261122T160128Z");
    assert_string_equal(s3_date_listed(AT + 999, text), "2026-11-22T16:01:28.000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_forms_are_read),
                                       cmocka_unit_test(others_are_not),
                                       cmocka_unit_test(all_forms_are_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
