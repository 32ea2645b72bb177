#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/holder.h"
#include "net/loop.h"

struct bench {
    struct loop *loop;
    char folder[64];
    int told, released;
    bool held;
    char who[200];
    struct err err;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    str_copy(b->folder, sizeof b->folder, "/tmp/kubeboard-holder-XXXXXX");
    *state = b;
    return mkdtemp(b->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    char path[100];
    snprintf(path, sizeof path, "%s/.kubeboard-lock", b->folder);
    loop_free(b->loop);
    unlink(path);
    rmdir(b->folder);
    free(b);
    return 0;
}

static void on_changed(void *context, bool held, const char *who, const struct err *err)
{
    struct bench *b = context;
    b->told++;
    b->held = held;
    str_copy(b->who, sizeof b->who, who);
    b->err = *err;
}

static void on_released(void *context)
{
    ((struct bench *)context)->released++;
}

static struct holder *start(struct bench *b, const char *identity)
{
    struct holder_conf conf = {.loop = b->loop,
                               .folder = b->folder,
                               .identity = identity,
                               .context = b,
                               .changed = on_changed};
    return holder_new(&conf);
}

static void turn_until(struct bench *b, const int *count, int wanted, int64_t ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (*count < wanted && clock_monotonic() < end)
        loop_turn(b->loop, 20);
}

/* This program run again as another process that holds the lock until it is killed; it writes a byte to its standard
 * output once it does. (A program of its own, since a fork of one with threads may not start threads.) */
static int hold(const char *folder)
{
    struct bench own = {.loop = loop_new()};
    str_copy(own.folder, sizeof own.folder, folder);
    start(&own, "the-other");
    turn_until(&own, &own.told, 1, 10000);
    if (!own.held || write(STDOUT_FILENO, "x", 1) != 1)
        return 1;
    for (;;)
        loop_turn(own.loop, -1);
}

static pid_t other_holder(const struct bench *b)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl("/proc/self/exe", "test_holder", "hold", b->folder, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    return pid;
}

static void one_of_two_processes_holds_the_lock_file(void **state)
{
    struct bench *b = *state;
    pid_t other = other_holder(b);
    struct holder *h = start(b, "me");
    assert_int_equal(b->told, 0);
    turn_until(b, &b->told, 1, 10000);
    assert_false(b->held);
    assert_false(holder_held(h));
    assert_string_equal(b->who, "the-other");
    assert_int_equal(b->err.kind, ERR_NONE);

    /* Killed without a word: the kernel gives the lock back, the next try has it. */
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    int64_t began = clock_monotonic();
    while (!b->held && clock_monotonic() - began < 30 * CLOCK_SECOND)
        loop_turn(b->loop, 100);
    assert_true(b->held && holder_held(h));
    assert_true(clock_monotonic() - began < 30 * CLOCK_SECOND);
    assert_string_equal(b->who, "me");
    holder_free(h);
}

static void given_back_another_has_it_at_once(void **state)
{
    struct bench *b = *state;
    struct holder *h = start(b, "me");
    turn_until(b, &b->told, 1, 10000);
    assert_true(b->held);
    holder_release(h, on_released);
    assert_int_equal(b->released, 0);
    turn_until(b, &b->released, 1, 10000);
    assert_int_equal(b->released, 1);
    pid_t other = other_holder(b);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    holder_free(h);
}

/* Someone cleaned the folder: a lock on a file that is there no more keeps nobody away. */
static void a_lock_file_that_was_deleted_is_held_no_more(void **state)
{
    struct bench *b = *state;
    char path[100];
    struct holder *h = start(b, "me");
    turn_until(b, &b->told, 1, 10000);
    assert_true(b->held);
    snprintf(path, sizeof path, "%s/.kubeboard-lock", b->folder);
    assert_int_equal(unlink(path), 0);
    turn_until(b, &b->told, 2, 20000);
    assert_false(b->held && b->told < 3);
    turn_until(b, &b->told, 3, 20000);
    assert_true(b->held);
    assert_int_equal(access(path, F_OK), 0);
    holder_free(h);
}

static void without_a_folder_it_is_always_held(void **state)
{
    struct bench *b = *state;
    struct holder_conf conf = {
        .loop = b->loop, .identity = "me", .context = b, .changed = on_changed};
    struct holder *h = holder_new(&conf);
    assert_int_equal(b->told, 0);
    turn_until(b, &b->told, 1, 1000);
    assert_true(b->held && holder_held(h));
    holder_free(h);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "hold") == 0)
        return hold(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_of_two_processes_holds_the_lock_file, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(given_back_another_has_it_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lock_file_that_was_deleted_is_held_no_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_a_folder_it_is_always_held, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
