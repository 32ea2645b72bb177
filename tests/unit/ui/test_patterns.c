#include "ui/log/patterns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static void add(struct lines *l, int64_t time, const char *text)
{
    struct line line = {.time = time, .text = str_of(text)};
    lines_add(l, &line);
}

static struct model_logs *fill(int count)
{
    struct model_logs *m = mem_alloc(sizeof *m);
    char text[80];
    m->lines = lines_new(64 << 20);
    m->query = mem_dup("{a=\"b\"}");
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text,
                 i % 10 == 3 ? "ERROR connection to 10.0.0.%d refused" : "INFO served %d requests",
                 i % 200);
        add(m->lines, i * CLOCK_SECOND, text);
    }
    return m;
}

static void drop(struct model_logs *m)
{
    lines_free(m->lines);
    free(m->query);
    free(m);
}

/* The longest call of those until the work is done, ns of work. */
static int64_t work(struct patterns *p, struct model_logs *m, int64_t tick)
{
    int64_t longest = 0;
    for (bool again = true; again;) {
        int64_t start = clock_worked();
        again = patterns_work(p, m, tick);
        int64_t took = clock_worked() - start;
        longest = took > longest ? took : longest;
    }
    return longest;
}

static const struct patterns_row *row_with(const struct patterns *p, const char *word)
{
    for (size_t i = 0; i < patterns_count(p); i++)
        if (strstr(patterns_at(p, i)->template_text, word))
            return patterns_at(p, i);
    return NULL;
}

static size_t admitted(struct patterns *p, const struct model_logs *m)
{
    size_t n = 0;
    for (size_t i = 0; i < lines_count(m->lines); i++)
        n += patterns_admits(p, m->lines, i);
    return n;
}

static void it_groups_keeps_and_hides(void **state)
{
    (void)state;
    struct model_logs *m = fill(1000);
    struct patterns *p = patterns_new();
    work(p, m, CLOCK_SECOND);
    assert_int_equal(patterns_count(p), 2);
    assert_int_equal(patterns_lines(p), 1000);
    const struct patterns_row *refused = row_with(p, "refused"), *served = row_with(p, "served");
    assert_int_equal(refused->count, 100);
    assert_int_equal(refused->level, LEVEL_ERROR);
    assert_int_equal(served->count, 900);
    int64_t from, to;
    assert_in_range(patterns_span(p, &from, &to), PATTERNS_BUCKETS - 1, PATTERNS_BUCKETS);
    assert_int_equal(from, 0);
    assert_int_equal(to, 999 * CLOCK_SECOND);
    uint64_t sum = 0;
    for (size_t i = 0; i < PATTERNS_BUCKETS; i++)
        sum += served->buckets[i];
    assert_int_equal(sum, 900);
    assert_int_equal(admitted(p, m), 1000);
    patterns_keep(p, refused->id);
    assert_int_equal(admitted(p, m), 100);
    patterns_keep(p, refused->id);
    assert_int_equal(admitted(p, m), 1000);
    patterns_hide(p, refused->id);
    assert_int_equal(admitted(p, m), 900);
    patterns_show_all(p);
    assert_int_equal(admitted(p, m), 1000);
    patterns_free(p);
    drop(m);
}

static void lines_that_come_later_are_known_too(void **state)
{
    (void)state;
    struct model_logs *m = fill(100);
    struct patterns *p = patterns_new();
    work(p, m, CLOCK_SECOND);
    patterns_keep(p, row_with(p, "refused")->id);
    assert_int_equal(admitted(p, m), 10);
    add(m->lines, 100 * CLOCK_SECOND, "ERROR connection to 10.0.9.9 refused");
    add(m->lines, 5 * CLOCK_SECOND, "ERROR connection to 10.0.9.8 refused"); /* late */
    add(m->lines, 101 * CLOCK_SECOND, "INFO served 7 requests");
    add(m->lines, 9000 * CLOCK_SECOND, "WARN something else"); /* far beyond the buckets */
    work(p, m, 2 * CLOCK_SECOND);
    admitted(p, m); /* the late one is missed, which makes it go over all again */
    work(p, m, 3 * CLOCK_SECOND);
    assert_int_equal(admitted(p, m), 12);
    assert_int_equal(row_with(p, "refused")->count, 12);
    assert_int_equal(row_with(p, "something")->count, 1);
    assert_int_equal(patterns_lines(p), 104);
    patterns_free(p);
    drop(m);
}

/* Lines that fall out at one end while others come at the other: none that is held is forgotten. */
static void it_keeps_up_while_lines_fall_out(void **state)
{
    (void)state;
    struct model_logs *m = fill(0);
    struct patterns *p = patterns_new();
    char text[80];
    lines_free(m->lines);
    m->lines = lines_new(1 << 20);
    for (int i = 0; i < 60000; i++) {
        snprintf(text, sizeof text,
                 i % 10 == 3 ? "ERROR connection to 10.0.0.%d refused" : "INFO served %d requests",
                 i % 200);
        add(m->lines, i * CLOCK_SECOND, text);
        if (i % 1000 != 999)
            continue;
        work(p, m, i * CLOCK_SECOND);
        if (i == 999)
            patterns_keep(p, row_with(p, "refused")->id);
        admitted(p, m);
    }
    assert_true(lines_dropped(m->lines) > 30000);
    work(p, m, 100000 * CLOCK_SECOND);
    work(p, m, 100001 * CLOCK_SECOND);
    size_t expected = 0;
    for (size_t i = 0; i < lines_count(m->lines); i++)
        expected += lines_at(m->lines, i).text.p[0] == 'E';
    assert_int_equal(admitted(p, m), expected);
    assert_int_equal(patterns_lines(p), 60000);
    patterns_free(p);
    drop(m);
}

static void another_query_begins_anew(void **state)
{
    (void)state;
    struct model_logs *m = fill(100);
    struct patterns *p = patterns_new();
    work(p, m, CLOCK_SECOND);
    patterns_keep(p, row_with(p, "refused")->id);
    free(m->query);
    m->query = mem_dup("{a=\"c\"}");
    lines_clear(m->lines);
    add(m->lines, 1, "WARN other");
    work(p, m, CLOCK_SECOND);
    assert_false(patterns_is_choosing(p));
    assert_int_equal(patterns_count(p), 1);
    assert_int_equal(patterns_lines(p), 1);
    patterns_free(p);
    drop(m);
}

static void a_call_is_short(void **state)
{
    (void)state;
    struct model_logs *m = fill(300000);
    for (int i = 0; i < 20000; i++) { /* thousands of different messages */
        char text[120];
        snprintf(text, sizeof text, "%c%c%c%c went %c%c%c%c wrong", 'a' + i % 26, 'a' + i / 26 % 26,
                 'a' + i / 676 % 26, 'q', 'b' + i % 23, 'a' + i / 3 % 26, 'c' + i / 7 % 20, 'z');
        add(m->lines, i * CLOCK_SECOND, text);
    }
    struct patterns *p = patterns_new();
    int64_t start = clock_worked(), longest = work(p, m, CLOCK_SECOND);
    printf("longest call %.1f ms of %.0f ms, %zu patterns\n", (double)longest / 1e6,
           (double)(clock_worked() - start) / 1e6, patterns_count(p));
    work(p, m, 2 * CLOCK_SECOND); /* the last batch waits for more lines */
    assert_true(longest < 300 * CLOCK_MS);
    assert_true(patterns_count(p) <= PATTERNS_MOST + 1);
    assert_int_equal(patterns_lines(p), lines_count(m->lines));
    patterns_free(p);
    drop(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_groups_keeps_and_hides),
        cmocka_unit_test(lines_that_come_later_are_known_too),
        cmocka_unit_test(it_keeps_up_while_lines_fall_out),
        cmocka_unit_test(another_query_begins_anew),
        cmocka_unit_test(a_call_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
