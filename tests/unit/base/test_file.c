#include "base/file.h"

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

#include "base/mem.h"
#include "base/str.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    str_copy(folder, sizeof folder, "/tmp/kubeboard-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_tree(const char *path)
{
    if (unlink(path) == 0) /* a link to a folder, too */
        return 0;
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    for (struct dirent *e; (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *below = mem_printf("%s/%s", path, e->d_name);
        remove_tree(below);
        free(below);
    }
    closedir(dir);
    return rmdir(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return remove_tree(folder);
}

static char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int count_of(const char *path)
{
    int count = -2; /* . and .. */
    DIR *dir = opendir(path);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void written_files_read_back(void **state)
{
    (void)state;
    struct err err = {0};
    struct stat st;
    char *path = path_of("a/b/c.json");
    assert_true(file_write_atomic(path, "one\0two", 7, 0640, &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(stat(path_of("a/b"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    struct buf b;
    buf_init(&b, 100);
    buf_adds(&b, "before ");
    assert_true(file_read(path_of("a/b/c.json"), &b, &err));
    assert_int_equal(b.n, 14);
    assert_memory_equal(b.p, "before one\0two", 14);
    /* Again, shorter: nothing of the old one is left, and no temporary file. */
    assert_true(file_write_atomic(path_of("a/b/c.json"), "x", 1, 0600, &err));
    buf_clear(&b);
    assert_true(file_read(path_of("a/b/c.json"), &b, &err));
    assert_string_equal(buf_text(&b), "x");
    assert_int_equal(count_of(path_of("a/b")), 1);
    assert_true(file_write_atomic(path_of("empty"), NULL, 0, 0600, &err));
    buf_clear(&b);
    assert_true(file_read(path_of("empty"), &b, &err));
    assert_int_equal(b.n, 0);
    buf_free(&b);
}

static void large_files_come_whole(void **state)
{
    (void)state;
    enum { SIZE = 3000001 };
    char *bytes = mem_alloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 31 >> 3);
    assert_true(file_write_atomic(path_of("large"), bytes, SIZE, 0600, NULL));
    struct buf b;
    buf_init(&b, SIZE);
    assert_true(file_read(path_of("large"), &b, NULL));
    assert_int_equal(b.n, SIZE);
    assert_memory_equal(b.p, bytes, SIZE);
    buf_free(&b);
    buf_init(&b, SIZE - 1);
    struct err err = {0};
    assert_false(file_read(path_of("large"), &b, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_free(&b);
    free(bytes);
}

struct source {
    size_t left;
    bool breaks;
};

static ptrdiff_t give(void *context, char *to, size_t n)
{
    struct source *s = context;
    n = n < s->left ? n : s->left;
    n = n < 1000 ? n : 1000;
    memset(to, 'x', n);
    s->left -= n;
    return s->breaks && !s->left ? -1 : (ptrdiff_t)n;
}

static void pieces_become_a_file_or_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct stat st;
    struct source whole = {.left = 200500}, broken = {.left = 200500, .breaks = true}, empty = {0};
    assert_true(file_write_atomic_from(path_of("p"), give, &whole, 0600, &err));
    assert_int_equal(stat(path_of("p"), &st), 0);
    assert_int_equal(st.st_size, 200500);
    assert_false(file_write_atomic_from(path_of("q"), give, &broken, 0600, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_int_equal(count_of(folder), 1);
    assert_true(file_write_atomic_from(path_of("p"), give, &empty, 0600, &err));
    assert_int_equal(stat(path_of("p"), &st), 0);
    assert_int_equal(st.st_size, 0);
}

static void errors_say_what_is_wrong(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    struct err err = {0};
    assert_false(file_read(path_of("nope"), &b, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_string_equal(err.where, path_of("nope"));
    assert_false(file_read(folder, &b, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_false(file_read("", &b, NULL));
    assert_true(file_write_atomic(path_of("file"), "x", 1, 0600, NULL));
    assert_false(file_write_atomic(path_of("file/below"), "x", 1, 0600, &err));
    assert_false(file_write_atomic(folder, "x", 1, 0600, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_int_equal(count_of(folder), 1);
    assert_false(file_write_atomic("/proc/nope/x", "x", 1, 0600, &err));
    buf_free(&b);
}

static void secrets_lose_their_newline(void **state)
{
    (void)state;
    static const struct {
        const char *text, *secret;
    } cases[] = {{"token\n", "token"},
                 {"token", "token"},
                 {"to\nken\r\n\n", "to\nken"},
                 {"", ""},
                 {"\n", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(
            file_write_atomic(path_of("s"), cases[i].text, strlen(cases[i].text), 0600, NULL));
        char *secret = file_read_secret(path_of("s"), NULL);
        assert_string_equal(secret, cases[i].secret);
        mem_free_secret(secret);
    }
    struct err err = {0};
    assert_true(file_write_atomic(path_of("s"), "a\0b", 3, 0600, NULL));
    assert_null(file_read_secret(path_of("s"), &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_null(file_read_secret(path_of("nope"), &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    enum { MAX = 1 << 20 };
    char *much = mem_alloc(MAX + 1);
    memset(much, 'x', MAX + 1);
    assert_true(file_write_atomic(path_of("s"), much, MAX, 0600, NULL));
    char *secret = file_read_secret(path_of("s"), &err);
    assert_int_equal(strlen(secret), MAX);
    mem_free_secret(secret);
    assert_true(file_write_atomic(path_of("s"), much, MAX + 1, 0600, NULL));
    assert_null(file_read_secret(path_of("s"), &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    free(much);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "through a pipe", 14), 14);
    close(ends[1]);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct buf b;
    buf_init(&b, 100);
    assert_true(file_read(path, &b, NULL));
    assert_string_equal(buf_text(&b), "through a pipe");
    buf_free(&b);
    close(ends[0]);
}

static void open_secrets_are_told(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(file_write_atomic(path_of("s"), "x", 1, 0600, NULL));
    assert_true(file_is_private(path_of("s"), &err));
    static const mode_t open_modes[] = {0644, 0640, 0604};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(chmod(path_of("s"), open_modes[i]), 0);
        assert_false(file_is_private(path_of("s"), &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.mend, "chmod 600 /tmp/"));
    }
    assert_false(file_is_private(path_of("nope"), &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void folders_are_made(void **state)
{
    (void)state;
    struct err err = {0};
    struct stat st;
    assert_true(file_make_folders(path_of("x/y//z/"), 0750, &err));
    assert_int_equal(stat(path_of("x/y/z"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
    assert_true(file_make_folders(path_of("x/y/z"), 0700, &err));
    assert_true(file_make_folders("/", 0700, &err));
    assert_true(file_make_folders(".", 0700, &err));
    assert_true(file_write_atomic(path_of("x/file"), "", 0, 0600, NULL));
    assert_false(file_make_folders(path_of("x/file"), 0700, &err));
    assert_false(file_make_folders(path_of("x/file/y"), 0700, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_false(file_make_folders("", 0700, &err));
    /* A link to a folder is one. */
    char target[256];
    str_copy(target, sizeof target, path_of("x/y"));
    assert_int_equal(symlink(target, path_of("link")), 0);
    assert_true(file_make_folders(path_of("link/new"), 0700, &err));
    assert_int_equal(stat(path_of("x/y/new"), &st), 0);
}

static void paths_expand(void **state)
{
    (void)state;
    static const struct {
        const char *path, *base, *expected;
    } cases[] = {
        {"~/x", "/etc", "/home/u/x"},
        {"~", NULL, "/home/u"},
        {"~user/x", "/etc", "/etc/~user/x"},
        {"/abs", "/etc", "/abs"},
        {"rel", "/etc", "/etc/rel"},
        {"rel", "/etc/", "/etc/rel"},
        {"rel", NULL, "rel"},
        {"rel", "", "rel"},
        {"a/~/b", NULL, "a/~/b"},
    };
    char *before = mem_dup(getenv("HOME"));
    setenv("HOME", "/home/u", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = file_expand(cases[i].path, cases[i].base);
        assert_string_equal(path, cases[i].expected);
        free(path);
    }
    unsetenv("HOME");
    char *path = file_expand("~/x", NULL);
    assert_string_equal(path, "~/x");
    free(path);
    if (before)
        setenv("HOME", before, 1);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(written_files_read_back, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(large_files_come_whole, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(pieces_become_a_file_or_nothing, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(errors_say_what_is_wrong, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(secrets_lose_their_newline, make_folder, remove_folder),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
        cmocka_unit_test_setup_teardown(open_secrets_are_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folders_are_made, make_folder, remove_folder),
        cmocka_unit_test(paths_expand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
