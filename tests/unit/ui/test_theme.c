#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ui/terminal/colour.h"

static void colours_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t colour;
    } good[] = {{"default", COLOUR_DEFAULT},
                {"black", 0},
                {"white", 7},
                {"bright-black", 8},
                {"bright-white", 15},
                {"0", 0},
                {"255", 255},
                {"#ff8700", COLOUR_RGB | 0xff8700},
                {"#FF8700", COLOUR_RGB | 0xff8700}};
    static const char *const bad[] = {"",       "purple",   "256",     "-1",
                                      "#ff870", "#ff87001", "#gg8700", "bright-"};
    int32_t c;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(colour_parse(str_of(good[i].text), &c));
        assert_int_equal(c, good[i].colour);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(colour_parse(str_of(bad[i]), &c));
}

static void colours_come_down_to_what_there_is(void **state)
{
    (void)state;
    int32_t orange = COLOUR_RGB | 0xff8700;
    assert_int_equal(colour_nearest(orange, 1 << 24), orange);
    assert_int_equal(colour_nearest(orange, 256), 208);
    assert_int_equal(colour_nearest(orange, 16), 3);
    assert_int_equal(colour_nearest(orange, 1), COLOUR_DEFAULT);
    assert_int_equal(colour_nearest(9, 8), 1); /* bright red is red, whatever is nearer */
    assert_int_equal(colour_nearest(9, 16), 9);
    assert_int_equal(colour_nearest(9, 1 << 24), COLOUR_RGB | 0xff0000);
    assert_int_equal(colour_nearest(1, 1 << 24), 1);
    assert_int_equal(colour_nearest(COLOUR_DEFAULT, 256), COLOUR_DEFAULT);
    for (int i = 16; i < 256; i++) { /* what the palette has is found in it */
        int32_t found = colour_nearest((int32_t)(COLOUR_RGB | colour_rgb(i)), 256);
        assert_int_equal(colour_rgb(found), colour_rgb(i));
    }
}

static void embedded_themes_are_whole(void **state)
{
    (void)state;
    struct err err;
    size_t count = 0;
    for (; theme_list(count); count++) {
        struct theme *t = theme_load(theme_list(count), NULL, &err);
        assert_non_null(t);
        /* What must be told apart without colour differs by attributes. */
        struct theme_style cursor = theme_style(t, ROLE_CURSOR, 1);
        assert_true(cursor.attributes & (THEME_REVERSE | THEME_UNDERLINE | THEME_BOLD));
        theme_free(t);
    }
    assert_true(count >= 2);
}

static char folder[] = "/tmp/themesXXXXXX";

static struct theme *load(const char *text, struct err *err)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/mine.yaml", folder) > 0);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, err));
    free(path);
    return theme_load("mine", folder, err);
}

static void a_folder_comes_first(void **state)
{
    (void)state;
    struct err err;
    struct theme *t = load("text: red\nbad: \"bright-red on #303030 bold | reverse\"\n", &err);
    assert_non_null(t);
    struct theme_style s = theme_style(t, ROLE_BAD, 256);
    assert_int_equal(s.fg, 9);
    assert_int_equal(s.bg, 236);
    assert_int_equal(s.attributes, THEME_BOLD);
    s = theme_style(t, ROLE_BAD, 16);
    assert_int_equal(s.fg, COLOUR_DEFAULT);
    assert_int_equal(s.attributes, THEME_REVERSE);
    /* A role that is not named looks like the one above it. */
    assert_int_equal(theme_style(t, ROLE_LEVEL_ERROR, 256).fg, 9);
    assert_int_equal(theme_style(t, ROLE_DIM, 256).fg, 1);
    theme_free(t);
    t = theme_load("dark", folder, &err);
    assert_non_null(t);
    theme_free(t);
}

static void wrong_themes_name_their_line(void **state)
{
    (void)state;
    struct err err;
    assert_null(load("text: red\nbadd: red\n", &err));
    assert_non_null(strstr(err.where, "mine.yaml:2"));
    assert_string_equal(err.what, "\"badd\" is unknown");
    assert_null(load("text: rot\n", &err));
    assert_non_null(strstr(err.where, "mine.yaml:1"));
    assert_string_equal(err.what, "\"rot\" is unknown");
    assert_null(load("- text\n", &err));
    assert_null(load("text: {fg: red}\n", &err));
    assert_null(load("text: [\n", &err));
    assert_null(theme_load("nosuch", folder, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.mend, "dark, light"));
    assert_null(theme_load("../mine", folder, &err));
    assert_null(theme_load("/nonexistent/x.yaml", NULL, &err));
}

static void a_reversed_row_is_of_one_colour(void **state)
{
    (void)state;
    struct theme_style red = {1, COLOUR_DEFAULT, THEME_DIM | THEME_BOLD};
    struct theme_style reverse = {COLOUR_DEFAULT, COLOUR_DEFAULT, THEME_REVERSE};
    struct theme_style back = {COLOUR_DEFAULT, 4, 0};
    struct theme_style s = theme_lay(red, reverse);
    assert_int_equal(s.fg, COLOUR_DEFAULT);
    assert_int_equal(s.attributes, THEME_REVERSE | THEME_BOLD);
    s = theme_lay(red, back);
    assert_int_equal(s.fg, 1);
    assert_int_equal(s.bg, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_are_read),
        cmocka_unit_test(colours_come_down_to_what_there_is),
        cmocka_unit_test(embedded_themes_are_whole),
        cmocka_unit_test(a_folder_comes_first),
        cmocka_unit_test(wrong_themes_name_their_line),
        cmocka_unit_test(a_reversed_row_is_of_one_colour),
    };
    if (!mkdtemp(folder))
        return 2;
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    char *path = NULL;
    if (asprintf(&path, "%s/mine.yaml", folder) > 0)
        unlink(path);
    free(path);
    rmdir(folder);
    return status;
}
