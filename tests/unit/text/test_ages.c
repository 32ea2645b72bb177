#include "text/ages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

static void check(const char *text, const char *expected)
{
    char out[200];
    int64_t now;
    assert_true(clock_parse(str_of("2021-08-27T14:00:30Z"), false, &now));
    assert_string_equal(ages_text(text, now, out, sizeof out), expected);
}

static void moments_become_ages(void **state)
{
    (void)state;
    check("CrashLoopBackOff: api since 2021-08-27 13:00:05 UTC, 5 restarts, last exit 2 (Error) at "
          "2021-08-27 13:59:50 UTC",
          "CrashLoopBackOff: api for 60m, 5 restarts, last exit 2 (Error) 40s ago");
    check("being deleted since 2021-08-26 13:00:00 UTC, held by x/y",
          "being deleted for 25h, held by x/y");
    check("begun 2021-08-27 13:55:00 UTC", "begun 5m ago");
}

static void what_is_no_moment_stays(void **state)
{
    (void)state;
    const char *const texts[] = {"",
                                 "exit 2",
                                 "at 2021-08-27 15:00:00 UTC",
                                 "2021-08-27 13:00:00",
                                 "2021-08-27 13:00:00 ",
                                 "2021-08-27T13:00:00Z",
                                 "2021-13-27 13:00:00 UTC"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(texts[i], texts[i]);
}

static void a_zone_is_the_local_one(void **state)
{
    (void)state;
    setenv("TZ", "KST-9", 1);
    tzset();
    check("since 2021-08-27 22:50:00 KST, x", "for 10m, x");
    setenv("TZ", "UTC", 1);
    tzset();
}

static void it_is_cut_at_the_room(void **state)
{
    (void)state;
    char out[8];
    int64_t now;
    assert_true(clock_parse(str_of("2021-08-27T14:00:30Z"), false, &now));
    assert_string_equal(ages_text("a since 2021-08-27 13:50:30 UTC", now, out, sizeof out),
                        "a since");
    assert_string_equal(ages_text("since 2021-08-27 13:50:30 UTC", now, out, sizeof out),
                        "for 10m");
    assert_string_equal(ages_text("abcdefghijk", now, out, sizeof out), "abcdefg");
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_become_ages),
        cmocka_unit_test(what_is_no_moment_stays),
        cmocka_unit_test(a_zone_is_the_local_one),
        cmocka_unit_test(it_is_cut_at_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
