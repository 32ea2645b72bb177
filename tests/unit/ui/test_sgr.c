#include "ui/terminal/sgr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/utf8.h"

static struct sgr colours;

static void expect(const char *text, size_t n, const char *safe)
{
    struct buf out;
    buf_init(&out, 4096);
    sgr_safe(&out, (struct str){text, n}, UTF8_SAFE_DEFAULT, &colours);
    assert_string_equal(buf_text(&out), safe);
    buf_free(&out);
}

static void expect_span(size_t i, size_t at, enum theme_role role)
{
    assert_true(i < colours.count);
    assert_int_equal(colours.spans[i].at, at);
    assert_int_equal(colours.spans[i].role, role);
}

#define EXPECT(text, safe) expect(text, sizeof(text) - 1, safe)

static void colours_become_roles(void **state)
{
    (void)state;
    EXPECT("plain", "plain");
    assert_int_equal(colours.count, 0);
    EXPECT("a\033[31mred\033[0m end", "ared end");
    assert_int_equal(colours.count, 2);
    expect_span(0, 1, ROLE_LOG_RED);
    expect_span(1, 4, ROLE_TEXT);
    EXPECT("\033[1;32mx\033[22my\033[39mz\033[1mb\033[2;22md", "xyzbd");
    expect_span(0, 0, ROLE_LOG_GREEN);
    expect_span(2, 2, ROLE_TEXT);
    expect_span(3, 3, ROLE_STRONG);
    expect_span(4, 4, ROLE_TEXT);
    EXPECT("\033[38;5;196mr\033[38;2;0;0;255mb\033[48;5;1;93my\033[mn", "rbyn");
    expect_span(0, 0, ROLE_LOG_RED);
    expect_span(1, 1, ROLE_LOG_BLUE);
    expect_span(2, 2, ROLE_LOG_YELLOW);
    expect_span(3, 3, ROLE_TEXT);
}

static void nothing_else_passes(void **state)
{
    (void)state;
    EXPECT("a\033[2Jb\033[1;1Hc\033]0;title\ad", "abcd");
    assert_int_equal(colours.count, 0);
    EXPECT("a\033[?31mb\033[31", "ab");
    assert_int_equal(colours.count, 0);
    EXPECT("\033[999999999999999999;31mq", "q");
    expect_span(0, 0, ROLE_LOG_RED);
    EXPECT("\033[38;5mq\033[38mw", "qw");
    char many[1200];
    size_t n = 0;
    for (int i = 0; i < 150; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "\033[3%dmx", i % 8);
    struct buf out;
    buf_init(&out, 4096);
    sgr_safe(&out, (struct str){many, n}, UTF8_SAFE_DEFAULT, &colours);
    assert_int_equal(out.n, 150);
    assert_int_equal(colours.count, SGR_SPANS);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_become_roles),
        cmocka_unit_test(nothing_else_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
