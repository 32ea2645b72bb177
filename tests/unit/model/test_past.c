#include "model/past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/intern.h"
#include "base/mem.h"

static void put(struct pasts *p, const char *rule, int64_t from, size_t groups)
{
    struct window w = {.rule = (char *)rule, .from = from, .to = from + 10, .complete = true};
    w.groups = mem_array(groups, sizeof *w.groups);
    w.group_count = groups;
    for (size_t i = 0; i < groups; i++) {
        snprintf(w.groups[i].id, sizeof w.groups[i].id, "%016zx", groups - i);
        w.groups[i].template_text = (char *)"text";
        w.groups[i].count = i + 1;
    }
    pasts_put(p, &w);
    free(w.groups);
}

static void groups_are_found_by_id(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    put(p, "errors", 100, 50);
    const struct past *w = pasts_find(p, "errors", 100);
    assert_true(w && w->state == PAST_KNOWN && w->whole);
    assert_int_equal(past_find(w, 50)->count, 1);
    assert_int_equal(past_find(w, 1)->count, 50);
    assert_string_equal(past_find(w, 7)->text, "text");
    assert_null(past_find(w, 51));
    assert_null(past_find(NULL, 1));
    assert_null(pasts_find(p, "other", 100));
    assert_null(pasts_find(NULL, "errors", 100));
    put(p, "errors", 100, 3); /* done again */
    assert_int_equal(pasts_find(p, "errors", 100)->count, 3);
    pasts_put_none(p, "errors", 100, PAST_ABSENT);
    assert_int_equal(pasts_find(p, "errors", 100)->state, PAST_ABSENT);
    pasts_free(p);
    assert_int_equal(intern_count(), 0);
}

static void an_entry_without_lines_says_all(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window_entry e = {.from = 100, .to = 110, .complete = true};
    pasts_put_entry(p, "errors", &e);
    assert_true(pasts_find(p, "errors", 100)->whole);
    assert_int_equal(pasts_find(p, "errors", 100)->state, PAST_KNOWN);
    pasts_free(p);
}

static void it_is_bounded_and_keeps_what_is_used(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    for (int64_t i = 0; i < PAST_WINDOWS + 10; i++) {
        put(p, "errors", i, 1);
        pasts_touch(p, "errors", 0);
    }
    assert_non_null(pasts_find(p, "errors", 0));
    assert_null(pasts_find(p, "errors", 1));
    assert_non_null(pasts_find(p, "errors", PAST_WINDOWS + 9));
    put(p, "large", 1, PAST_GROUPS - 5);
    assert_non_null(pasts_find(p, "large", 1));
    assert_null(pasts_find(p, "errors", 20));
    pasts_free(p);
}

static void ids_are_numbers(void **state)
{
    (void)state;
    assert_true(past_id("00000000000000ff") == 255);
    assert_true(past_id("ffffffffffffffff") == UINT64_MAX);
    assert_true(past_id("no id") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_found_by_id),
        cmocka_unit_test(an_entry_without_lines_says_all),
        cmocka_unit_test(it_is_bounded_and_keeps_what_is_used),
        cmocka_unit_test(ids_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
