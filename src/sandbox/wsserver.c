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
#include "base/mem.h"
#include "base/sha1.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/reply.h"

enum {
    WAITING_MAX = 8 << 20,
    FRAME_IN_MAX = 64 << 10,
    OP_TEXT = 1,
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
    struct buf out, in;
    bool closing;
};

static void gone(struct wsserver *w, bool tell)
{
    loop_unwatch(w->watch);
    loop_timer_free(w->end);
    server_upgrade_close(w->upgrade);
    buf_free(&w->out);
    buf_free(&w->in);
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
    gone(w, false);
}

/* One whole frame at the begin of `in`: its opcode and (unmasked) payload. 0: none yet; -1: broken.
 */
static int take_frame(struct wsserver *w, char *payload, size_t *n)
{
    const unsigned char *p = (const unsigned char *)w->in.p;
    if (w->in.n < 6)
        return 0;
    size_t head = 2, length = p[1] & 127;
    if (!(p[1] & 128) || length == 127)
        return -1; /* clients mask, and none has so much to say to us */
    if (length == 126) {
        length = (size_t)p[2] << 8 | p[3];
        head = 4;
    }
    if (w->in.n < head + 4 + length)
        return 0;
    for (size_t i = 0; i < length; i++)
        payload[i] = (char)(p[head + 4 + i] ^ p[head + (i & 3)]);
    *n = length;
    int op = p[0] & 15;
    buf_drop_front(&w->in, head + 4 + length);
    return op ? op : OP_TEXT;
}

static void ready(void *context, short revents)
{
    struct wsserver *w = context;
    char bytes[4096], payload[FRAME_IN_MAX];
    size_t n;
    if (revents & POLLOUT)
        flush(w);
    for (;;) {
        ssize_t got = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (got <= 0 || !buf_add(&w->in, bytes, (size_t)got)) {
            gone(w, true);
            return;
        }
        int op;
        while ((op = take_frame(w, payload, &n)) > 0) {
            if (op == OP_PING)
                frame(w, OP_PONG, (struct str){payload, n < 126 ? n : 125});
            if (op == OP_CLOSE && !w->closing)
                wsserver_close(w, 1000, "");
        }
        if (op < 0) {
            gone(w, true);
            return;
        }
    }
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
    w->call.opened(w->call.context, w);
}

/* The client went before the connection was handed over. */
static void never_opened(void *context)
{
    struct wsserver *w = context;
    buf_free(&w->out);
    buf_free(&w->in);
    w->call.closed(w->call.context);
    free(w);
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
    struct wsserver *w = mem_alloc(sizeof *w);
    w->call = *call;
    w->reply = p;
    w->fd = -1;
    reply_on_over(p, never_opened, w);
    buf_init(&w->out, WAITING_MAX + 1024);
    buf_init(&w->in, FRAME_IN_MAX);
    char text[128], header[128];
    unsigned char digest[SHA1_BYTES];
    struct buf accept;
    buf_init(&accept, 64);
    snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1_of(str_of(text), digest);
    base64_encode(&accept, (struct str){(const char *)digest, sizeof digest});
    snprintf(header, sizeof header, "Sec-WebSocket-Accept: %s", buf_text(&accept));
    buf_free(&accept);
    const char *const headers[] = {"Upgrade: websocket", header, NULL};
    server_reply_upgrade(p->r, headers, open_socket, w);
    return true;
}
