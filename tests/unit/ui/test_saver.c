#include "ui/saver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64], path[128];

static int files(void)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    return n;
}

static void expect(const char *text)
{
    struct buf b;
    struct err err;
    buf_init(&b, 1000);
    assert_true(file_read(path, &b, &err));
    assert_string_equal(buf_text(&b), text);
    buf_free(&b);
}

static int make_folder(void **state)
{
    (void)state;
    str_copy(folder, sizeof folder, "/tmp/test_saver-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lines.txt", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void a_file_is_private_and_whole(void **state)
{
    (void)state;
    struct err err;
    struct stat st;
    struct saver *s = saver_open(path, false, &err);
    assert_non_null(s);
    assert_true(saver_write(s, str_of("one\n"), &err));
    assert_false(saver_exists(path)); /* not before it is whole */
    assert_true(saver_finish(s, &err));
    expect("one\n");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(files(), 1);
}

static void another_file_stays_unless_asked(void **state)
{
    (void)state;
    struct err err;
    a_file_is_private_and_whole(state);
    struct saver *s = saver_open(path, false, &err);
    assert_true(saver_write(s, str_of("two\n"), &err));
    assert_false(saver_finish(s, &err));
    assert_non_null(strstr(err.what, "File exists"));
    expect("one\n");
    s = saver_open(path, true, &err);
    assert_true(saver_write(s, str_of("three\n"), &err));
    assert_true(saver_finish(s, &err));
    expect("three\n");
    assert_int_equal(files(), 1);
}

static void what_is_cancelled_leaves_nothing(void **state)
{
    (void)state;
    struct err err;
    struct saver *s = saver_open(path, false, &err);
    saver_write(s, str_of("one\n"), &err);
    saver_cancel(s);
    assert_int_equal(files(), 0);
    assert_null(saver_open("/nowhere/at/all", false, &err));
    assert_non_null(strstr(err.what, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_private_and_whole, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(another_file_stays_unless_asked, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_cancelled_leaves_nothing, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
