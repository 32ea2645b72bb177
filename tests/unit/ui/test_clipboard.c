#include "ui/terminal/clipboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void the_sequence_is_that_of_terminals(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    clipboard_sequence(&out, str_of("hello"), CLIPBOARD_TERMINAL);
    assert_string_equal(buf_text(&out), "\033]52;c;aGVsbG8=\a");
    buf_clear(&out);
    clipboard_sequence(&out, str_of("hello"), CLIPBOARD_TMUX);
    assert_string_equal(buf_text(&out), "\033]52;c;aGVsbG8=\a"
                                        "\033Ptmux;\033\033]52;c;aGVsbG8=\a\033\\");
    buf_clear(&out);
    clipboard_sequence(&out, str_of("hello"), CLIPBOARD_SCREEN);
    assert_string_equal(buf_text(&out), "\033P\033]52;c;aGVsbG8=\a\033\\");
    buf_free(&out);
}

/* screen hands on pieces of at most 256 bytes; put together they are the sequence. */
static void screen_gets_it_in_pieces(void **state)
{
    (void)state;
    char text[2001] = "";
    struct buf out, plain, joined;
    memset(text, 'x', 2000);
    buf_init(&out, 10000);
    buf_init(&plain, 10000);
    buf_init(&joined, 10000);
    clipboard_sequence(&plain, str_of(text), CLIPBOARD_TERMINAL);
    clipboard_sequence(&out, str_of(text), CLIPBOARD_SCREEN);
    for (const char *p = buf_text(&out); *p;) {
        assert_memory_equal(p, "\033P", 2);
        const char *end = strstr(p, "\033\\");
        assert_non_null(end);
        assert_true(end - p <= 256);
        buf_add(&joined, p + 2, (size_t)(end - p) - 2);
        p = end + 2;
    }
    assert_string_equal(buf_text(&joined), buf_text(&plain));
    buf_free(&out);
    buf_free(&plain);
    buf_free(&joined);
}

static void the_environment_says_what_is_between(void **state)
{
    (void)state;
    unsetenv("TMUX");
    unsetenv("STY");
    assert_int_equal(clipboard_within(), CLIPBOARD_TERMINAL);
    setenv("STY", "1234.pts-0.host", 1);
    assert_int_equal(clipboard_within(), CLIPBOARD_SCREEN);
    setenv("TMUX", "/tmp/tmux-0/default,1,0", 1);
    assert_int_equal(clipboard_within(), CLIPBOARD_TMUX);
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char *text = mem_alloc(CLIPBOARD_MOST + 10);
    memset(text, 'a', CLIPBOARD_MOST + 9);
    memcpy(text + CLIPBOARD_MOST - 1, "\xed\x95\x9c", 3);
    assert_int_equal(clipboard_fit((struct str){text, 10}).n, 10);
    assert_int_equal(clipboard_fit((struct str){text, CLIPBOARD_MOST + 9}).n, CLIPBOARD_MOST - 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sequence_is_that_of_terminals),
        cmocka_unit_test(screen_gets_it_in_pieces),
        cmocka_unit_test(the_environment_says_what_is_between),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
