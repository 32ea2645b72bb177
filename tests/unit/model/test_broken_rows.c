#include "model/broken_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/intern.h"

static const int64_t start = 1700000000 * CLOCK_SECOND;

static struct broken_rows_row row_of(const char *name, int rank, size_t count)
{
    static const char *const whats[] = {"down", "loop", "late"};
    return (struct broken_rows_row){.rank = rank,
                                    .health = HEALTH_BAD,
                                    .what = whats[rank % 3],
                                    .kind = "Deployment",
                                    .namespace_ = "shop",
                                    .name = name,
                                    .reason = "Why",
                                    .words = "in words",
                                    .member_kind = "Pod",
                                    .member = "a",
                                    .count = count};
}

/* One look that finds `n` rows. */
static bool look(struct broken_rows *b, int64_t now, const struct broken_rows_row *rows, size_t n)
{
    broken_rows_begin(b, now);
    for (size_t i = 0; i < n; i++)
        broken_rows_put(b, &rows[i]);
    return broken_rows_end(b, true);
}

static const struct broken_rows_row *find(const struct broken_rows *b, const char *name)
{
    for (size_t i = 0; i < broken_rows_count(b); i++)
        if (strcmp(broken_rows_at(b, i)->name, name) == 0)
            return broken_rows_at(b, i);
    return NULL;
}

static void what_was_there_at_first_is_no_news(void **state)
{
    (void)state;
    struct broken_rows *b = broken_rows_new();
    struct broken_rows_row rows[] = {row_of("api", 1, 3), row_of("web", 2, 1)};
    assert_true(look(b, start, rows, 1));
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_SAME);
    assert_false(look(b, start + CLOCK_SECOND, rows, 1));
    assert_true(look(b, start + 2 * CLOCK_SECOND, rows, 2));
    assert_int_equal(find(b, "web")->mark, BROKEN_ROWS_NEW);
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_SAME);
    assert_true(look(b, start + 123 * CLOCK_SECOND, rows, 2));
    assert_int_equal(find(b, "web")->mark, BROKEN_ROWS_SAME);
    broken_rows_free(b);
    assert_int_equal(intern_count(), 0);
}

/* A crash loop runs for some seconds every few minutes. */
static void what_flaps_stays_where_it_is(void **state)
{
    (void)state;
    struct broken_rows *b = broken_rows_new();
    struct broken_rows_row loop = row_of("api", 1, 3), late = row_of("api", 2, 3);
    look(b, start, &loop, 1);
    look(b, start + 10 * CLOCK_SECOND, &late, 1);
    assert_int_equal(find(b, "api")->place, 1);
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_OTHER);
    look(b, start + 20 * CLOCK_SECOND, NULL, 0);
    assert_true(find(b, "api")->gone != 0);
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_WELL);
    look(b, start + 60 * CLOCK_SECOND, &loop, 1);
    assert_int_equal(find(b, "api")->gone, 0);
    assert_int_equal(find(b, "api")->place, 1);
    look(b, start + 70 * CLOCK_SECOND, &late, 1);
    look(b, start + 200 * CLOCK_SECOND, &late, 1);
    assert_int_equal(find(b, "api")->place, 2);
    look(b, start + 210 * CLOCK_SECOND, NULL, 0);
    look(b, start + 271 * CLOCK_SECOND, NULL, 0);
    assert_int_equal(broken_rows_count(b), 0);
    broken_rows_free(b);
}

static void counts_are_marked(void **state)
{
    (void)state;
    struct broken_rows *b = broken_rows_new();
    struct broken_rows_row few = row_of("api", 1, 3), many = row_of("api", 1, 300);
    look(b, start, &few, 1);
    int size = find(b, "api")->size;
    look(b, start + CLOCK_SECOND, &many, 1);
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_MORE);
    assert_true(find(b, "api")->size > size);
    look(b, start + 2 * CLOCK_SECOND, &few, 1);
    assert_int_equal(find(b, "api")->mark, BROKEN_ROWS_FEWER);
    assert_true(find(b, "api")->size > size); /* it does not jump back */
    broken_rows_free(b);
}

static void it_is_bounded(void **state)
{
    (void)state;
    struct broken_rows *b = broken_rows_new();
    char name[32];
    broken_rows_begin(b, start);
    for (int i = 0; i < BROKEN_ROWS_MOST + 7; i++) {
        snprintf(name, sizeof name, "app-%d", i);
        struct broken_rows_row row = row_of(name, 1, 1);
        broken_rows_put(b, &row);
    }
    broken_rows_end(b, true);
    assert_int_equal(broken_rows_count(b), BROKEN_ROWS_MOST);
    assert_int_equal(broken_rows_dropped(b), 7);
    broken_rows_free(b);
    assert_int_equal(intern_count(), 0);
}

static void another_place_begins_anew(void **state)
{
    (void)state;
    struct broken_rows *b = broken_rows_new();
    struct broken_rows_row shop[] = {row_of("api", 1, 3)},
                           data[] = {row_of("web", 2, 1), row_of("db", 1, 1)};
    assert_true(look(b, start, shop, 1));
    uint64_t changes = broken_rows_changes(b);
    broken_rows_forget(b);
    assert_int_equal(broken_rows_count(b), 0);
    assert_true(broken_rows_changes(b) > changes);
    assert_true(look(b, start + CLOCK_SECOND, data, 1));
    assert_null(find(b, "api"));
    assert_int_equal(find(b, "web")->mark, BROKEN_ROWS_SAME);
    assert_true(look(b, start + 2 * CLOCK_SECOND, data, 2));
    assert_int_equal(find(b, "db")->mark, BROKEN_ROWS_NEW);
    broken_rows_free(b);
    assert_int_equal(intern_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_there_at_first_is_no_news),
        cmocka_unit_test(what_flaps_stays_where_it_is),
        cmocka_unit_test(counts_are_marked),
        cmocka_unit_test(it_is_bounded),
        cmocka_unit_test(another_place_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
