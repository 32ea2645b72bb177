/* exec and port-forward: the channels of v4.channel.k8s.io, against a kubelet that is played frame by frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/operations/forward.h"
#include "kube/operations/shell.h"
#include "net/http.h"
#include "net/loop.h"
#include "tests/wire/canned.h"

struct test {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct client *client;
    struct canned_socket *socket; /* of the newest stream */
    struct buf sent;              /* by us: channel as a digit, then the bytes, a line each */
    const char *ending;           /* the Status to answer "exit" with; "" none, just a close */
    struct buf out;
    bool opened, ended;
    int status;
    struct err err;
    struct forward *forward;
};

static void on_open(void *context, struct canned_socket *s)
{
    struct test *t = context;
    t->socket = s;
    if (strstr(canned_last(t->server), "/exec"))
        canned_frame(s, 2, (struct str){"\1", 1}); /* the streams stand */
    else {
        canned_frame(s, 2, (struct str){"\0\x90\x1f", 3}); /* 8080, low byte first */
        canned_frame(s, 2, (struct str){"\1\x90\x1f", 3});
    }
}

static void on_frame(void *context, struct canned_socket *s, int opcode, struct str payload)
{
    struct test *t = context;
    if (opcode != 2)
        return;
    buf_printf(&t->sent, "%d%.*s\n", payload.p[0], (int)payload.n - 1, payload.p + 1);
    if (str_is(payload, "") || payload.n < 5 || memcmp(payload.p + 1, "exit", 4) != 0)
        return;
    canned_frame(s, 2, (struct str){"\1bye\033[31m", 9});
    if (*t->ending) {
        char *status = mem_printf("\3%s", t->ending);
        canned_frame(s, 2, str_of(status));
        free(status);
    }
    canned_close_frame(s, 1000, "");
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->loop = loop_new();
    t->http = http_new(t->loop);
    t->server = canned_new(t->loop);
    struct kubeconfig_context c = {.name = "x",
                                   .cluster = "x",
                                   .user = "x",
                                   .namespace_ = "shop",
                                   .file = "x",
                                   .conn = {.name = "kubernetes",
                                            .url = (char *)(uintptr_t)canned_url(t->server),
                                            .token = "secret",
                                            .proxy = ""}};
    t->client = client_new(t->http, &c);
    t->ending = "";
    buf_init(&t->sent, 1 << 20);
    buf_init(&t->out, 64 << 20);
    canned_websocket(t->server, "/api/v1/namespaces/shop/pods/web-1/", on_open, t);
    canned_on_frame(t->server, on_frame, t);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    forward_close(t->forward);
    client_free(t->client);
    http_free(t->http);
    canned_free(t->server);
    loop_free(t->loop);
    buf_free(&t->sent);
    buf_free(&t->out);
    free(t);
    return 0;
}

static void turn(struct test *t, const bool *until, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (!(until && *until) && clock_monotonic() < end)
        loop_turn(t->loop, 10);
}

/* ---- exec ---- */

static void on_opened(void *context)
{
    ((struct test *)context)->opened = true;
}

static void on_output(void *context, struct str bytes)
{
    buf_add(&((struct test *)context)->out, bytes.p, bytes.n);
}

static void on_ended(void *context, int status, const struct err *err)
{
    struct test *t = context;
    assert_false(t->ended);
    t->ended = true;
    t->status = status;
    t->err = *err;
}

static struct shell *open_shell(struct test *t, const char *pod)
{
    return shell_open(t->client, &(struct shell_conf){.namespace_ = "shop",
                                                      .pod = pod,
                                                      .container = "web",
                                                      .term = "xterm; rm -rf /",
                                                      .width = 90,
                                                      .height = 30,
                                                      .context = t,
                                                      .opened = on_opened,
                                                      .output = on_output,
                                                      .ended = on_ended});
}

static void a_shell_talks_on_its_channels(void **state)
{
    struct test *t = *state;
    t->ending = "{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{"
                "\"reason\":\"ExitCode\",\"message\":\"3\"}]}}";
    struct shell *s = open_shell(t, "web-1");
    shell_input(s, str_of("typed before"));
    turn(t, &t->opened, 3000);
    assert_true(t->opened);
    /* The terminal's name does not become a command. */
    assert_non_null(strstr(canned_last(t->server), "tty=true"));
    assert_non_null(strstr(canned_last(t->server), "TERM%3Dxterm%3B"));
    assert_null(strstr(canned_last(t->server), "rf"));
    shell_resize(s, 100, 40);
    shell_input(s, str_of("exit"));
    turn(t, &t->ended, 3000);
    assert_true(t->ended);
    assert_int_equal(t->status, 3);
    assert_memory_equal(t->out.p, "bye\033[31m", 8); /* as it came */
    assert_string_equal(buf_text(&t->sent), "4{\"Width\":90,\"Height\":30}\n0typed before\n"
                                            "4{\"Width\":100,\"Height\":40}\n0exit\n");
}

static void a_cut_shell_says_so(void **state)
{
    struct test *t = *state;
    open_shell(t, "web-1");
    turn(t, &t->opened, 3000);
    canned_hang_up(t->socket);
    turn(t, &t->ended, 3000);
    assert_true(t->ended);
    assert_int_equal(t->status, -1);
    assert_int_equal(t->err.kind, ERR_AWAY);
    assert_string_equal(t->err.what, "the connection ended");
}

static void a_refusal_is_in_the_servers_words(void **state)
{
    struct test *t = *state;
    canned_text(t->server, "/api/v1/namespaces/shop/pods/web-2/", 403, "application/json",
                "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods \\\"web-2\\\" is "
                "forbidden: User \\\"x\\\" cannot get resource \\\"pods/exec\\\"\",\"reason\":"
                "\"Forbidden\",\"code\":403}");
    open_shell(t, "web-2");
    turn(t, &t->ended, 3000);
    assert_int_equal(t->err.kind, ERR_DENIED);
    assert_string_equal(
        t->err.what, "pods \"web-2\" is forbidden: User \"x\" cannot get resource \"pods/exec\"");
}

static void statuses(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(shell_status(str_of("{\"status\":\"Success\"}"), &err), 0);
    assert_int_equal(shell_status(str_of("{\"status\":\"Failure\",\"message\":\"no sh\"}"), &err),
                     -1);
    assert_string_equal(err.what, "no sh");
    assert_int_equal(shell_status(str_of("no json"), &err), -1);
}

/* ---- port-forward ---- */

static void on_changed(void *context)
{
    (void)context;
}

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect(fd, (struct sockaddr *)&to, sizeof to);
    return fd;
}

static int open_forward(struct test *t, struct forward_state *state)
{
    struct err err;
    t->forward = forward_open(t->client,
                              &(struct forward_conf){.namespace_ = "shop",
                                                     .pod = "web-1",
                                                     .remote = 8080,
                                                     .context = t,
                                                     .changed = on_changed},
                              &err);
    assert_non_null(t->forward);
    forward_state(t->forward, state);
    int fd = dial(state->local);
    turn(t, NULL, 200);
    assert_non_null(t->socket);
    assert_string_equal(canned_last(t->server),
                        "/api/v1/namespaces/shop/pods/web-1/portforward?ports=8080");
    return fd;
}

static void bytes_go_both_ways(void **state)
{
    struct test *t = *state;
    struct forward_state s;
    char got[100];
    int fd = open_forward(t, &s);
    assert_int_equal(send(fd, "hello", 5, 0), 5);
    turn(t, NULL, 100);
    assert_string_equal(buf_text(&t->sent), "0hello\n");
    canned_frame(t->socket, 2, (struct str){"\0world", 6});
    turn(t, NULL, 100);
    assert_int_equal(recv(fd, got, sizeof got, 0), 5);
    assert_memory_equal(got, "world", 5);
    canned_close_frame(t->socket, 1000, "");
    turn(t, NULL, 100);
    assert_int_equal(recv(fd, got, sizeof got, 0), 0);
    forward_state(t->forward, &s);
    assert_int_equal(s.open, 0);
    assert_int_equal(s.connections, 1);
    assert_int_equal(s.sent, 5);
    assert_int_equal(s.received, 5);
    assert_int_equal(s.errors, 0);
    close(fd);
}

static void the_pods_error_is_told(void **state)
{
    struct test *t = *state;
    struct forward_state s;
    int fd = open_forward(t, &s);
    canned_frame(t->socket, 2, str_of("\1connection refused"));
    canned_close_frame(t->socket, 1000, "");
    turn(t, NULL, 100);
    forward_state(t->forward, &s);
    assert_int_equal(s.errors, 1);
    assert_string_equal(s.last_error, "connection refused");
    close(fd);
}

/* Nobody reads: no more than some megabytes are held, and what was held arrives. */
static void a_slow_reader_slows_the_pod(void **state)
{
    struct test *t = *state;
    struct forward_state s;
    enum { PIECE = 30000, PIECES = 1000 };
    char *piece = mem_alloc(PIECE + 1);
    int fd = open_forward(t, &s);
    for (int i = 0; i < PIECES; i++)
        canned_frame(t->socket, 2, (struct str){piece, PIECE});
    turn(t, NULL, 300);
    forward_state(t->forward, &s);
    assert_true(s.received < (uint64_t)16 << 20);
    size_t got = 0;
    char *into = mem_alloc(1 << 16);
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (got < (size_t)(PIECE - 1) * PIECES && clock_monotonic() < end) {
        ssize_t n = recv(fd, into, 1 << 16, 0);
        got += n > 0 ? (size_t)n : 0;
        loop_turn(t->loop, n > 0 ? 0 : 5);
    }
    assert_int_equal(got, (size_t)(PIECE - 1) * PIECES);
    free(piece);
    free(into);
    close(fd);
}

static void ports_as_they_are_typed(void **state)
{
    int local, remote;
    (void)state;
    assert_true(forward_ports(str_of(" 8080 "), &local, &remote) && local == 8080 &&
                remote == 8080);
    assert_true(forward_ports(str_of("9090:80"), &local, &remote) && local == 9090 && remote == 80);
    assert_true(forward_ports(str_of(":80"), &local, &remote) && local == 0 && remote == 80);
    assert_false(forward_ports(str_of(""), &local, &remote));
    assert_false(forward_ports(str_of("80:"), &local, &remote));
    assert_false(forward_ports(str_of("70000"), &local, &remote));
    assert_false(forward_ports(str_of("80:x"), &local, &remote));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_shell_talks_on_its_channels),
        T(a_cut_shell_says_so),
        T(a_refusal_is_in_the_servers_words),
        cmocka_unit_test(statuses),
        T(bytes_go_both_ways),
        T(the_pods_error_is_told),
        T(a_slow_reader_slows_the_pod),
        cmocka_unit_test(ports_as_they_are_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
