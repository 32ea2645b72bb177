/*
 * Three phases on one connection: libcurl connects (proxy, TLS), then we write the HTTP/1.1 upgrade
 * and read its answer, then wslay reads and writes frames. Whatever arrives behind the answer's
 * blank line belongs to wslay already. A refusal is a plain HTTP answer: its text is read to tell
 * it to the user.
 */
#include "net/websocket.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <wslay/wslay.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"

enum { ANSWER_MAX = 64 * 1024, UPGRADE_MS = 10000, TURN_BYTES = 1 << 20 };
#define DEFAULT_MESSAGE ((size_t)64 << 20)
#define SEND_MAX ((size_t)16 << 20)

struct websocket {
    struct http_socket *socket;
    wslay_event_context_ptr frames; /* NULL before the upgrade */
    struct loop_timer *idle, *again;
    struct buf request; /* not sent yet */
    struct buf answer;  /* to the upgrade; then what wslay has not read yet */
    char key[32], place[200];
    bool eof, busy, dead, told, paused;
    bool owes_sent; /* `sent` is to be called once nothing waits */
    size_t turn;    /* bytes read in this turn of the loop */
    struct err broken;
    struct websocket_call call;
    char *protocol, *headers;
};

static void free_websocket(struct websocket *w)
{
    http_socket_close(w->socket);
    if (w->frames)
        wslay_event_context_free(w->frames);
    loop_timer_free(w->idle);
    loop_timer_free(w->again);
    buf_free(&w->request);
    buf_free(&w->answer);
    free(w->protocol);
    free(w->headers);
    free(w);
}

void websocket_close(struct websocket *w)
{
    if (!w)
        return;
    w->dead = true;
    if (!w->busy)
        free_websocket(w);
}

/* Tells the end. The memory goes when the outermost callback returns. */
static void end(struct websocket *w, int code, const struct err *err)
{
    if (w->dead)
        return;
    w->dead = true;
    bool before = w->busy;
    w->busy = true;
    w->call.closed(w->call.context, code, err);
    w->busy = before;
    if (!before)
        free_websocket(w);
}

static void end_by(struct websocket *w, enum err_kind kind, const char *what)
{
    struct err err;
    err_set(&err, kind, w->place, "", "%s", what);
    end(w, WSLAY_CODE_ABNORMAL_CLOSURE, &err);
}

/* ---- the upgrade ---- */

void websocket_accept(struct buf *out, const char *key)
{
    unsigned char digest[DIGEST_SHA1];
    char *both = mem_printf("%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key); /* RFC 6455 §1.3 */
    digest_sha1(str_of(both), digest);
    free(both);
    base64_encode(out, (struct str){(const char *)digest, sizeof digest});
}

static bool write_upgrade(struct websocket *w, struct err *err)
{
    unsigned char nonce[16];
    struct buf key;
    if (getrandom(nonce, sizeof nonce, 0) != sizeof nonce)
        return err_errno(err, w->place, NULL, "no random bytes");
    buf_init(&key, sizeof w->key);
    base64_encode(&key, (struct str){(const char *)nonce, sizeof nonce});
    str_copy(w->key, sizeof w->key, buf_text(&key));
    buf_free(&key);
    if (!http_socket_request_head(w->socket, &w->request, err))
        return false;
    buf_printf(&w->request,
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
               "13\r\nSec-WebSocket-Key: %s\r\n",
               w->key);
    if (w->protocol)
        buf_printf(&w->request, "Sec-WebSocket-Protocol: %s\r\n", w->protocol);
    buf_printf(&w->request, "%s\r\n", w->headers);
    return !w->request.over || err_set(err, ERR_LIMIT, w->place, NULL, "the request is too large");
}

/* The header's value in the answer's head. */
static bool header(struct str head, const char *name, struct str *value)
{
    struct str line;
    size_t n = strlen(name);
    while (str_cut(&head, '\n', &line)) {
        if (line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0)
            continue;
        *value = str_trim((struct str){line.p + n + 1, line.n - n - 1});
        return true;
    }
    return false;
}

/* A body in chunks, whole or not, made plain in place. */
static struct str dechunked(char *p, size_t n)
{
    size_t to = 0, at = 0;
    while (at < n) {
        char *stop;
        size_t size = strtoul(p + at, &stop, 16); /* the buffer is terminated */
        const char *line = memchr(stop, '\n', n - (size_t)(stop - p));
        if (!line || !size)
            break;
        at = (size_t)(line - p) + 1;
        if (size > n - at)
            size = n - at;
        memmove(p + to, p + at, size);
        to += size;
        at += size + 2;
    }
    return (struct str){p, to};
}

/* The server answered with something other than 101: waits for its text, then ends. `whole`:
 * nothing more will come. */
static void refused(struct websocket *w, int status, size_t head_n, bool whole)
{
    struct str head = {w->answer.p, head_n}, value;
    size_t have = w->answer.n - head_n;
    int64_t length;
    bool chunked =
        header(head, "Transfer-Encoding", &value) && str_find_fold(value, str_of("chunked")) >= 0;
    if (chunked)
        whole = whole || str_ends(buf_str(&w->answer), "0\r\n\r\n");
    else if (header(head, "Content-Length", &value) && str_to_int(value, &length))
        whole = whole || (int64_t)have >= length;
    if (!whole)
        return;
    struct str body =
        chunked ? dechunked(w->answer.p + head_n, have) : (struct str){w->answer.p + head_n, have};
    struct err err;
    http_status_err(&err, status, w->place, body);
    if (w->call.refusal)
        w->call.refusal(w->call.context, status, body, &err);
    end(w, 0, &err);
}

static bool accepted(struct websocket *w, struct str head)
{
    struct buf expected;
    struct str value;
    buf_init(&expected, 64);
    websocket_accept(&expected, w->key);
    bool good = header(head, "Sec-WebSocket-Accept", &value) && str_eq(value, buf_str(&expected));
    buf_free(&expected);
    return good;
}

/* ---- frames ---- */

static ssize_t on_recv(wslay_event_context_ptr frames, uint8_t *to, size_t n, int flags,
                       void *context)
{
    struct websocket *w = context;
    (void)flags;
    if (w->dead || w->paused || w->turn > TURN_BYTES) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (w->answer.n) {
        n = n < w->answer.n ? n : w->answer.n;
        memcpy(to, w->answer.p, n);
        buf_drop_front(&w->answer, n);
        return (ssize_t)n;
    }
    ptrdiff_t got = http_socket_read(w->socket, to, n);
    if (got > 0) {
        w->turn += (size_t)got;
        return got;
    }
    w->eof = got < 0;
    wslay_event_set_error(frames, got < 0 ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr frames, const uint8_t *from, size_t n, int flags,
                       void *context)
{
    struct websocket *w = context;
    (void)flags;
    ptrdiff_t sent = http_socket_write(w->socket, from, n);
    if (sent > 0)
        return sent;
    w->eof = w->eof || sent < 0;
    wslay_event_set_error(frames, sent < 0 ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static int on_mask(wslay_event_context_ptr frames, uint8_t *to, size_t n, void *context)
{
    (void)frames;
    (void)context;
    return getrandom(to, n, 0) == (ssize_t)n ? 0 : -1;
}

/* The closing frame: its code and reason, told when the frame that answers it has gone out. */
static void closing(struct websocket *w, const struct wslay_event_on_msg_recv_arg *m)
{
    struct str reason = {(const char *)m->msg, m->msg_length};
    if (reason.n >= 2) /* the code, in network order */
        reason = (struct str){reason.p + 2, reason.n - 2};
    w->told = true;
    if (m->status_code == WSLAY_CODE_NORMAL_CLOSURE || !m->status_code) {
        err_clear(&w->broken);
        return;
    }
    err_set(&w->broken, ERR_AWAY, w->place, "", "%.*s", (int)(reason.n > 125 ? 125 : reason.n),
            reason.p);
}

static void on_message(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *m,
                       void *context)
{
    struct websocket *w = context;
    (void)frames;
    if (w->dead)
        return;
    if (m->opcode == WSLAY_CONNECTION_CLOSE)
        closing(w, m);
    else if (m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME)
        w->call.message(w->call.context, (struct str){(const char *)m->msg, m->msg_length},
                        m->opcode == WSLAY_BINARY_FRAME);
}

static void flush(struct websocket *w)
{
    if (wslay_event_want_write(w->frames) && wslay_event_send(w->frames) != 0)
        w->eof = true;
    http_socket_want_write(w->socket, !w->eof && wslay_event_want_write(w->frames));
    if (w->owes_sent && !w->eof && !wslay_event_want_write(w->frames)) {
        w->owes_sent = false;
        if (w->call.sent)
            w->call.sent(w->call.context);
    }
}

/* What wslay itself found wrong: it has queued a closing frame with the code. */
static void end_by_us(struct websocket *w)
{
    int code = wslay_event_get_status_code_sent(w->frames);
    if (code == WSLAY_CODE_MESSAGE_TOO_BIG)
        end_by(w, ERR_LIMIT, "a message is too large");
    else
        end_by(w, ERR_PROTOCOL, "the server breaks the rules of WebSocket");
}

/* Reads and writes what can be; ends the connection when either side is through. */
static void pump(struct websocket *w)
{
    w->turn = 0;
    int failed = wslay_event_recv(w->frames);
    if (w->dead)
        return;
    flush(w);
    if (w->dead)
        return;
    if (w->turn > TURN_BYTES)
        loop_timer_set(w->again, 0); /* TLS may hold bytes that no poll sees */
    if (w->told && (w->eof || !wslay_event_want_write(w->frames)))
        end(w, wslay_event_get_status_code_received(w->frames), &w->broken);
    else if (w->eof)
        end_by(w, ERR_AWAY, "the connection broke");
    else if (!w->told && (failed || !wslay_event_get_read_enabled(w->frames)))
        end_by_us(w);
}

static bool start_frames(struct websocket *w)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_recv,
                                                           .send_callback = on_send,
                                                           .genmask_callback = on_mask,
                                                           .on_msg_recv_callback = on_message};
    if (wslay_event_context_client_init(&w->frames, &callbacks, w) != 0)
        return false;
    wslay_event_config_set_max_recv_msg_length(w->frames, w->call.max_message ? w->call.max_message
                                                                              : DEFAULT_MESSAGE);
    return true;
}

/* The answer to the upgrade, as far as it has come. */
static void read_answer(struct websocket *w)
{
    char piece[4096];
    ptrdiff_t got = 0;
    while (w->answer.n < ANSWER_MAX && (got = http_socket_read(w->socket, piece, sizeof piece)) > 0)
        buf_add(&w->answer, piece, (size_t)got);
    const char *blank = w->answer.n ? memmem(w->answer.p, w->answer.n, "\r\n\r\n", 4) : NULL;
    bool over = got < 0 || w->answer.n >= ANSWER_MAX;
    if (!blank) {
        if (over)
            end_by(w, ERR_AWAY, "the server closed the connection before it answered the upgrade");
        return;
    }
    size_t head_n = (size_t)(blank - w->answer.p) + 4;
    struct str head = {w->answer.p, head_n};
    if (head_n < 12 || strncmp(head.p, "HTTP/1.", 7) != 0) {
        end_by(w, ERR_PROTOCOL, "the answer to the upgrade is no HTTP");
        return;
    }
    int status = (int)strtol(head.p + 9, NULL, 10);
    if (status != 101) {
        refused(w, status, head_n, over);
        return;
    }
    if (!accepted(w, head) || !start_frames(w)) {
        end_by(w, ERR_PROTOCOL, "the answer to the upgrade is no WebSocket's");
        return;
    }
    buf_drop_front(&w->answer, head_n);
    if (w->call.opened)
        w->call.opened(w->call.context);
    if (!w->dead)
        pump(w);
}

static void send_upgrade(struct websocket *w)
{
    while (w->request.n) {
        ptrdiff_t sent = http_socket_write(w->socket, w->request.p, w->request.n);
        if (sent < 0) {
            end_by(w, ERR_AWAY, "the connection broke before the upgrade");
            return;
        }
        if (!sent)
            break;
        buf_drop_front(&w->request, (size_t)sent);
    }
    http_socket_want_write(w->socket, w->request.n > 0);
}

/* ---- what the loop calls ---- */

static void watch_idle(struct websocket *w)
{
    if (!w->frames)
        loop_timer_set(w->idle, UPGRADE_MS);
    else if (w->call.idle_ms > 0)
        loop_timer_set(w->idle, w->call.idle_ms);
    else
        loop_timer_stop(w->idle);
}

/* Runs one of the phases; frees what ended meanwhile. */
static void guarded(struct websocket *w, void (*phase)(struct websocket *w))
{
    w->busy = true;
    phase(w);
    w->busy = false;
    if (w->dead)
        free_websocket(w);
    else
        watch_idle(w);
}

static void on_readable(void *context)
{
    struct websocket *w = context;
    guarded(w, w->frames ? pump : read_answer);
}

static void on_writable(void *context)
{
    struct websocket *w = context;
    guarded(w, w->frames ? pump : send_upgrade);
}

static void upgrade(struct websocket *w)
{
    struct err err;
    if (write_upgrade(w, &err))
        send_upgrade(w);
    else
        end(w, 0, &err);
}

static void on_connected(void *context, const struct err *err)
{
    struct websocket *w = context;
    if (err->kind)
        end(w, 0, err);
    else
        guarded(w, upgrade);
}

static void on_idle(void *context)
{
    struct websocket *w = context;
    end_by(w, ERR_AWAY,
           w->frames ? "nothing came for too long: the link is dead"
                     : "no answer to the upgrade in time");
}

static void on_again(void *context)
{
    guarded(context, pump);
}

struct websocket *websocket_open(struct http *h, const struct websocket_call *call)
{
    struct websocket *w = mem_alloc(sizeof *w);
    struct buf headers;
    w->call = *call;
    w->protocol = mem_dup(call->protocol);
    buf_init(&headers, ANSWER_MAX);
    for (const char *const *line = call->headers; line && *line; line++)
        buf_printf(&headers, "%s\r\n", *line);
    w->headers = mem_dup(buf_text(&headers));
    buf_free(&headers);
    buf_init(&w->request, (size_t)1 << 20);
    buf_init(&w->answer, ANSWER_MAX + 4096);
    http_target_place(call->target, w->place, sizeof w->place);
    w->idle = loop_timer_new(http_loop(h), on_idle, w);
    w->again = loop_timer_new(http_loop(h), on_again, w);
    w->socket = http_socket_open(h, &(struct http_socket_call){.target = call->target,
                                                               .path = call->path,
                                                               .context = w,
                                                               .connected = on_connected,
                                                               .readable = on_readable,
                                                               .writable = on_writable});
    return w;
}

bool websocket_send(struct websocket *w, struct str bytes, bool binary)
{
    if (w->dead || !w->frames || wslay_event_get_queued_msg_length(w->frames) + bytes.n > SEND_MAX)
        return false;
    struct wslay_event_msg m = {.opcode = binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME,
                                .msg = (const uint8_t *)bytes.p,
                                .msg_length = bytes.n};
    if (wslay_event_queue_msg(w->frames, &m) != 0)
        return false;
    w->owes_sent = true;
    http_socket_want_write(w->socket, true);
    return true;
}

size_t websocket_waiting(const struct websocket *w)
{
    return w->frames ? wslay_event_get_queued_msg_length(w->frames) : 0;
}

void websocket_ping(struct websocket *w)
{
    struct wslay_event_msg m = {.opcode = WSLAY_PING};
    if (w->dead || !w->frames || wslay_event_get_queued_msg_count(w->frames) > 8)
        return;
    if (wslay_event_queue_msg(w->frames, &m) == 0)
        http_socket_want_write(w->socket, true);
}

void websocket_pause(struct websocket *w, bool pause)
{
    if (w->dead || w->paused == pause)
        return;
    w->paused = pause;
    http_socket_pause(w->socket, pause);
    if (!pause && w->frames)
        loop_timer_set(w->again, 0); /* what was read before the pause no poll sees */
}
