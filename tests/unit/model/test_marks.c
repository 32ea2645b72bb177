#include "model/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static struct line line_of(int64_t time, const char *text)
{
    return (struct line){.time = time, .text = str_of(text)};
}

static void lines_are_marked_and_noted(void **state)
{
    (void)state;
    struct marks *m = marks_new();
    struct line b = line_of(20, "b"), a = line_of(10, "a"), twin = line_of(20, "c");
    assert_int_equal(marks_add(m, &b, "{x=\"y\"}"), 0);
    assert_int_equal(marks_add(m, &a, NULL), 0);
    assert_int_equal(marks_find(m, &b), 1);
    assert_int_equal(marks_find(m, &twin), SIZE_MAX);
    assert_int_equal(marks_add(m, &b, NULL), 1); /* it is there */
    assert_int_equal(marks_count(m), 2);
    marks_note(m, 1, "look here");
    assert_string_equal(marks_at(m, 1)->note, "look here");
    assert_string_equal(marks_at(m, 1)->query, "{x=\"y\"}");
    marks_note(m, 1, "");
    assert_null(marks_at(m, 1)->note);
    marks_remove(m, 0);
    assert_int_equal(marks_find(m, &b), 0);
    assert_int_equal(marks_find(m, &a), SIZE_MAX);
    marks_free(m);
}

static void they_are_bounded(void **state)
{
    (void)state;
    struct marks *m = marks_new();
    char *long_text = mem_alloc(MARKS_TEXT * 2 + 1);
    memset(long_text, 'x', MARKS_TEXT * 2);
    for (int i = 0; i < MARKS_MOST; i++) {
        struct line line = line_of(MARKS_MOST - i, long_text);
        assert_int_equal(marks_add(m, &line, NULL), 0);
    }
    struct line more = line_of(5, "more");
    assert_int_equal(marks_add(m, &more, NULL), SIZE_MAX);
    assert_int_equal(marks_at(m, 0)->text_n, MARKS_TEXT);
    struct line first = line_of(1, long_text);
    assert_int_equal(marks_find(m, &first), 0);
    long_text[MARKS_TEXT + 5] = 'y'; /* they differ behind what is kept */
    assert_int_equal(marks_find(m, &first), SIZE_MAX);
    free(long_text);
    marks_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_marked_and_noted),
        cmocka_unit_test(they_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
