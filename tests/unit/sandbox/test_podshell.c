/* The sandbox's shell: words, a line as a terminal edits it, Ctrl-C, statuses. */
#include "sandbox/kube/podshell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/loop.h"

struct test {
    struct loop *loop;
    struct podshell *shell;
    struct buf out, err;
    int status;
    const char *missing;
};

static void on_out(void *context, bool is_error, struct str bytes)
{
    struct test *t = context;
    buf_add(is_error ? &t->err : &t->out, bytes.p, bytes.n);
}

static void on_ended(void *context, int status)
{
    ((struct test *)context)->status = status;
}

static void open_shell(struct test *t, bool terminal, size_t count, const char *const *command)
{
    t->shell = podshell_new(&(struct podshell_conf){.loop = t->loop,
                                                    .ns = "shop",
                                                    .pod = "web-1",
                                                    .container = "web",
                                                    .image = "nginx:1",
                                                    .node = "n1",
                                                    .ip = "10.0.0.1",
                                                    .terminal = terminal,
                                                    .context = t,
                                                    .out = on_out,
                                                    .ended = on_ended},
                            command, count, &t->missing);
}

static void turn(struct test *t, int ms)
{
    int64_t until = clock_monotonic() + ms * CLOCK_MS;
    while (t->status < 0 && clock_monotonic() < until)
        loop_turn(t->loop, 10);
}

static int set_up(void **state)
{
    static struct test t;
    t = (struct test){.loop = loop_new(), .status = -1};
    buf_init(&t.out, 1 << 20);
    buf_init(&t.err, 1 << 20);
    *state = &t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    podshell_free(t->shell);
    buf_free(&t->out);
    buf_free(&t->err);
    loop_free(t->loop);
    return 0;
}

static void a_command_runs_and_ends(void **state)
{
    struct test *t = *state;
    open_shell(t, false, 2, (const char *const[]){"cat", "/etc/hostname"});
    turn(t, 500);
    assert_string_equal(buf_text(&t->out), "web-1\n");
    assert_int_equal(t->status, 0);
}

static void a_script_gives_its_status(void **state)
{
    struct test *t = *state;
    open_shell(t, false, 3, (const char *const[]){"/bin/sh", "-c", "exit 7"});
    turn(t, 500);
    assert_int_equal(t->status, 7);
}

static void what_is_not_there_is_said(void **state)
{
    struct test *t = *state;
    open_shell(t, false, 1, (const char *const[]){"nosuch"});
    assert_null(t->shell);
    assert_string_equal(t->missing, "nosuch");
}

static void lines_without_a_terminal(void **state)
{
    struct test *t = *state;
    open_shell(t, false, 1, (const char *const[]){"sh"});
    podshell_input(t->shell, str_of("echo a  b\nnosuch x\nhostname"));
    podshell_input_end(t->shell);
    turn(t, 500);
    assert_string_equal(buf_text(&t->out), "a  b\nweb-1\n");
    assert_non_null(strstr(buf_text(&t->err), "nosuch: not found"));
    assert_int_equal(t->status, 0);
}

static void a_terminal_edits_and_interrupts(void **state)
{
    struct test *t = *state;
    open_shell(t, true, 3,
               (const char *const[]){"sh", "-c", "command -v bash && exec bash; exec sh"});
    assert_non_null(strstr(buf_text(&t->out), "no container runs here"));
    podshell_resize(t->shell, 90, 30);
    buf_clear(&t->out);
    podshell_input(t->shell, str_of("stty sizX\177e\r"));
    assert_non_null(strstr(buf_text(&t->out), "\r\n30 90\r\n"));
    podshell_input(t->shell, str_of("sleep 3000\recho typed ahead\r"));
    buf_clear(&t->out);
    podshell_input(t->shell, str_of("\003"));
    assert_null(strstr(buf_text(&t->out), "typed ahead\r\ntyped ahead"));
    turn(t, 50);
    assert_int_equal(t->status, -1);
    podshell_input(t->shell, str_of("sleep 3000\r\003echo still here\r")); /* all at once */
    assert_non_null(strstr(buf_text(&t->out), "\r\nstill here\r\n"));
    podshell_input(t->shell, str_of("\004"));
    turn(t, 500);
    assert_true(t->status >= 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_command_runs_and_ends),         T(a_script_gives_its_status),
        T(what_is_not_there_is_said),       T(lines_without_a_terminal),
        T(a_terminal_edits_and_interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
