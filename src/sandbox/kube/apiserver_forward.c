/*
 * pods/NAME/portforward over a WebSocket (v4.channel.k8s.io): two channels a port, data and error, each of
 * which begins with the port's number. Behind the pod's own ports answers a small HTTP server that
 * says where it is; other ports refuse, as they would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/world/world.h"
#include "sandbox/wsserver.h"

enum { PORTS = 8, REQUEST_LONGEST = 64 << 10, PIECE = 32 << 10, BYTES_MOST = 256 << 20 };

struct channel {
    int port;
    bool open;          /* something listens there */
    struct buf request; /* its head, as far as it has come */
    size_t bulk;        /* bytes of the answer that are still to be made */
    bool last;          /* of the connection */
};

struct tunnel {
    struct apiserver_call *call;
    struct wsserver *ws;
    const struct world_pod *pod;
    const struct world_workload *workload;
    struct channel ports[PORTS];
    size_t count;
};

static void send_on(struct tunnel *t, size_t channel, struct str bytes)
{
    struct buf message;
    buf_init(&message, bytes.n + 1);
    buf_addc(&message, (char)channel);
    buf_add(&message, bytes.p, bytes.n);
    wsserver_binary(t->ws, buf_str(&message));
    buf_free(&message);
}

/* Makes the long answers as fast as the client takes them. */
static void on_drained(void *context)
{
    struct tunnel *t = context;
    char piece[PIECE];
    memset(piece, 'x', sizeof piece);
    for (size_t i = 0; i < t->count; i++) {
        struct channel *c = &t->ports[i];
        while (c->bulk && wsserver_waiting(t->ws) < 8 * PIECE) {
            size_t n = c->bulk < PIECE ? c->bulk : PIECE;
            c->bulk -= n;
            send_on(t, 2 * i, (struct str){piece, n});
        }
        if (!c->bulk && c->last)
            wsserver_close(t->ws, 1000, "");
    }
}

static void answer(struct tunnel *t, size_t i)
{
    struct channel *c = &t->ports[i];
    struct str rest = buf_str(&c->request), method, path;
    int64_t bytes = 0;
    char body[400], head[300];
    str_cut(&rest, ' ', &method);
    str_cut(&rest, ' ', &path);
    int status = 200;
    if (str_starts(path, "/bytes/") && str_to_int((struct str){path.p + 7, path.n - 7}, &bytes) &&
        bytes >= 0 && bytes < BYTES_MOST)
        *body = '\0';
    else if (str_is(path, "/healthz") || str_is(path, "/readyz"))
        snprintf(body, sizeof body, "ok\n");
    else if (str_is(path, "/"))
        snprintf(body, sizeof body, "%s/%s, port %d: kubeboard's sandbox answers in its place\n",
                 t->workload->ns, t->pod->name, c->port);
    else
        status = 404, snprintf(body, sizeof body, "404 page not found\n");
    c->last = str_find_fold(buf_str(&c->request), str_of("connection: close")) >= 0;
    snprintf(head, sizeof head,
             "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", status,
             status == 200 ? "OK" : "Not Found", *body ? strlen(body) : (size_t)bytes);
    send_on(t, 2 * i, str_of(head));
    if (*body)
        send_on(t, 2 * i, str_of(body));
    c->bulk = *body ? 0 : (size_t)bytes;
    on_drained(t);
}

static void on_message(void *context, struct str bytes)
{
    struct tunnel *t = context;
    size_t channel = bytes.n ? (unsigned char)bytes.p[0] : 255, i = channel / 2;
    if (channel % 2 || i >= t->count || !t->ports[i].open)
        return;
    struct buf *request = &t->ports[i].request;
    if (!buf_add(request, bytes.p + 1, bytes.n - 1)) {
        wsserver_close(t->ws, 1009, "the request is too large");
        return;
    }
    const char *end;
    while (request->n && (end = memmem(request->p, request->n, "\r\n\r\n", 4)) != NULL) {
        answer(t, i);
        buf_drop_front(request, (size_t)(end - request->p) + 4);
    }
}

static void on_opened(void *context, struct wsserver *w)
{
    struct tunnel *t = context;
    char text[300];
    t->ws = w;
    for (size_t i = 0; i < t->count; i++) {
        const char number[2] = {(char)t->ports[i].port, (char)(t->ports[i].port >> 8)};
        send_on(t, 2 * i, (struct str){number, 2});
        send_on(t, 2 * i + 1, (struct str){number, 2});
        if (t->ports[i].open)
            continue;
        snprintf(text, sizeof text,
                 "error forwarding port %d to pod %s, uid : dial tcp4 127.0.0.1:%d: connect: "
                 "connection refused",
                 t->ports[i].port, t->pod->name, t->ports[i].port);
        send_on(t, 2 * i + 1, str_of(text));
        wsserver_close(w, 1000, "");
    }
}

static void on_closed(void *context)
{
    struct tunnel *t = context;
    for (size_t i = 0; i < t->count; i++)
        buf_free(&t->ports[i].request);
    apiserver_call_free(t->call);
    free(t);
}

void apiserver_forward(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    const struct world_pod *p = apiserver_running_pod(c);
    struct str list = str_of(apiserver_call_param(c, "ports")), one;
    int64_t port;
    if (!p)
        return;
    struct tunnel *t = mem_alloc(sizeof *t);
    t->call = c;
    t->pod = p;
    t->workload = &conf->world->workloads[p->workload];
    while (t->count < PORTS && str_cut(&list, ',', &one)) {
        if (!str_to_int(one, &port) || port < 1 || port > 65535)
            continue;
        struct channel *at = &t->ports[t->count++];
        at->port = (int)port;
        at->open = port == t->workload->port || (t->workload->sidecar && port == 9901);
        buf_init(&at->request, REQUEST_LONGEST);
    }
    struct wsserver_call call = {.loop = conf->loop,
                                 .context = t,
                                 .protocols = "v4.channel.k8s.io",
                                 .opened = on_opened,
                                 .message = on_message,
                                 .drained = on_drained,
                                 .closed = on_closed};
    if (!t->count) {
        free(t);
        apiserver_status(c, 400, "BadRequest", NULL, "you must specify at least 1 port");
    } else if (!wsserver_accept(c->p, &call)) {
        on_closed(t);
    }
}
