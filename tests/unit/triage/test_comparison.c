#include "triage/comparison.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"

static const int64_t t0 = 1630069200 * CLOCK_SECOND; /* 2021-08-27T13:00:00Z */
static const int64_t width = 10 * CLOCK_MINUTE;

/* A whole window of groups "…0a", "…0b" and so on: a letter each, ten lines a letter. */
static struct window *window_of(int64_t from, const char *letters)
{
    struct window *w = mem_alloc(sizeof *w);
    w->rule = mem_dup("errors");
    w->from = from;
    w->to = from + width;
    w->complete = true;
    w->groups = mem_array(8, sizeof *w->groups);
    for (; *letters; letters++) {
        struct group *g = NULL;
        for (size_t i = 0; i < w->group_count; i++)
            if (w->groups[i].id[15] == *letters)
                g = &w->groups[i];
        g = g ? g : &w->groups[w->group_count++];
        memset(g->id, '0', 15);
        g->id[15] = *letters;
        if (!g->template_text)
            g->template_text = mem_printf("message %c", *letters);
        g->count += 10;
        w->lines += 10;
    }
    w->counted = w->lines;
    return w;
}

static void put(struct pasts *p, int64_t from, const char *letters)
{
    struct window *w = window_of(from, letters);
    pasts_put(p, w);
    window_free(w);
}

static enum badge badge_in(const struct comparison *c, char letter)
{
    for (size_t i = 0; i < c->window->group_count; i++)
        if (c->window->groups[i].id[15] == letter)
            return comparison_badge(c, &c->window->groups[i]);
    fail_msg("no group %c", letter);
    return BADGE_COUNT;
}

static void note_gone(void *context, const struct past_group *g)
{
    char *texts = context;
    strncat(texts, g->text + strlen("message "), 1);
}

static void a_window_against_its_past(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window *w = window_of(t0, "abccc");
    struct comparison c;
    char gone[10] = "";
    put(p, t0 - width, "bcd");
    put(p, t0 - CLOCK_DAY, "e");
    put(p, t0 - 7 * CLOCK_DAY, "e");
    comparison_of(&c, w, p, NULL);
    assert_int_equal(badge_in(&c, 'a'), BADGE_NEW);
    assert_int_equal(badge_in(&c, 'b'), BADGE_KNOWN);
    assert_int_equal(badge_in(&c, 'c'), BADGE_WORSE);
    comparison_gone(&c, gone, note_gone);
    assert_string_equal(gone, "d");
    window_free(w);
    pasts_free(p);
}

static void what_is_not_whole_says_less(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window *w = window_of(t0, "a");
    struct comparison c;
    char gone[10] = "";
    comparison_of(&c, w, p, NULL);
    assert_int_equal(badge_in(&c, 'a'), BADGE_UNKNOWN);
    put(p, t0 - width, "d");
    pasts_put_none(p, "errors", t0 - CLOCK_DAY, PAST_FAILED);
    pasts_put_none(p, "errors", t0 - 7 * CLOCK_DAY, PAST_ABSENT);
    comparison_of(&c, w, p, NULL);
    assert_null(c.past[BADGE_YESTERDAY]);
    assert_int_equal(badge_in(&c, 'a'), BADGE_UNKNOWN);
    w->truncated = true;
    comparison_of(&c, w, p, NULL);
    comparison_gone(&c, gone, note_gone);
    assert_string_equal(gone, "");
    window_free(w);
    pasts_free(p);
}

static void the_catalogue_knows_what_came_first(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window *w = window_of(t0, "abc");
    struct catalogue *known = catalogue_new("prod");
    struct comparison c;
    put(p, t0 - width, "d");
    comparison_of(&c, w, p, known); /* one without a group knows nothing */
    assert_int_equal(badge_in(&c, 'a'), BADGE_UNKNOWN);
    catalogue_merge_group(known, "000000000000000a", "message a", t0 + 5, t0 + 5);
    catalogue_merge_group(known, "000000000000000b", "message b", t0 - CLOCK_HOUR, t0 + 5);
    comparison_of(&c, w, p, known);
    assert_int_equal(badge_in(&c, 'a'), BADGE_NEW);
    assert_int_equal(badge_in(&c, 'b'), BADGE_KNOWN);
    assert_int_equal(badge_in(&c, 'c'), BADGE_NEW); /* it has not even come there yet */
    catalogue_free(known);
    window_free(w);
    pasts_free(p);
}

static void an_open_window_waits_for_nobody(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window *w = window_of(t0, "a");
    struct comparison c;
    put(p, t0 - 2 * width, "a");
    pasts_put_none(p, "errors", t0 - width, PAST_ABSENT); /* being collected */
    comparison_of(&c, w, p, NULL);
    assert_null(c.past[BADGE_BEFORE]);
    w->open = true;
    comparison_of(&c, w, p, NULL);
    assert_int_equal(c.past[BADGE_BEFORE]->from, t0 - 2 * width);
    window_free(w);
    pasts_free(p);
}

static void a_trend_has_gaps_where_nothing_is_known(void **state)
{
    (void)state;
    struct pasts *p = pasts_new();
    struct window *w = window_of(t0, "aa");
    double trend[4];
    put(p, t0 - width, "a");
    put(p, t0 - 3 * width, "b");
    assert_int_equal(comparison_trend(w, p, 10, 20, trend, 4), 3);
    assert_true(trend[0] == 0 && isnan(trend[1]) && trend[2] == 10 && trend[3] == 20);
    window_free(w);
    pasts_free(p);
}

static void wants_come_in_order(void **state)
{
    (void)state;
    int64_t from[COMPARISON_WANTS];
    size_t n = comparison_wants(t0, width, from);
    assert_true(n <= COMPARISON_WANTS);
    assert_int_equal(from[0], t0 - width);
    assert_int_equal(from[2], t0 - 7 * CLOCK_DAY);
    assert_int_equal(from[3], t0 - 2 * width);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(from[i] != from[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_against_its_past),
        cmocka_unit_test(what_is_not_whole_says_less),
        cmocka_unit_test(the_catalogue_knows_what_came_first),
        cmocka_unit_test(an_open_window_waits_for_nobody),
        cmocka_unit_test(a_trend_has_gaps_where_nothing_is_known),
        cmocka_unit_test(wants_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
