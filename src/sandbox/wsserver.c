#include "sandbox/wsserver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/reply.h"

enum {
    WAITING_MAX = 8 << 20,
    FRAME_IN_MAX = 1 << 20,
    OP_MORE = 0,
    OP_TEXT = 1,
    OP_BINARY = 2,
    OP_CLOSE = 8,
    OP_PING = 9,
    OP_PONG = 10
};

struct wsserver {
    struct wsserver_call call;
    struct reply *reply; /* until it is open */
    struct server_upgrade *upgrade;
    struct loop_watch *watch;
    struct loop_timer *end;
    int fd;
    struct buf out, in, message;
    bool closing, dead, busy;
    char protocol[64];
};

static void gone(struct wsserver *w, bool tell)
{
    loop_unwatch(w->watch);
    loop_timer_free(w->end);
    server_upgrade_close(w->upgrade);
    buf_free(&w->out);
    buf_free(&w->in);
    buf_free(&w->message);
    if (tell)
        w->call.closed(w->call.context);
    free(w);
}

static void end_later(void *context)
{
    gone(context, true);
}

/* Sends what waits; what the socket does not take waits on. An error is noticed when reading. */
static void flush(struct wsserver *w)
{
    while (w->out.n) {
        ssize_t n = send(w->fd, w->out.p, w->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0)
            break;
        buf_drop_front(&w->out, (size_t)n);
    }
    loop_watch_events(w->watch, w->out.n ? POLLIN | POLLOUT : POLLIN);
}

static bool frame(struct wsserver *w, int op, struct str payload)
{
    unsigned char head[10] = {(unsigned char)(0x80 | op)};
    size_t n = 2;
    if (payload.n < 126) {
        head[1] = (unsigned char)payload.n;
    } else {
        int bytes = payload.n < 65536 ? 2 : 8;
        head[1] = bytes == 2 ? 126 : 127;
        for (int i = 0; i < bytes; i++)
            head[n++] = (unsigned char)((uint64_t)payload.n >> (8 * (bytes - 1 - i)));
    }
    if (w->closing || w->out.n + n + payload.n > WAITING_MAX)
        return false;
    buf_add(&w->out, head, n);
    buf_add(&w->out, payload.p, payload.n);
    flush(w);
    return true;
}

bool wsserver_text(struct wsserver *w, struct str text)
{
    return frame(w, OP_TEXT, text);
}

bool wsserver_binary(struct wsserver *w, struct str bytes)
{
    return frame(w, OP_BINARY, bytes);
}

size_t wsserver_waiting(const struct wsserver *w)
{
    return w->out.n;
}

void wsserver_ping(struct wsserver *w)
{
    frame(w, OP_PING, (struct str){"", 0});
}

void wsserver_close(struct wsserver *w, int code, const char *reason)
{
    char payload[125];
    size_t n = strlen(reason);
    if (n > sizeof payload - 2)
        n = sizeof payload - 2;
    payload[0] = (char)(code >> 8);
    payload[1] = (char)code;
    memcpy(payload + 2, reason, n);
    frame(w, OP_CLOSE, (struct str){payload, n + 2});
    w->closing = true;
    loop_timer_set(w->end, 50);
}

void wsserver_end(struct wsserver *w)
{
    w->dead = true;
    if (!w->busy)
        gone(w, false);
}

/* One whole frame at the begin of `in`, unmasked in place: its opcode, and whether it is the last of its
 * message. 0: none yet; -1: broken. `payload` is valid until more is read; *used bytes are over then. */
static int take_frame(struct wsserver *w, struct str *payload, bool *last, size_t *used)
{
    unsigned char *p = (unsigned char *)w->in.p;
    size_t head = 2, bytes;
    if (w->in.n < 6)
        return 0;
    size_t length = p[1] & 127;
    bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!(p[1] & 128))
        return -1; /* clients mask */
    if (w->in.n < head + bytes + 4)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        length = (i ? length << 8 : 0) | p[head + i];
    head += bytes;
    if (length > FRAME_IN_MAX - 64)
        return -1;
    if (w->in.n < head + 4 + length)
        return 0;
    unsigned char *body = p + head + 4;
    for (size_t i = 0; i < length; i++)
        body[i] ^= p[head + (i & 3)];
    *payload = (struct str){(const char *)body, length};
    *last = p[0] & 128;
    *used = head + 4 + length;
    return (p[0] & 15) + 1;
}

/* What a frame says; false: the connection is broken. */
static bool obey(struct wsserver *w, int op, struct str payload, bool last)
{
    if (op == OP_PING)
        frame(w, OP_PONG, (struct str){payload.p, payload.n < 126 ? payload.n : 125});
    else if (op == OP_CLOSE && !w->closing)
        wsserver_close(w, 1000, "");
    if (op > OP_BINARY || !w->call.message)
        return true;
    if (last && !w->message.n) {
        w->call.message(w->call.context, payload);
        return true;
    }
    if (!buf_add(&w->message, payload.p, payload.n))
        return false;
    if (last) {
        w->call.message(w->call.context, buf_str(&w->message));
        buf_clear(&w->message);
    }
    return true;
}

static bool read_frames(struct wsserver *w)
{
    struct str payload;
    size_t used;
    bool last;
    int op = 0;
    while (!w->dead && (op = take_frame(w, &payload, &last, &used)) > 0) {
        if (!obey(w, op - 1, payload, last))
            return false;
        buf_drop_front(&w->in, used);
    }
    return op >= 0;
}

static void ready(void *context, short revents)
{
    struct wsserver *w = context;
    char bytes[16384];
    bool good;
    w->busy = true;
    if (revents & POLLOUT) {
        flush(w);
        if (!w->out.n && w->call.drained)
            w->call.drained(w->call.context);
    }
    good = read_frames(w); /* what came behind the request */
    while (good && !w->dead) {
        ssize_t got = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        good = got > 0 && buf_add(&w->in, bytes, (size_t)got) && read_frames(w);
    }
    w->busy = false;
    if (w->dead || !good)
        gone(w, !w->dead);
}

static void open_socket(void *context, struct server_upgrade *u, int fd, struct str early)
{
    struct wsserver *w = context;
    reply_on_over(w->reply, NULL, NULL);
    w->reply = NULL;
    w->upgrade = u;
    w->fd = fd;
    buf_add(&w->in, early.p, early.n);
    w->watch = loop_watch_fd(w->call.loop, fd, POLLIN, ready, w);
    w->end = loop_timer_new(w->call.loop, end_later, w);
    w->busy = true;
    w->call.opened(w->call.context, w);
    ready(w, 0);
}

/* The client went before the connection was handed over. */
static void never_opened(void *context)
{
    struct wsserver *w = context;
    buf_free(&w->out);
    buf_free(&w->in);
    buf_free(&w->message);
    w->call.closed(w->call.context);
    free(w);
}

/* The first that the client names of those that we speak. */
static bool choose_protocol(struct reply *p, const char *ours, char *out, size_t size)
{
    const char *asked = server_header(p->r, "Sec-WebSocket-Protocol");
    struct str rest = str_of(asked), one, known, all;
    while (str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        for (all = str_of(ours); str_cut(&all, ' ', &known);)
            if (str_eq(one, known))
                return snprintf(out, size, "%.*s", (int)one.n, one.p) > 0;
    }
    return false;
}

bool wsserver_accept(struct reply *p, const struct wsserver_call *call)
{
    const char *key = server_header(p->r, "Sec-WebSocket-Key"),
               *upgrade = server_header(p->r, "Upgrade");
    const char *version = server_header(p->r, "Sec-WebSocket-Version");
    if (!key || strlen(key) > 64 || !upgrade || strcasecmp(upgrade, "websocket") != 0 || !version ||
        strcmp(version, "13") != 0) {
        reply_text(p, 400, "Bad Request\n");
        return false;
    }
    char protocol[64] = "";
    if (call->protocols && !choose_protocol(p, call->protocols, protocol, sizeof protocol)) {
        reply_text(p, 403, "no subprotocol in common\n");
        return false;
    }
    struct wsserver *w = mem_alloc(sizeof *w);
    w->call = *call;
    w->reply = p;
    w->fd = -1;
    str_copy(w->protocol, sizeof w->protocol, protocol);
    reply_on_over(p, never_opened, w);
    buf_init(&w->out, WAITING_MAX + 1024);
    buf_init(&w->in, 2 * FRAME_IN_MAX);
    buf_init(&w->message, 2 * FRAME_IN_MAX);
    char text[128], header[128];
    unsigned char digest[DIGEST_SHA1];
    struct buf accept;
    buf_init(&accept, 64);
    snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    digest_sha1(str_of(text), digest);
    base64_encode(&accept, (struct str){(const char *)digest, sizeof digest});
    snprintf(header, sizeof header, "Sec-WebSocket-Accept: %s", buf_text(&accept));
    buf_free(&accept);
    snprintf(text, sizeof text, "Sec-WebSocket-Protocol: %s", w->protocol);
    const char *const headers[] = {"Upgrade: websocket", header, *w->protocol ? text : NULL, NULL};
    server_reply_upgrade(p->r, headers, open_socket, w);
    return true;
}
