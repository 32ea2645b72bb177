#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

static char path[64];
static struct buf text;
static int real_stderr;

static int setup(void **state)
{
    (void)state;
    str_copy(path, sizeof path, "/tmp/kubeboard-log-XXXXXX");
    int fd = mkstemp(path);
    close(fd);
    unlink(path);
    buf_init(&text, 64 << 20);
    clock_freeze(INT64_C(1630069200123456789));
    log_set_level(LOG_INFO);
    real_stderr = dup(STDERR_FILENO);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    log_to_file(NULL, NULL);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    unlink(path);
    buf_free(&text);
    clock_freeze(0);
    return 0;
}

static const char *logged(void)
{
    buf_clear(&text);
    assert_true(file_read(path, &text, NULL));
    return buf_text(&text);
}

/* From now on standard error is the file. */
static void catch_stderr(void)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

static void nothing_is_logged_without_a_target(void **state)
{
    (void)state;
    catch_stderr();
    assert_false(log_enabled(LOG_ERROR));
    log_event(LOG_ERROR, "lost", NULL);
    assert_string_equal(logged(), "");
}

static void events_are_lines_of_a_private_file(void **state)
{
    (void)state;
    mode_t before = umask(0);
    assert_true(log_to_file(path, NULL));
    umask(before);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    log_event(LOG_INFO, "window stored", "rule", "errors", "key", "a b", "empty", "", "none", NULL,
              "n", "3", NULL);
    log_event(LOG_WARN, "second", NULL);
    log_event(LOG_DEBUG, "not at this level", NULL);
    assert_string_equal(
        logged(),
        "2021-08-27T13:00:00.123456Z info  window stored rule=errors key=\"a b\" empty=\"\" n=3\n"
        "2021-08-27T13:00:00.123456Z warn  second\n");
    assert_true(log_to_file(NULL, NULL));
    log_event(LOG_ERROR, "closed", NULL);
    assert_true(log_to_file(path, NULL));
    log_event(LOG_ERROR, "again", NULL);
    assert_non_null(strstr(logged(), "second\n2021-08-27T13:00:00.123456Z error again\n"));
}

static void levels_decide(void **state)
{
    (void)state;
    assert_true(log_to_file(path, NULL));
    for (int least = LOG_ERROR; least <= LOG_DEBUG; least++) {
        log_set_level((enum log_level)least);
        for (int level = LOG_ERROR; level <= LOG_DEBUG; level++)
            assert_int_equal(log_enabled((enum log_level)level), level <= least);
    }
    log_event(LOG_DEBUG, "shown now", NULL);
    assert_non_null(strstr(logged(), "debug shown now\n"));
}

static void a_bad_file_is_told(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(log_to_file("/nope/nope.log", &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(log_enabled(LOG_ERROR));
}

static void foreign_text_stays_one_safe_line(void **state)
{
    (void)state;
    assert_true(log_to_file(path, NULL));
    log_event(LOG_INFO, "a\nb\x1b[31mc", "k", "x\ny\x1b]0;t\x07\xff\xc2\x9b", NULL);
    const char *line = logged();
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_null(strchr(line, '\x1b'));
    assert_true(utf8_valid(str_of(line)));
    assert_non_null(strstr(line, "a↵bc k=x↵y�"));
}

static void json_lines_hold_the_pairs(void **state)
{
    (void)state;
    catch_stderr();
    log_to_json();
    log_event(LOG_INFO, "window \"stored\"", "rule", "errors", "none", NULL, "text", "a\n\xff",
              NULL);
    struct err err = {.kind = ERR_AWAY, .http = 503};
    err_set(&err, ERR_AWAY, "https://loki", "", "it is away");
    err.http = 503;
    log_err(LOG_ERROR, "cannot ask Loki", &err);
    assert_string_equal(
        logged(),
        "{\"time\":\"2021-08-27T13:00:00.123456Z\",\"level\":\"info\",\"msg\":\"window "
        "\\\"stored\\\"\","
        "\"rule\":\"errors\",\"text\":\"a\\n\xef\xbf\xbd\"}\n"
        "{\"time\":\"2021-08-27T13:00:00.123456Z\",\"level\":\"error\",\"msg\":\"cannot ask Loki\","
        "\"where\":\"https://loki\",\"what\":\"it is away\",\"http\":\"503\"}\n");
}

static void long_events_are_cut_and_whole(void **state)
{
    (void)state;
    char *much = mem_alloc(100001);
    memset(much, '\n', 100000);
    catch_stderr();
    log_to_json();
    log_event(LOG_INFO, much, "a", much, "b", much, "c", much, "d", much, "e", much, NULL);
    struct json_doc *d = json_doc_new();
    logged();
    assert_true(text.n <= 20000);
    const struct json *j = json_parse(d, text.p, text.n, NULL);
    assert_int_equal(strlen(json_string(j, "msg", "")), 4096);
    assert_null(json_member(j, "e"));
    json_doc_free(d);
    assert_true(log_to_file(path, NULL));
    log_event(LOG_INFO, much, "a", much, "b", much, "c", much, "d", much, "e", much, NULL);
    logged();
    assert_int_equal(text.p[text.n - 1], '\n');
    free(much);
}

enum { THREADS = 4, EVENTS = 500 };

static void *log_much(void *name)
{
    for (int i = 0; i < EVENTS; i++) {
        log_event(LOG_INFO, "from a thread", "name", name, NULL);
        if (i % 100 == 0)
            log_set_level(LOG_INFO);
    }
    return NULL;
}

static void threads_write_whole_lines(void **state)
{
    (void)state;
    static char *const names[THREADS] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc",
                                         "dddddddddddddddd"};
    pthread_t threads[THREADS];
    assert_true(log_to_file(path, NULL));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_much, names[i]), 0);
    for (int i = 0; i < 50; i++)
        assert_true(log_to_file(path, NULL)); /* a target that changes meanwhile */
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    logged();
    struct str rest = buf_str(&text), line;
    int count = 0;
    while (str_cut(&rest, '\n', &line) && line.n) {
        assert_true(str_starts(line, "2021-08-27T13:00:00.123456Z info  from a thread name="));
        assert_int_equal(line.n,
                         strlen("2021-08-27T13:00:00.123456Z info  from a thread name=") + 16);
        count++;
    }
    assert_int_equal(count, THREADS * EVENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_logged_without_a_target, setup, teardown),
        cmocka_unit_test_setup_teardown(events_are_lines_of_a_private_file, setup, teardown),
        cmocka_unit_test_setup_teardown(levels_decide, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_file_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_text_stays_one_safe_line, setup, teardown),
        cmocka_unit_test_setup_teardown(json_lines_hold_the_pairs, setup, teardown),
        cmocka_unit_test_setup_teardown(long_events_are_cut_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_write_whole_lines, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
