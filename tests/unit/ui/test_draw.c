#include "ui/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/utf8.h"
#include "ui/terminal/plain.h"

static struct cells cells;

static struct draw_area all(int width, int height)
{
    cells_resize(&cells, width, height);
    return (struct draw_area){&cells, 0, 0, width, height};
}

static void expect(const char *text)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    plain_screen.show(&out, &cells, NULL);
    assert_string_equal(buf_text(&out), text);
    buf_free(&out);
}

static void text_is_cut_with_a_mark(void **state)
{
    (void)state;
    struct draw_area a = all(10, 6);
    draw_texts(&a, 0, 0, 10, DRAW_LEFT, ROLE_TEXT, "exactly 10");
    draw_texts(&a, 0, 1, 10, DRAW_LEFT, ROLE_TEXT, "more than 10");
    draw_texts(&a, 0, 2, 10, DRAW_MIDDLE, ROLE_TEXT, "front-and-back");
    draw_texts(&a, 0, 3, 10, DRAW_RIGHT, ROLE_TEXT, "right");
    draw_texts(&a, 7, 4, 10, DRAW_HARD, ROLE_TEXT, "hard cut");
    draw_texts(&a, 0, 6, 10, DRAW_LEFT, ROLE_TEXT, "outside");
    draw_texts(&a, -1, 5, 10, DRAW_LEFT, ROLE_TEXT, "outside");
    expect("exactly 10\nmore than…\nfront…back\n     right\n       har\n\n");
}

static void wide_characters_are_never_halved(void **state)
{
    (void)state;
    struct draw_area a = all(5, 4);
    draw_texts(&a, 0, 0, 5, DRAW_LEFT, ROLE_TEXT, "한글한글");
    draw_texts(&a, 0, 1, 4, DRAW_LEFT, ROLE_TEXT, "한글");
    draw_texts(&a, 1, 1, 1, DRAW_HARD, ROLE_TEXT, "x"); /* over the right half: the left goes too */
    draw_texts(&a, 0, 2, 5, DRAW_HARD, ROLE_TEXT, "abc한글");
    draw_texts(&a, 4, 3, 1, DRAW_HARD, ROLE_TEXT, "한");
    expect("한글…\n x글\nabc한\n\n");
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    struct draw_area a = all(40, 4);
    draw_texts(&a, 0, 0, 40, DRAW_LEFT, ROLE_TEXT, "a\x1b[31mred\x1b[0m\x1b]0;title\x07z");
    draw_texts(&a, 0, 1, 40, DRAW_LEFT, ROLE_TEXT,
               "one\r\ntwo\tthree\x9b"
               "1mx");
    draw_texts(&a, 0, 2, 40, DRAW_LEFT, ROLE_TEXT,
               "\xff\xfe\xe2\x80\xae"
               "abc");
    draw_text(&a, 0, 3, 40, DRAW_LEFT, ROLE_TEXT, (struct str){"nul\0nul", 7});
    for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 40; x++) {
            const struct cells_cell *c = cells_at(&cells, x, y);
            assert_true(c->n > 0 && (unsigned char)c->text[0] >= ' ' && c->text[0] != 0x7f);
            assert_true(utf8_valid((struct str){c->text, c->n}));
        }
    }
    cells.ascii = true;
    draw_texts(&a, 0, 0, 40, DRAW_LEFT, ROLE_TEXT, "é한\x1b[1mx");
    assert_memory_equal(cells_at(&cells, 0, 0)->text, "?", 1);
    assert_memory_equal(cells_at(&cells, 3, 0)->text, "x", 1);
    cells.ascii = false;
}

static void areas_are_not_left(void **state)
{
    (void)state;
    all(6, 3);
    struct draw_area whole = {&cells, 0, 0, 6, 3}, part = draw_sub(&whole, 2, 1, 3, 5);
    assert_int_equal(part.height, 2);
    draw_texts(&part, 0, 0, 99, DRAW_HARD, ROLE_TEXT, "abcdefgh");
    draw_fill(&part, 1, 1, 99, ROLE_TEXT, GLYPH_DOT);
    draw_over(&part, 0, 0, 99, ROLE_CURSOR);
    expect("\n  abc\n   ··\n");
    assert_int_equal(cells_at(&cells, 4, 1)->over, ROLE_CURSOR);
    assert_int_equal(cells_at(&cells, 5, 1)->over, ROLE_TEXT);
    part = draw_sub(&whole, 9, 9, 5, 5);
    draw_texts(&part, 0, 0, 5, DRAW_LEFT, ROLE_TEXT, "x");
    assert_int_equal(part.width, 0);
}

static void bars_and_levels(void **state)
{
    (void)state;
    struct draw_area a = all(10, 3);
    static const double values[] = {0, 0.5, 1, NAN, 2, -1};
    draw_bar(&a, 0, 0, 10, ROLE_BAR, 0.5);
    draw_bar(&a, 0, 1, 10, ROLE_BAR, 0.001); /* little is not nothing */
    draw_levels(&a, 0, 2, ROLE_CPU, values, 6);
    expect("▆▆▆▆▆\n▂\n▁▅█ █▁\n");
    draw_bar(&a, 0, 0, 10, ROLE_BAR, NAN);
    draw_bar(&a, 0, 0, 0, ROLE_BAR, 1);
}

static void lines_wrap_at_blanks(void **state)
{
    (void)state;
    assert_int_equal(draw_wrap(str_of("short"), 10), 5);
    assert_int_equal(draw_wrap(str_of("the quick brown fox"), 10), 10);
    assert_int_equal(draw_wrap(str_of("aaaaaaaaaaaaaaaaaaaa"), 10), 10);
    assert_int_equal(draw_wrap(str_of("a bbbbbbbbbbbbbbbbbb"), 10), 10); /* a blank too far left */
    assert_int_equal(draw_wrap(str_of("한글"), 1), 3);                   /* at least one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_with_a_mark),
        cmocka_unit_test(wide_characters_are_never_halved),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(areas_are_not_left),
        cmocka_unit_test(bars_and_levels),
        cmocka_unit_test(lines_wrap_at_blanks),
    };
    cells_init(&cells);
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    cells_free(&cells);
    return status;
}
