#include "ui/query/querypast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char *folder, *path;

static int set_up(void **state)
{
    char name[] = "/tmp/kubeboard-querypast-XXXXXX";
    (void)state;
    if (!mkdtemp(name))
        return 1;
    folder = mem_printf("%s/deep/kubeboard", name);
    path = mem_printf("%s/queries", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    rmdir(folder);
    for (int i = 0; i < 2; i++) {
        *strrchr(folder, '/') = '\0';
        rmdir(folder);
    }
    free(folder);
    free(path);
    return 0;
}

static struct prompt *loaded(void)
{
    struct prompt *p = prompt_new();
    querypast_load(folder, p);
    return p;
}

static void write_file(const char *text)
{
    struct err err;
    assert_true(file_write_atomic(path, text, strlen(text), 0600, &err));
}

static void it_comes_back_in_the_next_run(void **state)
{
    (void)state;
    struct prompt *p = loaded(); /* no file is no harm */
    assert_null(prompt_past(p, PROMPT_QUERY, 0));
    prompt_free(p);
    querypast_add(folder, QUESTION_LOGQL, "{a=\"b\"}");
    querypast_add(folder, QUESTION_PROMQL, "up == 0");
    querypast_add(folder, QUESTION_LOGQL, "{상점=\"b\"} |= `x  y`");
    querypast_add(folder, QUESTION_LOGQL, "two\nlines"); /* would be two of them */
    querypast_add(NULL, QUESTION_LOGQL, "nowhere");
    p = loaded();
    assert_string_equal(prompt_past(p, PROMPT_QUERY, 0), "{상점=\"b\"} |= `x  y`");
    assert_string_equal(prompt_past(p, PROMPT_QUERY, 1), "{a=\"b\"}");
    assert_null(prompt_past(p, PROMPT_QUERY, 2));
    assert_string_equal(prompt_past(p, PROMPT_PROMQL, 0), "up == 0");
    prompt_free(p);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void it_has_an_end(void **state)
{
    (void)state;
    char text[40];
    for (int i = 0; i < 2 * QUERYPAST_MOST + 50; i++) {
        snprintf(text, sizeof text, "{n=\"%d\"}", i);
        querypast_add(folder, QUESTION_LOGQL, text);
    }
    prompt_free(loaded()); /* cuts it */
    struct buf all;
    buf_init(&all, 1 << 20);
    assert_true(file_read(path, &all, NULL));
    size_t lines = 0;
    for (size_t i = 0; i < all.n; i++)
        lines += all.p[i] == '\n';
    assert_int_equal(lines, QUERYPAST_MOST);
    assert_true(str_starts(buf_str(&all), "logql {n=\"250\"}\n"));
    buf_free(&all);
}

static void what_is_no_query_is_passed_over(void **state)
{
    (void)state;
    write_file("logql {a=\"b\"}\nsql select\n\nlogql \x1b[31mred\nlogql \xff\xfe\npromql\nlogql "
               "{c=\"d\"}");
    struct prompt *p = loaded();
    assert_string_equal(prompt_past(p, PROMPT_QUERY, 0), "{c=\"d\"}");
    assert_string_equal(prompt_past(p, PROMPT_QUERY, 1), "{a=\"b\"}");
    assert_null(prompt_past(p, PROMPT_QUERY, 2));
    assert_null(prompt_past(p, PROMPT_PROMQL, 0));
    prompt_free(p);
}

/* A link that someone laid there is not written through. */
static void links_are_not_followed(void **state)
{
    (void)state;
    struct stat st;
    querypast_add(folder, QUESTION_LOGQL, "x");
    assert_int_equal(unlink(path), 0);
    char *target = mem_printf("%s/target", folder);
    assert_int_equal(symlink(target, path), 0);
    querypast_add(folder, QUESTION_LOGQL, "{a=\"b\"}");
    assert_int_equal(stat(target, &st), -1);
    free(target);
}

/* Each line of several writers is whole, and none is lost. */
static void writers_share_it(void **state)
{
    (void)state;
    enum { WRITERS = 4, LINES = 40 };
    querypast_add(folder, QUESTION_LOGQL, "first");
    for (int w = 0; w < WRITERS; w++) {
        if (fork())
            continue;
        char text[300];
        for (int i = 0; i < LINES; i++) {
            snprintf(text, sizeof text, "{writer=\"%d\", line=\"%d\"} |= \"%0200d\"", w, i, 7);
            querypast_add(folder, QUESTION_LOGQL, text);
        }
        _exit(0);
    }
    while (wait(NULL) > 0)
        continue;
    struct buf all;
    buf_init(&all, 1 << 20);
    assert_true(file_read(path, &all, NULL));
    size_t lines = 0;
    struct str rest = buf_str(&all), line;
    while (str_cut(&rest, '\n', &line) && line.n) {
        assert_true(str_is(line, "logql first") ||
                    (str_starts(line, "logql {writer=\"") && str_ends(line, "0007\"")));
        lines++;
    }
    assert_int_equal(lines, 1 + WRITERS * LINES);
    buf_free(&all);
}

static void the_folder_follows_the_environment(void **state)
{
    (void)state;
    setenv("HOME", "/home/x", 1);
    setenv("XDG_STATE_HOME", "relative", 1); /* such a one is to be ignored */
    char *f = querypast_folder();
    assert_string_equal(f, "/home/x/.local/state/kubeboard");
    free(f);
    setenv("XDG_STATE_HOME", "/state", 1);
    f = querypast_folder();
    assert_string_equal(f, "/state/kubeboard");
    free(f);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(querypast_folder());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_comes_back_in_the_next_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_has_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_query_is_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writers_share_it, set_up, tear_down),
        cmocka_unit_test(the_folder_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
