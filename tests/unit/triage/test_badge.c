#include "triage/badge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static const int64_t t0 = 1630069200 * CLOCK_SECOND; /* 2021-08-27T13:00:00Z */

enum past { MISSING, CUT, WHOLE };

/* A window with `count` lines of a group, and the three that it is compared with: whether they are
 * there, and how often they had it. */
static enum badge judge(uint64_t count, enum past before, uint64_t b, enum past yesterday,
                        uint64_t y, enum past week, uint64_t w, int64_t first_seen)
{
    struct badge_case c = {.count = count, .whole = true, .from = t0, .first_seen = first_seen};
    c.past[BADGE_BEFORE] = (struct badge_past){before != MISSING, before == WHOLE, b};
    c.past[BADGE_YESTERDAY] = (struct badge_past){yesterday != MISSING, yesterday == WHOLE, y};
    c.past[BADGE_LAST_WEEK] = (struct badge_past){week != MISSING, week == WHOLE, w};
    return badge_of(&c);
}

static void new_is_what_none_of_the_three_has(void **state)
{
    (void)state;
    assert_int_equal(judge(1, WHOLE, 0, WHOLE, 0, WHOLE, 0, 0), BADGE_NEW);
    assert_int_equal(judge(1, WHOLE, 0, WHOLE, 0, WHOLE, 0, t0 - CLOCK_DAY * 90), BADGE_NEW);
    assert_int_equal(judge(1, WHOLE, 1, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(1, WHOLE, 0, WHOLE, 1, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(1, WHOLE, 0, WHOLE, 0, WHOLE, 1, 0), BADGE_KNOWN);
}

static void nothing_is_new_because_of_missing_data(void **state)
{
    (void)state;
    const enum past weak[] = {MISSING, CUT};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(judge(9, weak[i], 0, WHOLE, 0, WHOLE, 0, 0), BADGE_UNKNOWN);
        assert_int_equal(judge(9, WHOLE, 0, weak[i], 0, WHOLE, 0, 0), BADGE_UNKNOWN);
        assert_int_equal(judge(9, WHOLE, 0, WHOLE, 0, weak[i], 0, 0), BADGE_UNKNOWN);
        /* Nor does the catalogue help where the collector may not have looked. */
        assert_int_equal(judge(9, weak[i], 0, WHOLE, 0, WHOLE, 0, t0), BADGE_UNKNOWN);
    }
    assert_int_equal(judge(9, MISSING, 0, MISSING, 0, MISSING, 0, t0), BADGE_UNKNOWN);
}

static void the_catalogue_speaks_where_older_windows_are_missing(void **state)
{
    (void)state;
    assert_int_equal(judge(9, WHOLE, 0, MISSING, 0, MISSING, 0, t0), BADGE_NEW);
    assert_int_equal(judge(9, WHOLE, 0, WHOLE, 0, CUT, 0, t0 + 1), BADGE_NEW);
    assert_int_equal(judge(9, WHOLE, 0, MISSING, 0, WHOLE, 0, t0 - 1), BADGE_KNOWN);
}

static void worse_is_twice_as_many_and_ten_more(void **state)
{
    (void)state;
    assert_int_equal(judge(19, WHOLE, 10, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(20, WHOLE, 10, WHOLE, 0, WHOLE, 0, 0), BADGE_WORSE);
    assert_int_equal(judge(10, WHOLE, 1, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(11, WHOLE, 1, WHOLE, 0, WHOLE, 0, 0), BADGE_WORSE);
    assert_int_equal(judge(2000, WHOLE, 1001, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    /* What comes every night at this hour is known. */
    assert_int_equal(judge(500, WHOLE, 1, WHOLE, 400, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(500, WHOLE, 1, WHOLE, 0, WHOLE, 400, 0), BADGE_KNOWN);
    assert_int_equal(judge(500, WHOLE, 0, WHOLE, 100, WHOLE, 0, 0), BADGE_WORSE);
}

static void worse_needs_whole_windows(void **state)
{
    (void)state;
    assert_int_equal(judge(500, CUT, 10, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(500, MISSING, 0, WHOLE, 10, WHOLE, 10, 0), BADGE_KNOWN);
    assert_int_equal(judge(500, WHOLE, 10, CUT, 10, WHOLE, 10, 0), BADGE_KNOWN);
    /* A collector of yesterday has no last week: that is no objection. */
    assert_int_equal(judge(500, WHOLE, 10, MISSING, 0, MISSING, 0, 0), BADGE_WORSE);
}

static void gone_is_what_the_window_before_had(void **state)
{
    (void)state;
    assert_int_equal(judge(0, WHOLE, 3, WHOLE, 0, WHOLE, 0, 0), BADGE_GONE);
    assert_int_equal(judge(0, WHOLE, 0, WHOLE, 3, WHOLE, 3, 0), BADGE_UNKNOWN);
    assert_int_equal(judge(0, CUT, 3, WHOLE, 0, WHOLE, 0, 0), BADGE_UNKNOWN);
    struct badge_case open = {.from = t0, .past = {[BADGE_BEFORE] = {true, true, 3}}};
    assert_int_equal(badge_of(&open), BADGE_UNKNOWN); /* it may still come */
}

static void huge_counts_do_not_wrap(void **state)
{
    (void)state;
    assert_int_equal(judge(100, WHOLE, UINT64_MAX / 2 + 1, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
    assert_int_equal(judge(100, WHOLE, UINT64_MAX, WHOLE, 0, WHOLE, 0, 0), BADGE_KNOWN);
}

static void the_windows_to_compare_with(void **state)
{
    (void)state;
    int64_t width = 10 * CLOCK_MINUTE;
    assert_int_equal(badge_with_from(BADGE_BEFORE, t0, width), t0 - width);
    assert_int_equal(badge_with_from(BADGE_YESTERDAY, t0, width), t0 - CLOCK_DAY);
    assert_int_equal(badge_with_from(BADGE_LAST_WEEK, t0, width), t0 - 7 * CLOCK_DAY);
}

static void the_reason_says_what_is_not_known(void **state)
{
    (void)state;
    struct badge_case c = {.count = 5, .past = {[BADGE_BEFORE] = {true, false, 3}}};
    char text[300], little[8];
    assert_string_equal(badge_reason(&c, text, sizeof text),
                        "at least 3 in the window before; not known: the same time yesterday, the "
                        "same time a week ago");
    c.past[BADGE_BEFORE].there = false;
    assert_string_equal(badge_reason(&c, text, sizeof text),
                        "not known: the window before, the same time yesterday, the same time a "
                        "week ago");
    assert_true(strlen(badge_reason(&c, little, sizeof little)) < sizeof little);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_is_what_none_of_the_three_has),
        cmocka_unit_test(nothing_is_new_because_of_missing_data),
        cmocka_unit_test(the_catalogue_speaks_where_older_windows_are_missing),
        cmocka_unit_test(worse_is_twice_as_many_and_ten_more),
        cmocka_unit_test(worse_needs_whole_windows),
        cmocka_unit_test(gone_is_what_the_window_before_had),
        cmocka_unit_test(huge_counts_do_not_wrap),
        cmocka_unit_test(the_windows_to_compare_with),
        cmocka_unit_test(the_reason_says_what_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
