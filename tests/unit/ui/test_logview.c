#include "ui/log/logview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void add(struct lines *l, int64_t time, const char *text)
{
    struct line line = {.time = time, .text = str_of(text)};
    lines_add(l, &line);
}

static const char *text_at(const struct lines *l, size_t i)
{
    static char text[64];
    struct str s = lines_at(l, i).text;
    snprintf(text, sizeof text, "%.*s", (int)s.n, s.p);
    return text;
}

static struct lines *fill(int count)
{
    struct lines *l = lines_new(1 << 20);
    char text[64];
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%s line-%d", i % 10 == 3 ? "ERROR" : "INFO", i);
        add(l, i * 10, text);
    }
    return l;
}

static void search_to_its_end(struct logview *v, enum logview_search expected)
{
    enum logview_search found;
    while ((found = logview_search(v)) == LOGVIEW_SEARCHING)
        ;
    assert_int_equal(found, expected);
}

/* Where the machine is busy, a slice of time may be over before its work is done: then again, as the
 * pane does. */
static void sync_to_its_end(struct logview *v, const struct lines *l)
{
    do
        logview_sync(v, l);
    while (v->unfinished);
}

static void move_to_its_end(struct logview *v, int rows)
{
    size_t from = v->cursor;
    for (;;) {
        logview_slice(v);
        logview_move(v, rows);
        if (!v->unfinished)
            return;
        logview_slice(v);
        logview_move_to(v, from);
    }
}

static void it_follows_and_pauses(void **state)
{
    (void)state;
    struct lines *l = fill(100);
    struct logview v = {.follow = true};
    logview_sync(&v, l);
    assert_int_equal(v.cursor, 99);
    add(l, 1000, "INFO new");
    logview_sync(&v, l);
    assert_int_equal(v.cursor, 100);
    logview_move(&v, -5);
    assert_false(v.follow);
    assert_int_equal(v.cursor, 95);
    add(l, 1001, "INFO newer");
    add(l, 3, "INFO late"); /* between others, far above */
    v.came = 2;
    logview_sync(&v, l);
    assert_string_equal(text_at(l, v.cursor), "INFO line-95");
    assert_int_equal(logview_new_lines(&v), 2);
    logview_move(&v, INT32_MAX);
    assert_true(v.follow);
    assert_int_equal(v.cursor, lines_count(l) - 1);
    assert_int_equal(logview_new_lines(&v), 0);
    logview_move(&v, -INT32_MAX);
    assert_int_equal(v.cursor, 0);
    logview_move(&v, -1);
    assert_int_equal(v.cursor, 0);
    logview_free(&v);
    lines_free(l);
}

static void what_drops_out_moves_nothing_else(void **state)
{
    (void)state;
    struct lines *l = lines_new(40000);
    struct logview v = {.follow = true};
    char text[64];
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "line-%d", i);
        add(l, i, text);
    }
    logview_sync(&v, l);
    logview_move_to(&v, 150);
    for (int i = 200; i < 1000; i++) {
        snprintf(text, sizeof text, "line-%d", i);
        add(l, i, text);
        logview_sync(&v, l);
        if (lines_at(l, 0).time <= 150)
            assert_string_equal(text_at(l, v.cursor), "line-150");
    }
    for (int i = 1000; i < 6000; i++)
        add(l, i, "flood");
    assert_true(lines_dropped(l) > 1000);
    logview_sync(&v, l);
    assert_int_equal(v.cursor, 0); /* its line went: the oldest that there is */
    assert_false(v.follow);
    lines_clear(l);
    logview_sync(&v, l);
    logview_move(&v, 3);
    logview_find(&v, LOGVIEW_ERROR, NULL, true);
    search_to_its_end(&v, LOGVIEW_NONE);
    logview_free(&v);
    lines_free(l);
}

static void a_filter_lets_through(void **state)
{
    (void)state;
    struct lines *l = fill(100);
    struct logview v = {.follow = true};
    struct regex *error = regex_new("ERROR", 0, NULL), *none = regex_new("nothing", 0, NULL);
    sync_to_its_end(&v, l);
    logview_filter(&v, error, false);
    sync_to_its_end(&v, l);
    assert_string_equal(text_at(l, v.cursor), "ERROR line-93");
    move_to_its_end(&v, -2);
    assert_string_equal(text_at(l, v.cursor), "ERROR line-73");
    while (logview_count(&v))
        ;
    assert_int_equal(v.shown, 10);
    logview_filter(&v, error, true);
    sync_to_its_end(&v, l);
    assert_string_equal(text_at(l, v.cursor), "INFO line-72"); /* the nearest one above */
    move_to_its_end(&v, 1);
    assert_string_equal(text_at(l, v.cursor), "INFO line-74");
    logview_filter(&v, none, false);
    sync_to_its_end(&v, l);
    size_t next;
    do {
        logview_slice(&v);
        next = logview_next(&v, 0, true);
    } while (v.unfinished);
    assert_int_equal(next, SIZE_MAX);
    logview_filter(&v, NULL, false);
    sync_to_its_end(&v, l);
    move_to_its_end(&v, -1);
    assert_string_equal(text_at(l, v.cursor), "ERROR line-73"); /* it had stayed where it was */
    regex_free(error);
    regex_free(none);
    logview_free(&v);
    lines_free(l);
}

static void errors_and_matches_are_found(void **state)
{
    (void)state;
    struct lines *l = fill(100);
    struct logview v = {.follow = true};
    struct regex *five = regex_new("-5\\d$", 0, NULL);
    logview_sync(&v, l);
    logview_find(&v, LOGVIEW_ERROR, NULL, false);
    search_to_its_end(&v, LOGVIEW_FOUND);
    assert_string_equal(text_at(l, v.cursor), "ERROR line-93");
    assert_int_equal(logview_level(&v, v.cursor), LEVEL_ERROR);
    assert_int_equal(logview_level(&v, v.cursor - 1), LEVEL_INFO);
    logview_find(&v, LOGVIEW_ERROR, NULL, true);
    search_to_its_end(&v, LOGVIEW_NONE);
    assert_string_equal(text_at(l, v.cursor), "ERROR line-93");
    logview_find(&v, LOGVIEW_MATCH, five, false);
    search_to_its_end(&v, LOGVIEW_FOUND);
    assert_string_equal(text_at(l, v.cursor), "INFO line-59");
    assert_int_equal(logview_search(&v), LOGVIEW_IDLE);
    regex_free(five);
    logview_free(&v);
    lines_free(l);
}

/* What is read on the screen is found, though the line's bytes have colours in between. */
static void coloured_words_are_found(void **state)
{
    (void)state;
    struct lines *l = fill(3);
    struct logview v = {.follow = true};
    struct regex *words = regex_new("^ERROR red$", 0, NULL);
    add(l, 15, "\033[31mERROR\033[0m red");
    sync_to_its_end(&v, l);
    logview_find(&v, LOGVIEW_MATCH, words, false);
    search_to_its_end(&v, LOGVIEW_FOUND);
    assert_string_equal(text_at(l, v.cursor), "\033[31mERROR\033[0m red");
    logview_filter(&v, words, true);
    while (logview_count(&v))
        ;
    assert_int_equal(v.shown, 3);
    logview_filter(&v, words, false);
    while (logview_count(&v))
        ;
    assert_int_equal(v.shown, 1);
    regex_free(words);
    logview_free(&v);
    lines_free(l);
}

/* What was found out about a line is not taken for another that has its place in the table. */
static void knowledge_is_of_one_line(void **state)
{
    (void)state;
    struct lines *l = lines_new(200000);
    struct logview v = {.follow = true};
    char text[64];
    for (int i = 0; i < 60000; i++) {
        snprintf(text, sizeof text, "%s line-%d", i % 7 ? "INFO" : "ERROR", i);
        add(l, i, text);
        if (i % 500)
            continue;
        logview_sync(&v, l);
        for (size_t k = 0; k < lines_count(l); k += 97) {
            bool error = strncmp(text_at(l, k), "ERROR", 5) == 0;
            assert_int_equal(logview_level(&v, k), error ? LEVEL_ERROR : LEVEL_INFO);
        }
    }
    logview_free(&v);
    lines_free(l);
}

/* An expression that takes a millisecond a line holds keys up by some lines, not by 64: in a search,
 * a filter and the count of what it lets through. */
static void costly_slices_end_early(void **state)
{
    (void)state;
    struct lines *l = lines_new(1 << 20);
    struct logview v = {.follow = true};
    struct regex *r = regex_new("(\\w+ ?)+[;|]", 0, NULL);
    for (int i = 0; i < 300; i++)
        add(l, i,
            "level=info msg=stored order=12 "
            "0123456789abcdef0123456789abcdef0123456789abcdef01234567");
    logview_sync(&v, l);
    logview_move(&v, -INT32_MAX);
    logview_find(&v, LOGVIEW_MATCH, r, true);
    size_t before = regex_gave_up(r);
    assert_int_equal(logview_search(&v), LOGVIEW_SEARCHING);
    assert_true(regex_gave_up(r) > before && regex_gave_up(r) < before + 50);
    logview_filter(&v, r, false);
    logview_slice(&v);
    before = regex_gave_up(r);
    assert_int_equal(logview_next(&v, 0, true), SIZE_MAX);
    assert_true(v.unfinished && regex_gave_up(r) > before && regex_gave_up(r) < before + 50);
    before = regex_gave_up(r);
    assert_true(logview_count(&v));
    assert_true(regex_gave_up(r) > before && regex_gave_up(r) < before + 50);
    logview_free(&v);
    regex_free(r);
    lines_free(l);
}

static void knowledge_is_small(void **state)
{
    (void)state;
    struct lines *l = fill(5000);
    struct logview v = {.follow = true};
    logview_sync(&v, l);
    assert_true(v.known_size >= 5000 && v.known_size <= 6250);
    logview_free(&v);
    lines_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_and_pauses),
        cmocka_unit_test(what_drops_out_moves_nothing_else),
        cmocka_unit_test(a_filter_lets_through),
        cmocka_unit_test(errors_and_matches_are_found),
        cmocka_unit_test(coloured_words_are_found),
        cmocka_unit_test(knowledge_is_of_one_line),
        cmocka_unit_test(costly_slices_end_early),
        cmocka_unit_test(knowledge_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
