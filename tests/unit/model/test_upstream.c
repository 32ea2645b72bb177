#include "model/upstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static const int64_t start = 1630069200 * CLOCK_SECOND;

static struct err failure(enum err_kind kind, const char *what)
{
    struct err err;
    err_set(&err, kind, "http://loki:3100", "look there", "%s", what);
    return err;
}

static void assert_text(const struct upstream *u, int64_t now, const char *expected)
{
    char text[600];
    assert_string_equal(upstream_text(u, now, text, sizeof text), expected);
}

static void test_way_to_live(void **state)
{
    (void)state;
    struct upstream u = {0};
    clock_freeze(start);
    assert_text(&u, start, "off");
    assert_true(upstream_settled(&u));
    upstream_connecting(&u);
    assert_text(&u, start, "connecting");
    assert_false(upstream_settled(&u));
    assert_int_equal(u.changes, 1);
    clock_freeze(start + CLOCK_SECOND);
    upstream_live(&u);
    upstream_live(&u);
    assert_text(&u, start, "live");
    assert_int_equal(u.since, start + CLOCK_SECOND);
    assert_int_equal(u.changes, 2);
    upstream_connecting(&u);
    assert_int_equal(u.state, UPSTREAM_LIVE);
    clock_freeze(0);
}

static void test_stale_since_the_last_data(void **state)
{
    (void)state;
    struct upstream u = {0};
    struct err err = failure(ERR_AWAY, "connection refused");
    clock_freeze(start);
    upstream_live(&u);
    clock_freeze(start + CLOCK_MINUTE);
    upstream_live(&u);
    clock_freeze(start + 4 * CLOCK_MINUTE);
    upstream_failed(&u, &err, 0);
    assert_int_equal(u.state, UPSTREAM_STALE);
    assert_int_equal(u.since, start + CLOCK_MINUTE);
    assert_text(&u, clock_now(), "stale 3m");
    upstream_connecting(&u);
    upstream_failed(&u, &err, 0);
    assert_text(&u, start, "stale 0s"); /* a clock that went back */
    assert_int_equal(u.changes, 2);
    upstream_live(&u);
    assert_int_equal(u.err.kind, ERR_NONE);
    assert_text(&u, clock_now(), "live");
    clock_freeze(0);
}

static void test_never_live(void **state)
{
    (void)state;
    struct upstream u = {0};
    struct err err = failure(ERR_AWAY, "connection refused"),
               other = failure(ERR_AWAY, "timed out");
    upstream_connecting(&u);
    upstream_failed(&u, &err, clock_monotonic() + 4 * CLOCK_SECOND);
    assert_int_equal(u.state, UPSTREAM_FAILED);
    assert_text(&u, clock_now(), "failed: connection refused (again in 4s)");
    assert_true(upstream_settled(&u));
    upstream_failed(&u, &err, 0);
    assert_text(&u, clock_now(), "failed: connection refused");
    assert_int_equal(u.changes, 2);
    upstream_failed(&u, &other, 0); /* another reason is news */
    assert_int_equal(u.changes, 3);
    upstream_connecting(&u); /* asked again: it is away until it answers */
    assert_text(&u, clock_now(), "failed: timed out");
    other.kind = ERR_REFUSED;
    upstream_failed(&u, &other, 0);
    upstream_connecting(&u); /* another question */
    assert_text(&u, clock_now(), "connecting");
    assert_true(upstream_settled(&u)); /* it has answered before */
}

static void test_denied(void **state)
{
    (void)state;
    struct upstream u = {0};
    struct err denied = failure(ERR_DENIED, "pods may not be listed"),
               away = failure(ERR_AWAY, "x");
    upstream_failed(&u, &denied, 0);
    assert_text(&u, clock_now(), "denied: pods may not be listed");
    upstream_live(&u);
    upstream_failed(&u, &denied, 0);
    assert_text(&u, u.data + 3 * CLOCK_MINUTE, "stale 3m, denied: pods may not be listed");
    upstream_failed(&u, &away, 0);
    assert_int_equal(u.state, UPSTREAM_STALE);
    char small[8];
    assert_string_equal(upstream_text(&u, clock_now(), small, sizeof small), "stale 0");
}

static void a_snapshot_is_as_old_as_it_is(void **state)
{
    (void)state;
    struct upstream u = {0};
    struct err err;
    char text[80];
    int64_t taken = clock_now() - 5 * CLOCK_MINUTE;
    upstream_snapshot(&u, taken);
    assert_true(upstream_settled(&u));
    uint64_t changes = u.changes;
    assert_string_equal(upstream_text(&u, taken + 5 * CLOCK_MINUTE, text, sizeof text),
                        "snapshot 5m");
    upstream_snapshot(&u, taken);
    assert_int_equal(u.changes, changes);
    upstream_snapshot(&u, taken + CLOCK_MINUTE);
    assert_true(u.changes > changes);
    err_set(&err, ERR_AWAY, "x", "", "gone");
    upstream_failed(&u, &err, 0);
    assert_string_equal(upstream_text(&u, taken + 11 * CLOCK_MINUTE, text, sizeof text),
                        "stale 10m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_is_as_old_as_it_is),
        cmocka_unit_test(test_way_to_live),
        cmocka_unit_test(test_stale_since_the_last_data),
        cmocka_unit_test(test_never_live),
        cmocka_unit_test(test_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
