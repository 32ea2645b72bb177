#include "net/websocket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "tests/wire/canned.h"

struct bench {
    struct loop *loop;
    struct http *http;
    struct http_target *target;
    struct canned *server;
    struct websocket *ws;
    struct buf got; /* messages, a line each */
    bool opened, closed, close_at_first;
    int code;
    struct err err;
    void (*script)(struct bench *b, struct canned_socket *s);
};

static void on_opened(void *context)
{
    ((struct bench *)context)->opened = true;
}

static void on_message(void *context, struct str bytes, bool binary)
{
    struct bench *b = context;
    buf_printf(&b->got, "%c ", binary ? 'b' : 't');
    buf_add(&b->got, bytes.p, bytes.n > 40 ? 40 : bytes.n);
    buf_printf(&b->got, " %zu\n", bytes.n);
    if (b->close_at_first) {
        websocket_close(b->ws);
        b->ws = NULL;
    }
}

static void on_closed(void *context, int code, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->closed);
    b->closed = true;
    b->code = code;
    b->err = *err;
    b->ws = NULL;
}

static void on_open_server(void *context, struct canned_socket *s)
{
    struct bench *b = context;
    if (b->script)
        b->script(b, s);
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    struct conn c = {.name = "loki", .url = (char *)canned_url(b->server), .tenant = "shop"};
    b->target = http_target_new(b->http, &c);
    buf_init(&b->got, 1 << 20);
    canned_websocket(b->server, "/tail", on_open_server, b);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    websocket_close(b->ws);
    http_target_free(b->target);
    http_free(b->http);
    canned_free(b->server);
    loop_free(b->loop);
    buf_free(&b->got);
    free(b);
    return 0;
}

static void run(struct bench *b, const char *path, size_t max_message, int idle_ms, int for_ms)
{
    b->ws = websocket_open(b->http, &(struct websocket_call){.target = b->target,
                                                             .path = path,
                                                             .max_message = max_message,
                                                             .idle_ms = idle_ms,
                                                             .context = b,
                                                             .opened = on_opened,
                                                             .message = on_message,
                                                             .closed = on_closed});
    assert_false(b->opened || b->closed);
    int64_t until = clock_monotonic() + for_ms * CLOCK_MS;
    while (!b->closed && clock_monotonic() < until)
        loop_turn(b->loop, 20);
}

static void early_then_close(struct bench *b, struct canned_socket *s)
{
    (void)b;
    canned_frame(s, 1, str_of("behind the blank line"));
    canned_frame(s, 2, (struct str){"a\0b", 3});
    canned_close_frame(s, 1011, "reached tail max duration limit");
}

static void what_comes_behind_the_101_is_read(void **state)
{
    struct bench *b = *state;
    b->script = early_then_close;
    run(b, "/tail?query=x", 0, 0, 3000);
    assert_true(b->opened && b->closed);
    assert_memory_equal(b->got.p, "t behind the blank line 21\nb a\0b 3\n", b->got.n);
    assert_int_equal(b->code, 1011);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_string_equal(b->err.what, "reached tail max duration limit");
    assert_string_equal(canned_last(b->server), "/tail?query=x");
    for (int i = 0; i < 20 && !*canned_frames_seen(b->server); i++)
        loop_turn(b->loop, 20);
    assert_string_equal(canned_frames_seen(b->server), "8"); /* our closing frame */
}

static void ping(struct bench *b, struct canned_socket *s)
{
    (void)b;
    canned_frame(s, 9, str_of("p"));
}

static void pings_are_answered_and_keep_it_alive(void **state)
{
    struct bench *b = *state;
    b->script = ping;
    run(b, "/tail", 0, 400, 300);
    assert_true(b->opened && !b->closed);
    assert_string_equal(canned_frames_seen(b->server), "a");
}

static void normal_close(struct bench *b, struct canned_socket *s)
{
    (void)b;
    canned_close_frame(s, 1000, "bye");
}

static void a_normal_end_is_no_error(void **state)
{
    struct bench *b = *state;
    b->script = normal_close;
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->closed);
    assert_int_equal(b->code, 1000);
    assert_int_equal(b->err.kind, ERR_NONE);
}

static void hang_up(struct bench *b, struct canned_socket *s)
{
    (void)b;
    canned_frame(s, 1, str_of("x"));
    canned_hang_up(s);
}

static void a_broken_connection_is_told(void **state)
{
    struct bench *b = *state;
    b->script = hang_up;
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->opened && b->closed);
    assert_int_equal(b->code, 1006);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_string_equal(buf_text(&b->got), "t x 1\n");
}

static void big(struct bench *b, struct canned_socket *s)
{
    (void)b;
    char *text = mem_alloc(3 << 20);
    memset(text, 'z', 3 << 20);
    canned_frame(s, 1, (struct str){text, 3 << 20});
    canned_frame(s, 1, str_of("after"));
    canned_close_frame(s, 1000, "");
    free(text);
}

static void large_messages_come_whole(void **state)
{
    struct bench *b = *state;
    b->script = big;
    run(b, "/tail", 0, 0, 5000);
    assert_string_equal(buf_text(&b->got),
                        "t zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz 3145728\nt after 5\n");
}

static void too_large_messages_end_it(void **state)
{
    struct bench *b = *state;
    b->script = big;
    run(b, "/tail", 1 << 20, 0, 5000);
    assert_true(b->closed);
    assert_int_equal(b->err.kind, ERR_LIMIT);
    assert_string_equal(buf_text(&b->got), "");
}

static void a_silent_link_is_dead(void **state)
{
    struct bench *b = *state;
    int64_t from = clock_monotonic();
    run(b, "/tail", 0, 300, 3000);
    assert_true(b->opened && b->closed);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_in_range((clock_monotonic() - from) / CLOCK_MS, 290, 1500);
}

static void a_refusal_is_told_with_its_text(void **state)
{
    struct bench *b = *state;
    canned_text(b->server, "/tail", 400, "text/plain",
                "parse error at line 1, col 10: syntax error: unexpected $end, expecting } or ,\n");
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->closed && !b->opened);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_int_equal(b->err.http, 400);
    assert_non_null(strstr(b->err.what, "parse error at line 1, col 10"));
}

static void a_refusal_in_chunks(void **state)
{
    struct bench *b = *state;
    canned_raw_once(b->server, "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: "
                               "chunked\r\n\r\n3\r\nno \r\n6\r\norg id\r\n0\r\n\r\n");
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->closed);
    assert_int_equal(b->err.kind, ERR_DENIED);
    assert_non_null(strstr(b->err.what, "no org id"));
}

static void what_is_no_websocket_is_refused(void **state)
{
    struct bench *b = *state;
    canned_raw_once(b->server,
                    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: wrong\r\n\r\n");
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->closed && !b->opened);
    assert_int_equal(b->err.kind, ERR_PROTOCOL);
    b->closed = false;
    canned_raw_once(b->server, "SSH-2.0-OpenSSH\r\n\r\n");
    run(b, "/tail", 0, 0, 3000);
    assert_int_equal(b->err.kind, ERR_PROTOCOL);
    b->closed = false;
    canned_stop(b->server);
    run(b, "/tail", 0, 0, 3000);
    assert_true(b->closed);
    assert_int_equal(b->err.kind, ERR_AWAY);
}

static void it_may_be_closed_from_a_message(void **state)
{
    struct bench *b = *state;
    b->script = early_then_close;
    b->close_at_first = true;
    run(b, "/tail", 0, 0, 300);
    assert_true(b->opened && !b->closed);
    assert_string_equal(buf_text(&b->got), "t behind the blank line 21\n");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_comes_behind_the_101_is_read),
        TEST(a_normal_end_is_no_error),
        TEST(a_broken_connection_is_told),
        TEST(large_messages_come_whole),
        TEST(too_large_messages_end_it),
        TEST(a_silent_link_is_dead),
        TEST(a_refusal_is_told_with_its_text),
        TEST(a_refusal_in_chunks),
        TEST(what_is_no_websocket_is_refused),
        TEST(it_may_be_closed_from_a_message),
        TEST(pings_are_answered_and_keep_it_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
