#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/utf8.h"

static void set_fills_and_returns_false(void **state)
{
    (void)state;
    struct err err = {.http = 500, .retry_after_ms = 3};
    assert_false(err_set(&err, ERR_USAGE, "--limit", "give a number", "'%s' is no number", "x"));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.where, "--limit");
    assert_string_equal(err.what, "'x' is no number");
    assert_string_equal(err.mend, "give a number");
    assert_int_equal(err.http, 0);
    assert_int_equal(err.retry_after_ms, 0);
    assert_false(err_set(&err, ERR_IO, NULL, NULL, "plain"));
    assert_string_equal(err.where, "");
    assert_string_equal(err.mend, "");
    assert_false(err_set(NULL, ERR_IO, "a", "b", "c %d", 1));
    err_clear(&err);
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(err.what, "");
    err_clear(NULL);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char much[3000];
    memset(much, 'x', sizeof much);
    much[sizeof much - 1] = '\0';
    struct err err;
    err_set(&err, ERR_IO, much, much, "%s", much);
    assert_int_equal(strlen(err.where), sizeof err.where - 1);
    assert_int_equal(strlen(err.what), sizeof err.what - 1);
    assert_int_equal(strlen(err.mend), sizeof err.mend - 1);
    char line[2000];
    err_line(&err, line, sizeof line);
    assert_int_equal(strlen(line), sizeof err.where + sizeof err.what + sizeof err.mend - 3 + 4);
}

static void errno_gives_kind_and_text(void **state)
{
    (void)state;
    static const struct {
        int number;
        enum err_kind kind;
    } cases[] = {{ENOENT, ERR_NOT_FOUND},
                 {EACCES, ERR_DENIED},
                 {EPERM, ERR_DENIED},
                 {EIO, ERR_IO},
                 {ENOSPC, ERR_IO}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;
        char expected[200] = "cannot open it: ";
        str_copy(expected + strlen(expected), 100, strerror(cases[i].number));
        errno = cases[i].number;
        assert_false(err_errno(&err, "/x", "chmod", "cannot open it"));
        assert_int_equal(err.kind, cases[i].kind);
        assert_string_equal(err.what, expected);
    }
}

static void the_line_leaves_empty_parts_out(void **state)
{
    (void)state;
    struct err err;
    char line[200];
    err_set(&err, ERR_IO, "a", "c", "b");
    assert_string_equal(err_line(&err, line, sizeof line), "a: b: c");
    err_set(&err, ERR_IO, NULL, "c", "b");
    assert_string_equal(err_line(&err, line, sizeof line), "b: c");
    err_set(&err, ERR_IO, "a", NULL, "b");
    assert_string_equal(err_line(&err, line, sizeof line), "a: b");
    assert_string_equal(err_line(&err, line, 4), "a: ");
    assert_string_equal(err_line(&err, line, 1), "");
}

static void foreign_text_cannot_steer_the_terminal(void **state)
{
    (void)state;
    struct err err;
    char line[200];
    err_set(&err, ERR_AWAY, "a\nb", NULL,
            "x\x1b[2Jy\x1b]0;t\x07\r\xc2\x9b"
            "31mz\xe2\x80\xae\xff한");
    assert_string_equal(err_line(&err, line, sizeof line), "a b: xy z��한");
    /* Cut between characters. */
    for (size_t size = 1; size < 30; size++)
        assert_true(utf8_valid(str_of(err_line(&err, line, size))) && strlen(line) < size);
}

static void print_writes_one_line_to_standard_error(void **state)
{
    (void)state;
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    struct err err;
    err_set(&err, ERR_CONFIG, "c.yaml:3", "remove it", "unknown key 'x'");
    err_print(&err);
    dup2(before, STDERR_FILENO);
    char text[200] = "";
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "kubeboard: c.yaml:3: unknown key 'x': remove it\n");
    close(before);
    close(ends[0]);
    close(ends[1]);
}

static void kinds_give_the_exit_status(void **state)
{
    (void)state;
    for (int kind = ERR_NONE; kind <= ERR_IO; kind++) {
        struct err err = {.kind = (enum err_kind)kind};
        int expected = kind == ERR_NONE                          ? 0
                       : kind == ERR_USAGE || kind == ERR_CONFIG ? 2
                       : kind == ERR_CANCELLED                   ? 130
                                                                 : 1;
        assert_int_equal(err_exit_status(&err), expected);
        assert_int_equal(err_is_transient(&err), kind == ERR_AWAY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_fills_and_returns_false),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(errno_gives_kind_and_text),
        cmocka_unit_test(the_line_leaves_empty_parts_out),
        cmocka_unit_test(foreign_text_cannot_steer_the_terminal),
        cmocka_unit_test(print_writes_one_line_to_standard_error),
        cmocka_unit_test(kinds_give_the_exit_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
