#include "kube/operations/pod_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "net/loop.h"
#include "net/websocket.h"

/* Load balancers cut what is silent for a minute. */
enum { PING_MS = 25000, MESSAGE_LONGEST = 4 << 20 };
#define PROTOCOLS "v5.channel.k8s.io, v4.channel.k8s.io"

struct pod_stream {
    struct pod_stream_conf conf;
    struct websocket *ws;
    struct loop_timer *ping;
    struct buf frame;
    bool open;
    char place[200];
};

static void free_stream(struct pod_stream *s)
{
    loop_timer_free(s->ping);
    buf_free(&s->frame);
    free(s);
}

static void on_ping(void *context)
{
    struct pod_stream *s = context;
    websocket_ping(s->ws);
    loop_timer_set(s->ping, PING_MS);
}

static void on_opened(void *context)
{
    struct pod_stream *s = context;
    s->open = true;
    loop_timer_set(s->ping, PING_MS);
    s->conf.opened(s->conf.context);
}

static void on_message(void *context, struct str bytes, bool binary)
{
    struct pod_stream *s = context;
    (void)binary;
    if (!bytes.n)
        return;
    s->conf.message(s->conf.context, (unsigned char)bytes.p[0],
                    (struct str){bytes.p + 1, bytes.n - 1});
}

static void on_sent(void *context)
{
    struct pod_stream *s = context;
    if (s->conf.sent)
        s->conf.sent(s->conf.context);
}

static void on_refusal(void *context, int status, struct str body, struct err *err)
{
    struct pod_stream *s = context;
    client_status_err(err, s->place, status, body);
}

static void on_closed(void *context, int code, const struct err *err)
{
    struct pod_stream *s = context;
    struct err why = *err;
    /* The API server's proxy ends a connection without a closing frame. */
    if (s->open && code == 1006 && why.kind == ERR_AWAY)
        str_copy(why.what, sizeof why.what, "the connection ended");
    s->ws = NULL;
    s->conf.closed(s->conf.context, &why);
    free_stream(s);
}

struct pod_stream *pod_stream_open(struct client *c, const struct pod_stream_conf *conf)
{
    struct pod_stream *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->ping = loop_timer_new(client_loop(c), on_ping, s);
    buf_init(&s->frame, MESSAGE_LONGEST);
    conn_place(http_target_conn(client_target(c)), s->place, sizeof s->place);
    s->ws = websocket_open(client_http(c), &(struct websocket_call){.target = client_target(c),
                                                                    .path = conf->path,
                                                                    .protocol = PROTOCOLS,
                                                                    .max_message = MESSAGE_LONGEST,
                                                                    .context = s,
                                                                    .opened = on_opened,
                                                                    .message = on_message,
                                                                    .sent = on_sent,
                                                                    .refusal = on_refusal,
                                                                    .closed = on_closed});
    return s;
}

void pod_stream_close(struct pod_stream *s)
{
    if (!s)
        return;
    websocket_close(s->ws);
    free_stream(s);
}

bool pod_stream_send(struct pod_stream *s, int channel, struct str bytes)
{
    buf_clear(&s->frame);
    buf_addc(&s->frame, (char)channel);
    return s->ws && buf_add(&s->frame, bytes.p, bytes.n) &&
           websocket_send(s->ws, buf_str(&s->frame), true);
}

size_t pod_stream_waiting(const struct pod_stream *s)
{
    return s->ws ? websocket_waiting(s->ws) : 0;
}

void pod_stream_pause(struct pod_stream *s, bool pause)
{
    if (s->ws)
        websocket_pause(s->ws, pause);
}
