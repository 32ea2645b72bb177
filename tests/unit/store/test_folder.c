/* Objects in a folder. */
#include "help.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <utime.h>

#include "base/file.h"

static void keeps_objects(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a = {0};
    static const char *const keys[] = {"a", "prod/x/1.json", "a b", "한글/é+=?#%&:@", "…"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(help_put(h, s, keys[i], str_of("first")), ERR_NONE);
        assert_int_equal(help_put(h, s, keys[i], str_of(keys[i])), ERR_NONE);
        help_expect(h, s, keys[i], str_of(keys[i]));
        help_expect_spooled(h, s, keys[i], str_of(keys[i]));
    }
    assert_int_equal(help_put(h, s, "empty", str_of("")), ERR_NONE);
    help_expect(h, s, "empty", str_of(""));
    store_head(s, "prod/x/1.json", &a, on_head);
    help_wait(h, &a.came);
    assert_int_equal(a.entry.size, 13);
    assert_true(clock_now() - a.entry.modified < CLOCK_MINUTE);
    answer_free(&a);
    help_get(h, s, "prod/x", &a);
    assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    answer_free(&a);
    help_get(h, s, "a/b", &a);
    assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    answer_free(&a);
    store_get(s, "a b", 2, &a, on_bytes);
    help_wait(h, &a.came);
    assert_int_equal(a.err.kind, ERR_LIMIT);
    answer_free(&a);
    store_get_spool(s, "a b", 2, &a, on_spool);
    help_wait(h, &a.came);
    assert_int_equal(a.err.kind, ERR_LIMIT);
    answer_free(&a);
    store_get_spool(s, "a c", 2, &a, on_spool);
    help_wait(h, &a.came);
    assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    answer_free(&a);
    store_free(s);
}

static void deletes_with_empty_folders(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a = {0};
    char *path = mem_printf("%s/a", h->folder);
    assert_int_equal(help_put(h, s, "a/b/c/1", str_of("x")), ERR_NONE);
    assert_int_equal(help_put(h, s, "a/2", str_of("x")), ERR_NONE);
    for (int i = 0; i < 2; i++) {
        store_delete(s, "a/b/c/1", &a, on_plain);
        help_wait(h, &a.came);
        assert_int_equal(a.err.kind, ERR_NONE);
        answer_free(&a);
    }
    char *below = mem_printf("%s/b", path);
    assert_int_equal(access(below, F_OK), -1);
    assert_int_equal(access(path, F_OK), 0);
    store_delete(s, "a/2", &a, on_plain);
    help_wait(h, &a.came);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(h->folder, F_OK), 0);
    free(below);
    free(path);
    store_free(s);
}

static void lists_as_a_bucket_does(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a;
    static const char *const keys[] = {"w/a/1",   "w/a/2",  "w/a.b", "w/a-b",
                                       "w/b/c/d", "w/ab/x", "v"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(help_put(h, s, keys[i], str_of("x")), ERR_NONE);
    char *empty = mem_printf("%s/w/empty/deeper", h->folder);
    assert_true(file_make_folders(empty, 0755, NULL));
    free(empty);
    help_list(h, s, NULL, false, NULL, 0, &a);
    assert_string_equal(a.keys, "v\nw/a-b\nw/a.b\nw/a/1\nw/a/2\nw/ab/x\nw/b/c/d\n");
    answer_free(&a);
    help_list(h, s, "w/", true, NULL, 0, &a);
    assert_string_equal(a.keys, "w/a-b\nw/a.b\nw/a/\nw/ab/\nw/b/\n");
    answer_free(&a);
    help_list(h, s, "w/a", true, NULL, 0, &a);
    assert_string_equal(a.keys, "w/a-b\nw/a.b\nw/a/\nw/ab/\n");
    answer_free(&a);
    help_list(h, s, "w/a/", false, "w/a/1", 0, &a);
    assert_string_equal(a.keys, "w/a/2\n");
    answer_free(&a);
    help_list(h, s, "w/", false, "w/a.b", 2, &a);
    assert_string_equal(a.keys, "w/a/1\nw/a/2\n");
    answer_free(&a);
    help_list(h, s, "nothing/here/", true, NULL, 0, &a);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_string_equal(a.keys, "");
    answer_free(&a);
    store_free(s);
}

static void lists_in_pages(void **state)
{
    struct help *h = *state;
    struct answer a;
    for (int i = 0; i < 2345; i++) {
        char *path = mem_printf("%s/p/%02d/%d.json", h->folder, i % 7, i);
        assert_true(file_write_atomic(path, "x", 1, 0644, NULL));
        free(path);
    }
    struct store *s = help_open_folder(h, h->folder);
    help_list(h, s, "p/", false, NULL, 0, &a);
    assert_int_equal(a.count, 2345);
    struct str rest = str_of(a.keys), line;
    char last[100] = "";
    while (str_cut(&rest, '\n', &line) && line.n) {
        char now[100];
        str_copy(now, sizeof now, "");
        memcpy(now, line.p, line.n);
        now[line.n] = '\0';
        assert_true(strcmp(last, now) < 0);
        str_copy(last, sizeof last, now);
    }
    answer_free(&a);
    store_free(s);
}

static void a_root_that_is_missing_is_made(void **state)
{
    struct help *h = *state;
    struct answer a;
    char *root = mem_printf("%s/not/yet//", h->folder);
    struct store *s = help_open_folder(h, root);
    help_list(h, s, "", false, NULL, 0, &a);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.count, 0);
    answer_free(&a);
    assert_int_equal(help_put(h, s, "x", str_of("y")), ERR_NONE);
    help_expect(h, s, "x", str_of("y"));
    free(root);
    store_free(s);
}

static void a_file_is_no_root(void **state)
{
    struct help *h = *state;
    struct err err;
    char *path = mem_printf("%s/file", h->folder), *url = mem_printf("file://%s", path);
    assert_true(file_write_atomic(path, "x", 1, 0644, NULL));
    assert_null(store_open(h->http, &(struct store_conf){.url = url}, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    free(path);
    free(url);
}

/* As a user who may not: root may everything. */
static bool become_nobody(void)
{
    return geteuid() != 0 || seteuid(65534) == 0;
}

static void become_again(void)
{
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
}

static void what_may_not_be_read_is_named(void **state)
{
    struct help *h = *state;
    struct answer a;
    char *locked = mem_printf("%s/locked", h->folder);
    assert_int_equal(chmod(h->folder, 0755), 0);
    struct store *s = help_open_folder(h, h->folder);
    assert_int_equal(help_put(h, s, "locked/x", str_of("y")), ERR_NONE);
    assert_int_equal(chmod(locked, 0), 0);
    assert_true(become_nobody());
    help_get(h, s, "locked/x", &a);
    assert_int_equal(a.err.kind, ERR_DENIED);
    assert_non_null(strstr(a.err.where, locked));
    assert_non_null(strstr(a.err.mend, "chown"));
    answer_free(&a);
    help_list(h, s, "", false, NULL, 0, &a);
    assert_int_equal(a.err.kind, ERR_DENIED);
    assert_non_null(strstr(a.err.where, locked));
    answer_free(&a);
    assert_int_equal(help_put(h, s, "locked/y", str_of("y")), ERR_DENIED);
    struct err err;
    char *url = mem_printf("file://%s", locked);
    assert_null(store_open(h->http, &(struct store_conf){.url = url}, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    become_again();
    chmod(locked, 0755);
    free(url);
    free(locked);
    store_free(s);
}

static enum err_kind probe(struct help *h, struct store *s, const char *prefix)
{
    struct answer a = {0};
    assert_non_null(store_probe(s, prefix, &a, on_plain));
    help_wait(h, &a.came);
    return a.err.kind;
}

static void says_whether_it_can_be_written(void **state)
{
    struct help *h = *state;
    struct answer a = {0};
    char *locked = mem_printf("%s/locked", h->folder);
    struct store *s = help_open_folder(h, h->folder);
    assert_int_equal(chmod(h->folder, 0777), 0);
    assert_int_equal(help_put(h, s, "locked/x", str_of("y")), ERR_NONE);
    assert_int_equal(chmod(locked, 0555), 0);
    assert_true(become_nobody());
    assert_int_equal(probe(h, s, "not/there/yet/"), ERR_NONE);
    assert_int_equal(probe(h, s, "locked/"), ERR_DENIED);
    assert_int_equal(probe(h, s, "locked/deeper/"), ERR_DENIED);
    become_again();
    chmod(locked, 0755);
    store_free(s);
    s = help_open_folder(h, "/proc/kubeboard");
    assert_int_not_equal(probe(h, s, "a/"), ERR_NONE);
    store_free(s);
    s = help_open_folder(h, h->folder);
    store_clean(s, NULL, -CLOCK_HOUR, &a, on_clean);
    help_wait(h, &a.came);
    assert_int_equal(a.removed, 0);
    store_free(s);
    free(locked);
}

static void a_full_disk_leaves_nothing(void **state)
{
    struct help *h = *state;
    struct answer a = {0};
    if (geteuid() != 0 || mount("tmpfs", h->folder, "tmpfs", 0, "size=1m") != 0)
        skip();
    struct store *s = help_open_folder(h, h->folder);
    assert_int_equal(help_put(h, s, "old", str_of("kept")), ERR_NONE);
    struct buf body;
    buf_init(&body, 2 << 20);
    memset(buf_room(&body, 2000000), 'x', 2000000);
    buf_added(&body, 2000000);
    store_put(s, "old", NULL, &body, &a, on_plain);
    help_wait(h, &a.came);
    int kind = a.err.kind;
    char *mend = mem_dup(a.err.mend);
    help_expect(h, s, "old", str_of("kept"));
    answer_free(&a);
    help_list(h, s, "", false, NULL, 0, &a);
    size_t count = a.count;
    answer_free(&a);
    store_clean(s, "", -CLOCK_HOUR, &a, on_clean);
    help_wait(h, &a.came);
    store_free(s);
    assert_int_equal(umount(h->folder), 0);
    assert_int_equal(kind, ERR_IO);
    assert_int_equal(count, 1);
    assert_int_equal(a.removed, 0);
    assert_non_null(strstr(mend, "free space"));
    free(mend);
}

static void leftovers_are_cleaned(void **state)
{
    struct help *h = *state;
    struct answer a = {0};
    struct store *s = help_open_folder(h, h->folder);
    assert_int_equal(help_put(h, s, "w/x/1", str_of("y")), ERR_NONE);
    struct utimbuf old = {time(NULL) - 2 * 86400, time(NULL) - 2 * 86400};
    static const char *const names[] = {"w/x/" FILE_TEMPORARY "abc", "w/" FILE_TEMPORARY "def",
                                        FILE_TEMPORARY "ghi", "w/x/" FILE_TEMPORARY "young"};
    for (int i = 0; i < 4; i++) {
        char *path = mem_printf("%s/%s", h->folder, names[i]);
        int fd = open(path, O_CREAT | O_WRONLY, 0644);
        assert_true(fd >= 0);
        close(fd);
        if (i < 3)
            assert_int_equal(utime(path, &old), 0);
        free(path);
    }
    help_list(h, s, "", false, NULL, 0, &a);
    assert_string_equal(a.keys, "w/x/1\n");
    answer_free(&a);
    store_clean(s, "w/", CLOCK_DAY, &a, on_clean);
    help_wait(h, &a.came);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.removed, 2);
    answer_free(&a);
    store_clean(s, NULL, CLOCK_DAY, &a, on_clean);
    help_wait(h, &a.came);
    assert_int_equal(a.removed, 1);
    help_expect(h, s, "w/x/1", str_of("y"));
    store_free(s);
}

enum { ROUNDS = 60, SIZE = 100000 };

/* A writer of its own process: bytes of one letter, again and again. */
static void write_rounds(const char *folder, char letter)
{
    struct loop *loop = loop_new();
    struct http *http = http_new(loop);
    struct help h = {.loop = loop, .http = http};
    struct store *s = help_open_folder(&h, folder);
    char *bytes = mem_alloc(SIZE);
    memset(bytes, letter, SIZE);
    for (int i = 0; i < ROUNDS; i++) {
        if (help_put(&h, s, "shared/object", (struct str){bytes, SIZE}) != ERR_NONE)
            _exit(1);
        struct answer a = {0};
        if (i % 3)
            continue;
        store_delete(s, "shared/object", &a, on_plain);
        help_wait(&h, &a.came);
    }
    _exit(0);
}

static void writers_do_not_mix(void **state)
{
    struct help *h = *state;
    pid_t children[2];
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            write_rounds(h->folder, (char)('a' + i));
    }
    struct store *s = help_open_folder(h, h->folder);
    int seen = 0, ended = 0, status, bad = 0;
    while (ended < 2) {
        struct answer a;
        help_get(h, s, "shared/object", &a);
        if (a.err.kind == ERR_NONE) {
            seen++;
            bad += a.bytes.n != SIZE;
            for (size_t i = 1; i < a.bytes.n; i++)
                bad += a.bytes.p[i] != a.bytes.p[0];
        } else {
            bad += a.err.kind != ERR_NOT_FOUND;
        }
        answer_free(&a);
        for (int i = 0; i < 2; i++) {
            if (children[i] && waitpid(children[i], &status, WNOHANG) == children[i]) {
                assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
                children[i] = 0;
                ended++;
            }
        }
    }
    assert_int_equal(bad, 0);
    print_message("two writers: %d whole objects seen\n", seen);
    store_free(s);
}

#define WITH_HELP(test) cmocka_unit_test_setup_teardown(test, help_set_up, help_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HELP(keeps_objects),
        WITH_HELP(deletes_with_empty_folders),
        WITH_HELP(lists_as_a_bucket_does),
        WITH_HELP(lists_in_pages),
        WITH_HELP(a_root_that_is_missing_is_made),
        WITH_HELP(a_file_is_no_root),
        WITH_HELP(what_may_not_be_read_is_named),
        WITH_HELP(says_whether_it_can_be_written),
        WITH_HELP(a_full_disk_leaves_nothing),
        WITH_HELP(leftovers_are_cleaned),
        WITH_HELP(writers_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
