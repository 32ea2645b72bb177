#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server.h"

/* What the handler does is chosen by the path; what happened is counted here. */
struct bench {
    struct loop *loop;
    struct server *server;
    struct server_request *late;
    int ended, handled, pieces, headers;
    char body[256];
    struct server_upgrade *upgrade;
    int upgrade_fd;
    char early[64];
};

static void count_end(void *context)
{
    ((struct bench *)context)->ended++;
    ((struct bench *)context)->late = NULL;
}

static void count_header(void *context, const char *name, const char *value)
{
    (void)name;
    (void)value;
    ((struct bench *)context)->headers++;
}

static void more_pieces(void *context)
{
    struct bench *b = context;
    char piece[65536];
    memset(piece, 'x', sizeof piece);
    if (b->pieces++ < 320)
        server_stream_add(b->late, (struct str){piece, sizeof piece});
    else
        server_stream_end(b->late, false);
}

static void on_upgrade(void *context, struct server_upgrade *u, int fd, struct str early)
{
    struct bench *b = context;
    b->upgrade = u;
    b->upgrade_fd = fd;
    snprintf(b->early, sizeof b->early, "%.*s", (int)early.n, early.p ? early.p : "");
}

static void stream_what(struct bench *b, struct server_request *r, const char *path)
{
    server_stream(r, 200, "text/plain", NULL);
    if (strcmp(path, "/stream/now") == 0) {
        server_stream_add(r, str_of("one "));
        server_stream_add(r, str_of("two"));
        server_stream_end(r, false);
        b->late = NULL;
    } else if (strcmp(path, "/stream/cut") == 0) {
        server_stream_add(r, str_of("half"));
        server_stream_end(r, true);
        b->late = NULL;
    } else if (strcmp(path, "/stream/pull") == 0) {
        server_stream_on_empty(r, more_pieces, b);
    }
}

static void handle(void *context, struct server_request *r)
{
    struct bench *b = context;
    const char *path = server_path(r);
    static const char *const headers[] = {"X-One: 1", "X-Two:2", NULL};
    static const char *const up[] = {"Upgrade: websocket", "Connection: Upgrade", NULL};
    b->handled++;
    server_on_end(r, count_end, b);
    b->late = r;
    if (strcmp(path, "/echo") == 0) {
        struct buf out;
        buf_init(&out, 4096);
        server_headers(r, count_header, b);
        const char *q = server_query(r, "q"), *second = server_query_nth(r, "q", 1);
        const char *own = server_header(r, "x-own");
        buf_printf(&out, "%s|%s|%s|%s|%s|%.*s", server_method(r), server_raw_target(r), q ? q : "-",
                   second ? second : "-", own ? own : "-", (int)server_body(r).n,
                   server_body(r).n ? server_body(r).p : "");
        server_reply(r, 201, "text/x", headers, buf_str(&out));
        buf_free(&out);
    } else if (strncmp(path, "/stream", 7) == 0) {
        stream_what(b, r, path);
    } else if (strcmp(path, "/drop") == 0) {
        server_drop(r);
    } else if (strcmp(path, "/up") == 0) {
        server_reply_upgrade(r, up, on_upgrade, b);
    } else if (strcmp(path, "/late") != 0) {
        server_reply(r, 200, "text/plain", NULL, str_of(path));
    }
}

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    b->loop = loop_new();
    struct server_conf conf = {
        .listen = "127.0.0.1:0", .max_body = 1000, .context = b, .handle = handle};
    b->server = server_new(b->loop, &conf, &err);
    assert_non_null(b->server);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    server_free(b->server);
    loop_free(b->loop);
    free(b);
    return 0;
}

static int dial(struct bench *b)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(b->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Reads until `until` has come, or the end, or the time is over; whether the other side closed. */
static bool hear(struct bench *b, int fd, struct buf *got, const char *until, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (clock_monotonic() < end) {
        loop_turn(b->loop, 1);
        char bytes[65536];
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            return true;
        if (n > 0)
            buf_add(got, bytes, (size_t)n);
        if (until && strstr(buf_text(got), until))
            return false;
    }
    return false;
}

/* One exchange on a connection of its own; the answer, to be freed. */
static char *ask(struct bench *b, const char *request)
{
    struct buf got;
    buf_init(&got, 64 << 20);
    int fd = dial(b);
    say(fd, request);
    /* The server ends the connection where it was asked to: however long that takes. */
    hear(b, fd, &got, NULL, strstr(request, "Connection: close") ? 20000 : 300);
    close(fd);
    return buf_take(&got, NULL);
}

static void answers_with_what_came(void **state)
{
    struct bench *b = *state;
    char *got = ask(b, "POST /echo?q=a%20b+c&q=%C3%BC&z HTTP/1.1\r\nHost: x\r\nX-Own: mine\r\n"
                       "Connection: close\r\nContent-Length: 5\r\n\r\nhello");
    assert_ptr_equal(strstr(got, "HTTP/1.1 201 Created\r\n"), got);
    assert_non_null(strstr(got, "X-One: 1\r\n"));
    assert_non_null(strstr(got, "X-Two: 2\r\n"));
    assert_non_null(strstr(got, "Content-Type: text/x\r\n"));
    assert_non_null(strstr(got, "Date: "));
    assert_non_null(
        strstr(got, "\r\n\r\nPOST|/echo?q=a%20b+c&q=%C3%BC&z|a b c|\xC3\xBC|mine|hello"));
    assert_int_equal(b->headers, 4);
    assert_int_equal(b->ended, 1);
    free(got);
}

static void reads_a_form_and_a_decoded_path(void **state)
{
    struct bench *b = *state;
    char *got = ask(b, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: 9\r\n\r\nq=%7Bx%7D");
    assert_non_null(strstr(got, "|{x}|"));
    free(got);
    got = ask(b, "GET /a%2Fb%20c?x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_non_null(strstr(got, "\r\n\r\n/a/b c"));
    free(got);
}

static void refuses_what_is_hostile(void **state)
{
    struct bench *b = *state;
    char *got = ask(b, "GET /%00x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_ptr_equal(strstr(got, "HTTP/1.1 400 "), got);
    free(got);
    got = ask(b, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    assert_ptr_equal(strstr(got, "HTTP/1.1 413 "), got);
    free(got);
    char chunked[2000];
    int n = snprintf(chunked, sizeof chunked,
                     "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n%x\r\n%01100d\r\n0\r\n\r\n",
                     1100, 7);
    assert_in_range(n, 1100, sizeof chunked - 1);
    got = ask(b, chunked);
    assert_ptr_equal(strstr(got, "HTTP/1.1 413 "), got);
    free(got);
    got = ask(b, "GARBAGE\r\n\r\n");
    assert_true(!*got || strstr(got, "400"));
    free(got);
    assert_int_equal(b->handled, 0);
}

/* Longer than libmicrohttpd can take apart: it would let the client wait for its idle time. */
static void answers_a_target_that_is_too_long(void **state)
{
    struct bench *b = *state;
    static const int parameters[] = {900, 1100, 2500, 20000};
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        struct buf request;
        buf_init(&request, 1 << 20);
        buf_printf(&request, "GET /x?");
        for (int n = 0; n < parameters[i]; n++)
            buf_printf(&request, "a=%d&", n);
        buf_printf(&request, "b=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        int64_t before = clock_monotonic() / 1000000;
        char *got = ask(b, buf_text(&request));
        assert_ptr_equal(strstr(got, parameters[i] < 1000 ? "HTTP/1.1 200 " : "HTTP/1.1 414 "),
                         got);
        assert_true(clock_monotonic() / 1000000 - before < 5000);
        free(got);
        buf_free(&request);
    }
    assert_int_equal(b->handled, 1);
    assert_int_equal(b->ended, 1);
    struct buf request;
    buf_init(&request, 1 << 20);
    buf_printf(&request, "GET /%0131000d HTTP/1.1\r\nConnection: close\r\n\r\n", 7);
    char *got = ask(b, buf_text(&request));
    assert_ptr_equal(strstr(got, "HTTP/1.1 414 "), got);
    free(got);
    buf_free(&request);
}

/* A body without an end is not read for ever. */
static void ends_an_endless_body(void **state)
{
    struct bench *b = *state;
    int fd = dial(b);
    struct buf got;
    buf_init(&got, 4096);
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    bool closed = false;
    for (int i = 0; i < 100 && !closed; i++) {
        char chunk[1100];
        int n = snprintf(chunk, sizeof chunk, "400\r\n%01024d\r\n", 7);
        if (send(fd, chunk, (size_t)n, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
            closed = true;
        closed |= hear(b, fd, &got, NULL, 3);
    }
    assert_true(closed);
    assert_int_equal(b->handled, 0);
    buf_free(&got);
    close(fd);
}

static void answers_late(void **state)
{
    struct bench *b = *state;
    struct buf got;
    buf_init(&got, 4096);
    int fd = dial(b);
    say(fd, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
    hear(b, fd, &got, NULL, 30);
    assert_int_equal(got.n, 0);
    assert_non_null(b->late);
    server_reply(b->late, 503, NULL, NULL, str_of("sorry"));
    hear(b, fd, &got, "sorry", 1000);
    assert_non_null(strstr(buf_text(&got), "503"));
    hear(b, fd, &got, NULL, 20);
    assert_int_equal(b->ended, 1);
    /* The connection lives on. */
    buf_clear(&got);
    say(fd, "GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    hear(b, fd, &got, "/again", 1000);
    assert_non_null(strstr(buf_text(&got), "200 OK"));
    close(fd);
    buf_free(&got);
}

static void notices_a_client_that_goes(void **state)
{
    struct bench *b = *state;
    const char *const what[] = {"GET /late HTTP/1.1\r\nHost: x\r\n\r\n",
                                "GET /stream/quiet HTTP/1.1\r\nHost: x\r\n\r\n"};
    for (int i = 0; i < 2; i++) {
        int fd = dial(b);
        struct buf got;
        buf_init(&got, 4096);
        say(fd, what[i]);
        hear(b, fd, &got, NULL, 30);
        assert_non_null(b->late);
        close(fd);
        for (int turn = 0; turn < 50 && b->late; turn++)
            loop_turn(b->loop, 1);
        assert_null(b->late);
        assert_int_equal(b->ended, i + 1);
        buf_free(&got);
    }
}

static void streams(void **state)
{
    struct bench *b = *state;
    char *got = ask(b, "GET /stream/now HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_non_null(strstr(got, "Transfer-Encoding: chunked"));
    assert_non_null(strstr(got, "one two\r\n0\r\n"));
    free(got);
    got = ask(b, "GET /stream/cut HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_non_null(strstr(got, "half"));
    assert_null(strstr(got, "\r\n0\r\n"));
    free(got);
    got = ask(b, "GET /drop HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_string_equal(got, "");
    free(got);
    assert_int_equal(b->ended, 3);
}

static void streams_as_it_comes(void **state)
{
    struct bench *b = *state;
    struct buf got;
    buf_init(&got, 4096);
    int fd = dial(b);
    say(fd, "GET /stream/quiet HTTP/1.1\r\nHost: x\r\n\r\n");
    hear(b, fd, &got, "\r\n\r\n", 1000);
    for (int i = 0; i < 3; i++) {
        char piece[24];
        snprintf(piece, sizeof piece, "piece-%d", i);
        server_stream_add(b->late, str_of(piece));
        hear(b, fd, &got, piece, 1000);
        assert_non_null(strstr(buf_text(&got), piece));
    }
    server_stream_end(b->late, false);
    hear(b, fd, &got, "\r\n0\r\n", 1000);
    assert_non_null(strstr(buf_text(&got), "\r\n0\r\n"));
    close(fd);
    buf_free(&got);
}

static void pulls_a_long_body(void **state)
{
    struct bench *b = *state;
    char *got = ask(b, "GET /stream/pull HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    size_t x = 0;
    for (char *p = strstr(got, "\r\n\r\n"); *p; p++)
        x += *p == 'x';
    assert_int_equal(x, 320 * 65536);
    free(got);
}

/* A reader that stalls makes nobody build the body for it. */
static void waits_for_a_slow_reader(void **state)
{
    struct bench *b = *state;
    int fd = dial(b);
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    say(fd, "GET /stream/pull HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 100; i++)
        loop_turn(b->loop, 1);
    assert_in_range(b->pieces, 1, 200);
    close(fd);
    for (int turn = 0; turn < 100 && b->late; turn++)
        loop_turn(b->loop, 1);
    assert_int_equal(b->ended, 1);
}

static void upgrades(void **state)
{
    struct bench *b = *state;
    struct buf got;
    buf_init(&got, 4096);
    int fd = dial(b);
    say(fd, "GET /up HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    hear(b, fd, &got, "\r\n\r\n", 1000);
    assert_ptr_equal(strstr(buf_text(&got), "HTTP/1.1 101 "), got.p);
    assert_non_null(strstr(buf_text(&got), "Upgrade: websocket"));
    assert_non_null(b->upgrade);
    assert_int_equal(write(b->upgrade_fd, "raw", 3), 3);
    hear(b, fd, &got, "raw", 1000);
    say(fd, "back");
    char back[8] = "";
    for (int i = 0; i < 100 && read(b->upgrade_fd, back, 4) != 4; i++)
        usleep(1000);
    assert_string_equal(back, "back");
    assert_int_equal(b->ended, 0);
    server_upgrade_close(b->upgrade);
    assert_true(hear(b, fd, &got, NULL, 1000));
    assert_int_equal(b->ended, 1);
    close(fd);
    buf_free(&got);
}

static void is_freed_with_everything_open(void **state)
{
    struct bench *b = *state;
    struct buf got;
    buf_init(&got, 4096);
    int fds[4];
    static const char *const what[] = {
        "GET /late HTTP/1.1\r\nHost: x\r\n\r\n", "GET /stream/quiet HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "GET /half HTTP/1.1\r\nHo"};
    for (int i = 0; i < 4; i++) {
        fds[i] = dial(b);
        say(fds[i], what[i]);
        hear(b, fds[i], &got, NULL, 20);
    }
    struct server_conf conf = {.listen = "127.0.0.1:0", .context = b, .handle = handle};
    server_free(b->server);
    assert_int_equal(b->ended, 3);
    b->server = server_new(b->loop, &conf, NULL);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    buf_free(&got);
}

static void says_why_it_cannot_listen(void **state)
{
    struct bench *b = *state;
    struct err err;
    char taken[64];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", server_port(b->server));
    struct server_conf conf = {.listen = taken, .handle = handle};
    assert_null(server_new(b->loop, &conf, &err));
    assert_string_equal(err.where, taken);
    assert_non_null(strstr(err.what, "in use"));
    conf.listen = "nonsense";
    assert_null(server_new(b->loop, &conf, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    conf.listen = "[::1]:0";
    struct server *six = server_new(b->loop, &conf, &err);
    if (six)
        assert_true(server_port(six) > 0);
    server_free(six);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(answers_with_what_came),        T(reads_a_form_and_a_decoded_path),
        T(refuses_what_is_hostile),       T(answers_a_target_that_is_too_long),
        T(ends_an_endless_body),          T(answers_late),
        T(notices_a_client_that_goes),    T(streams),
        T(streams_as_it_comes),           T(pulls_a_long_body),
        T(waits_for_a_slow_reader),       T(upgrades),
        T(is_freed_with_everything_open), T(says_why_it_cannot_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
