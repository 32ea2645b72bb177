#include "ui/clipboard.h"

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
    clipboard_sequence(&out, str_of("hello"), false);
    assert_string_equal(buf_text(&out), "\033]52;c;aGVsbG8=\a");
    buf_clear(&out);
    clipboard_sequence(&out, str_of("hello"), true);
    assert_string_equal(buf_text(&out), "\033]52;c;aGVsbG8=\a"
                                        "\033Ptmux;\033\033]52;c;aGVsbG8=\a\033\\");
    buf_free(&out);
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
        cmocka_unit_test(a_long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
