#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"

/* 2021-08-27T13:00:00Z */
static const int64_t noon = INT64_C(1630069200) * CLOCK_SECOND;

static int in_seoul(void **state)
{
    (void)state;
    setenv("TZ", "KST-9", 1);
    tzset();
    return 0;
}

static int in_utc(void **state)
{
    (void)state;
    unsetenv("TZ");
    tzset();
    clock_freeze(0);
    return 0;
}

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t offset; /* from noon, in nanoseconds */
    } cases[] = {
        {"2021-08-27T13:00:00Z", 0},
        {"2021-08-27t13:00:00z", 0},
        {"2021-08-27 13:00:00Z", 0},
        {"2021-08-27T22:00:00+09:00", 0},
        {"2021-08-27T22:00:00+0900", 0},
        {"2021-08-27T07:30:00-05:30", 0},
        {"2021-08-27T13:00Z", 0},
        {"2021-08-27T13:00:00.5Z", CLOCK_SECOND / 2},
        {"2021-08-27T13:00:00.123456789Z", 123456789},
        {"2021-08-27T13:00:00.1234567891234Z", 123456789},
        {"2021-08-27T13:00:60Z", CLOCK_MINUTE},
        {"2024-02-29T00:00:00Z", INT64_C(79095600) * CLOCK_SECOND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t t;
        if (!clock_parse(str_of(cases[i].text), false, &t))
            fail_msg("'%s' was refused", cases[i].text);
        assert_int_equal(t, noon + cases[i].offset);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2021",
        "2021-08-27",
        "2021-08-27T13:00:00",
        "2021-08-27T13:00:00X",
        "2021-08-27T13:00:00Zx",
        "2021-13-01T00:00:00Z",
        "2021-00-01T00:00:00Z",
        "2021-02-29T00:00:00Z",
        "2021-04-31T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2021-08-00T00:00:00Z",
        "2021-08-27T24:00:00Z",
        "2021-08-27T13:60:00Z",
        "2021-08-27T13:00:61Z",
        "2021-8-27T13:00:00Z",
        "2021-08-27T13:00:00+9",
        "2021-08-27T13:00:00+24:00",
        "2021-08-27T13:00:00+09:60",
        "2021-08-27T13:00:00.Z",
        "1500-01-01T00:00:00Z",
        "2300-01-01T00:00:00Z",
        " 2021-08-27T13:00:00Z",
        "x",
    };
    int64_t t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (clock_parse(str_of(bad[i]), false, &t))
            fail_msg("'%s' was taken", bad[i]);
    assert_false(clock_parse((struct str){NULL, 0}, true, &t));
    assert_false(clock_parse((struct str){"2021-08-27T13:00:00\0", 20}, false, &t));
    assert_false(clock_parse((struct str){"2021-08-27T13:00:00Z\0", 21}, false, &t));
    /* Must not look behind the slice. */
    assert_false(clock_parse((struct str){"2021-08-27T13:00:00Z", 19}, false, &t));
}

static void local_times_need_no_zone(void **state)
{
    (void)state;
    int64_t t;
    assert_true(clock_parse(str_of("2021-08-27T22:00:00"), true, &t) && t == noon);
    assert_true(clock_parse(str_of("2021-08-27 22:00"), true, &t) && t == noon);
    assert_true(clock_parse(str_of("2021-08-27"), true, &t) && t == noon - 22 * CLOCK_HOUR);
    assert_true(clock_parse(str_of("2021-08-27T13:00:00Z"), true, &t) && t == noon);
}

/* A frame has many times: the zone's file is not looked at for each. */
static void the_zone_is_not_read_with_each_time(void **state)
{
    (void)state;
    int64_t t;
    char text[CLOCK_TEXT];
    setenv("TZ", "UTC", 1);
    assert_true(clock_parse(str_of("2021-08-27T22:00:00"), true, &t) && t == noon);
    assert_string_equal(clock_format(noon, false, "%H:%M", text, sizeof text), "22:00");
}

static void hours_that_are_twice_or_never_are_times(void **state)
{
    (void)state;
    int64_t t, hour;
    setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
    tzset();
    assert_true(clock_parse(str_of("2021-03-14T12:00:00-04:00"), false, &hour));
    assert_true(clock_parse(str_of("2021-03-14 12:00"), true, &t) && t == hour);
    assert_true(clock_parse(str_of("2021-03-14T02:30:00-05:00"), false, &hour));
    assert_true(clock_parse(str_of("2021-03-14 02:30"), true, &t) && llabs(t - hour) <= CLOCK_HOUR);
    assert_true(clock_parse(str_of("2021-11-07T01:30:00-04:00"), false, &hour));
    assert_true(clock_parse(str_of("2021-11-07 01:30"), true, &t));
    assert_true(t == hour || t == hour + CLOCK_HOUR);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    assert_true(clock_parse(str_of("2021-10-31T02:30:00+02:00"), false, &hour));
    assert_true(clock_parse(str_of("2021-10-31 02:30"), true, &t));
    assert_true(t == hour || t == hour + CLOCK_HOUR);
    assert_true(clock_parse(str_of("2021-10-31T00:30:00+02:00"), false, &hour));
    assert_true(clock_parse(str_of("2021-10-31 00:30"), true, &t) && t == hour);
}

static void spans_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t span;
    } cases[] = {{"10m", 10 * CLOCK_MINUTE},
                 {"1h30m", 90 * CLOCK_MINUTE},
                 {"90s", 90 * CLOCK_SECOND},
                 {"2d", 2 * CLOCK_DAY},
                 {"500ms", 500 * CLOCK_MS},
                 {"1w", 7 * CLOCK_DAY},
                 {"0s", 0},
                 {"1m1ms", CLOCK_MINUTE + CLOCK_MS}};
    static const char *const bad[] = {"",     "m",    "10", "-1m",           "+1m",
                                      "1.5h", "1h ",  "1y", "999999999999w", "9999999999999s",
                                      "1h30", "10 m", "1M"};
    int64_t span;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(clock_parse_span(str_of(cases[i].text), &span));
        assert_int_equal(span, cases[i].span);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (clock_parse_span(str_of(bad[i]), &span))
            fail_msg("'%s' was taken", bad[i]);
    assert_false(clock_parse_span((struct str){"1m", 1}, &span));
}

static void people_write_times_as_they_like(void **state)
{
    (void)state;
    struct err err;
    static const struct {
        const char *text;
        int64_t offset;
    } cases[] = {
        {"now", 0},
        {" 90m ", -90 * CLOCK_MINUTE},
        {"2d", -2 * CLOCK_DAY},
        {"22:00", 0}, /* local, and now is one */
        {"21:30:15", -29 * CLOCK_MINUTE - 45 * CLOCK_SECOND},
        {"22:01", -CLOCK_DAY + CLOCK_MINUTE}, /* the last one was yesterday */
        {"2021-08-27T12:00:00Z", -CLOCK_HOUR},
        {"2021-08-27T21:00", -CLOCK_HOUR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t t;
        if (!clock_parse_human(str_of(cases[i].text), noon, &t, &err))
            fail_msg("'%s' was refused", cases[i].text);
        assert_int_equal(t, noon + cases[i].offset);
    }
    static const char *const bad[] = {"",     "noon", "25:00",  "13:60",
                                      "1:00", "-5m",  "13:00x", "tomorrow"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t t;
        assert_false(clock_parse_human(str_of(bad[i]), noon, &t, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_false(clock_parse_human(str_of(bad[i]), noon, &t, NULL));
    }
    int64_t t;
    char much[500];
    memset(much, 'x', sizeof much);
    assert_false(clock_parse_human((struct str){much, sizeof much}, noon, &t, &err));
    assert_int_equal(strlen(err.where), 60);
}

static void times_are_written(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    assert_string_equal(clock_rfc3339(noon + 5, false, text), "2021-08-27T13:00:00Z");
    assert_string_equal(clock_rfc3339(noon + 5, true, text), "2021-08-27T13:00:00.000000005Z");
    assert_string_equal(clock_micro(noon + 123456789, text), "2021-08-27T13:00:00.123456Z");
    assert_string_equal(clock_rfc3339(-1, true, text), "1969-12-31T23:59:59.999999999Z");
    assert_string_equal(clock_format(noon, true, "%H:%M", text, sizeof text), "13:00");
    assert_string_equal(clock_format(noon, false, "%H:%M %z", text, sizeof text), "22:00 +0900");
    assert_string_equal(clock_format(noon, true, "%Y-%m-%d", text, 5), "");
}

static void written_times_read_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        /* 1700 to 2250 */
        int64_t t = (int64_t)(hash_mix(i) % UINT64_C(17300000000000000000) -
                              UINT64_C(8500000000000000000)),
                back;
        char text[CLOCK_TEXT];
        assert_true(clock_parse(str_of(clock_rfc3339(t, true, text)), false, &back));
        assert_true(back == t);
        assert_true(clock_parse(str_of(clock_micro(t, text)), false, &back));
        assert_true(back <= t && t - back < 1000);
    }
}

static void ages_are_kubectls(void **state)
{
    (void)state;
    static const struct {
        int64_t span;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {CLOCK_MS, "0s"},
        {-CLOCK_SECOND, "0s"},
        {-2 * CLOCK_SECOND, "<invalid>"},
        {45 * CLOCK_SECOND, "45s"},
        {119 * CLOCK_SECOND, "119s"},
        {120 * CLOCK_SECOND, "2m"},
        {190 * CLOCK_SECOND, "3m10s"},
        {599 * CLOCK_SECOND, "9m59s"},
        {10 * CLOCK_MINUTE + 5 * CLOCK_SECOND, "10m"},
        {179 * CLOCK_MINUTE, "179m"},
        {180 * CLOCK_MINUTE, "3h"},
        {5 * CLOCK_HOUR + 12 * CLOCK_MINUTE, "5h12m"},
        {8 * CLOCK_HOUR + 12 * CLOCK_MINUTE, "8h"},
        {47 * CLOCK_HOUR, "47h"},
        {48 * CLOCK_HOUR, "2d"},
        {3 * CLOCK_DAY + 4 * CLOCK_HOUR, "3d4h"},
        {8 * CLOCK_DAY + 4 * CLOCK_HOUR, "8d"},
        {729 * CLOCK_DAY, "729d"},
        {730 * CLOCK_DAY, "2y"},
        {830 * CLOCK_DAY, "2y100d"},
        {9 * 365 * CLOCK_DAY, "9y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CLOCK_TEXT];
        assert_string_equal(clock_age(cases[i].span, text), cases[i].text);
    }
    char text[CLOCK_TEXT];
    clock_age(INT64_MAX, text);
    clock_age(INT64_MIN, text);
}

static void windows_align(void **state)
{
    (void)state;
    assert_int_equal(clock_align(noon + 9 * CLOCK_MINUTE, 10 * CLOCK_MINUTE), noon);
    assert_int_equal(clock_align(noon, 10 * CLOCK_MINUTE), noon);
    assert_int_equal(clock_align(noon - 1, 10 * CLOCK_MINUTE), noon - 10 * CLOCK_MINUTE);
    assert_int_equal(clock_align(-1, CLOCK_HOUR), -CLOCK_HOUR);
    assert_int_equal(clock_align(0, CLOCK_HOUR), 0);
}

static void the_clock_freezes(void **state)
{
    (void)state;
    clock_freeze(noon);
    assert_int_equal(clock_now(), noon);
    clock_freeze(0);
    int64_t now = clock_now(), before = clock_monotonic();
    assert_true(now > noon);
    for (int i = 0; i < 1000; i++) {
        int64_t after = clock_monotonic();
        assert_true(after >= before);
        before = after;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test_setup_teardown(local_times_need_no_zone, in_seoul, in_utc),
        cmocka_unit_test_setup_teardown(the_zone_is_not_read_with_each_time, in_seoul, in_utc),
        cmocka_unit_test_setup_teardown(hours_that_are_twice_or_never_are_times, in_seoul, in_utc),
        cmocka_unit_test(spans_are_read),
        cmocka_unit_test_setup_teardown(people_write_times_as_they_like, in_seoul, in_utc),
        cmocka_unit_test_setup_teardown(times_are_written, in_seoul, in_utc),
        cmocka_unit_test(written_times_read_back),
        cmocka_unit_test(ages_are_kubectls),
        cmocka_unit_test(windows_align),
        cmocka_unit_test_setup_teardown(the_clock_freezes, in_utc, in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
