/*
 * libmicrohttpd runs in its external mode: it has an epoll set of its own, whose descriptor is one
 * more in our loop, and a time-out that a timer of ours keeps. It calls us from inside MHD_run
 * only.
 */
#include "net/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/listen.h"
#include "net/loop.h"
#include "net/server_crowd.h"
#include "net/server_internal.h"
#include "net/urlform.h"

enum {
    BODY_DEFAULT = 1 << 20,
    CONNECTIONS_DEFAULT = 200,
    SENDING_MAX = 64 << 20,  /* of all answers on their way */
    HEAD_MEMORY = 128 << 10, /* a connection's request line, headers and the chunk that goes out */
    TARGET_MAX = 64 << 10,   /* and of them a request's target, with so many parameters */
    PARAMETERS_MAX = 1000,
    IDLE_SECONDS = 60,
    DISCARD_MAX = 16, /* so many times the bound a body is read on, for the 413 to arrive */
};

/* ---- the daemon in the loop ---- */

static void run(void *context)
{
    struct server *s = context;
    server_mhd()->run(s->daemon);
    MHD_UNSIGNED_LONG_LONG ms;
    if (server_mhd()->get_timeout(s->daemon, &ms) == MHD_YES)
        loop_timer_set(s->timer, ms > 3600000 ? 3600000 : (int64_t)ms);
    else
        loop_timer_stop(s->timer);
}

static void run_ready(void *context, short revents)
{
    (void)revents;
    run(context);
}

/* ---- connections ---- */

static void on_connection(void *context, struct MHD_Connection *connection, void **member,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *member = server_crowd_join(s->crowd, server_socket(connection));
    else
        server_crowd_leave(s->crowd, *member);
}

/* ---- a request comes in ---- */

/* libmicrohttpd takes a target apart into the connection's memory. Where that is full, nothing is
 * left for its own answer either, and it lets the client wait until the idle time is over. */
static bool target_fits(const char *raw)
{
    size_t n = strlen(raw), parameters = 0;
    for (const char *p = raw; n <= TARGET_MAX && (p = strchr(p, '&')); p++)
        parameters++;
    return n <= TARGET_MAX && parameters < PARAMETERS_MAX;
}

static void refuse_target(struct server_request *r)
{
    static const char answer[] =
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    int fd = server_socket(r->connection);
    r->gone = true;
    server_drain(fd);
    /* What does not fit into the socket's empty buffer, nobody reads. */
    if (send(fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        shutdown(fd, SHUT_RDWR);
}

static void *request_new(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = context;
    struct server_request *r = mem_alloc(sizeof *r);
    r->server = s;
    r->connection = connection;
    r->raw = mem_dup(uri);
    r->path = urlform_path(str_of(uri));
    buf_init(&r->body, s->max_body);
    buf_init(&r->out, SERVER_STREAM_WAITING_MAX);
    r->next = s->requests;
    if (r->next)
        r->next->prev = r;
    s->requests = r;
    if (!target_fits(uri))
        refuse_target(r);
    return r;
}

static void request_over(void *context, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode how)
{
    struct server *s = context;
    struct server_request *r = *request;
    (void)connection;
    (void)how;
    if (!r)
        return;
    *request = NULL;
    if (r->status != 101) /* handed over, it asks no more */
        server_crowd_wait(s->crowd, server_member(r));
    loop_unwatch(r->hangup);
    if (r->ended)
        r->ended(r->ended_context);
    *(r->prev ? &r->prev->next : &s->requests) = r->next;
    if (r->next)
        r->next->prev = r->prev;
    if (r->response)
        server_mhd()->destroy_response(r->response);
    free(r->upgrade);
    urlform_free(r->form);
    buf_free(&r->body);
    buf_free(&r->out);
    free(r->raw);
    free(r->path);
    free(r->method);
    free(r);
}

static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static void answer_text(struct server_request *r, int status, const char *text)
{
    server_reply(r, status, "text/plain; charset=utf-8", NULL, str_of(text));
}

static void begin(struct server_request *r, const char *method)
{
    r->begun = true;
    r->method = mem_dup(method);
    const char *length =
        server_mhd()->lookup_connection_value(r->connection, MHD_HEADER_KIND, "Content-Length");
    int64_t n;
    if (length && str_to_int(str_of(length), &n) && n > 0 && (uint64_t)n > r->server->max_body) {
        r->too_large = r->handled = true;
        answer_text(r, 413, "the body is too large\n");
    }
}

/* False when the connection is to be closed. */
static bool receive(struct server_request *r, const char *bytes, size_t n)
{
    if (!r->too_large && buf_add(&r->body, bytes, n))
        return true;
    r->too_large = true;
    r->discarded += n;
    return r->discarded < DISCARD_MAX * r->server->max_body;
}

static void handle(struct server_request *r)
{
    r->handled = true;
    server_crowd_work(r->server->crowd, server_member(r));
    if (r->too_large)
        answer_text(r, 413, "the body is too large\n");
    else if (!r->path)
        answer_text(r, 400, "the path is no valid percent-encoding\n");
    else
        r->server->handle(r->server->context, r);
}

static enum MHD_Result queue(struct server_request *r)
{
    enum MHD_Result done =
        server_mhd()->queue_response(r->connection, (unsigned)r->status, r->response);
    server_mhd()->destroy_response(r->response);
    r->response = NULL;
    r->queued = true;
    return done;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *n, void **request)
{
    struct server_request *r = *request;
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (!r || r->gone || r->server->closing)
        return MHD_NO;
    if (!r->begun) {
        begin(r, method);
        return r->response ? queue(r) : MHD_YES;
    }
    if (r->queued)
        return MHD_YES;
    if (*n) {
        bool more = receive(r, bytes, *n);
        *n = 0;
        return more ? MHD_YES : MHD_NO;
    }
    if (!r->handled)
        handle(r);
    if (r->gone)
        return MHD_NO;
    if (r->response)
        return queue(r);
    server_suspend(r);
    return MHD_YES;
}

/* ---- server ---- */

struct server *server_new(struct loop *l, const struct server_conf *conf, struct err *err)
{
    if (!server_mhd()) {
        err_set(err, ERR_IO, conf->listen, "install it",
                LIBMICROHTTPD_NAME " cannot be loaded: nothing can be served");
        return NULL;
    }
    int fd = listen_open(conf->listen, err);
    if (fd < 0)
        return NULL;
    struct server *s = mem_alloc(sizeof *s);
    s->loop = l;
    s->context = conf->context;
    s->handle = conf->handle;
    s->max_body = conf->max_body ? conf->max_body : BODY_DEFAULT;
    s->port = listen_port(fd);
    int connections = conf->max_connections ? conf->max_connections : CONNECTIONS_DEFAULT;
    s->crowd = server_crowd_new((size_t)(connections - connections / 8), SENDING_MAX);
    s->daemon = server_mhd()->start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, request_new, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, request_over,
        s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? server_mhd()->get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        err_set(err, ERR_IO, conf->listen, NULL, "libmicrohttpd %s cannot start",
                server_mhd()->get_version());
        if (s->daemon)
            server_mhd()->stop_daemon(s->daemon);
        else
            close(fd);
        server_crowd_free(s->crowd);
        free(s);
        return NULL;
    }
    s->timer = loop_timer_new(l, run, s);
    s->watch = loop_watch_fd(l, info->epoll_fd, POLLIN, run_ready, s);
    return s;
}

void server_free(struct server *s)
{
    if (!s)
        return;
    s->closing = true;
    for (struct server_upgrade *u = s->upgrades, *next; u; u = next) {
        next = u->next;
        server_upgrade_close(u);
    }
    for (struct server_request *r = s->requests; r; r = r->next)
        server_wake(r);
    /* None may be suspended when MHD is stopped; a run takes in those just resumed. */
    server_mhd()->run(s->daemon);
    for (struct server_request *r = s->requests; r; r = r->next)
        server_wake(r);
    server_mhd()->stop_daemon(s->daemon);
    server_crowd_free(s->crowd);
    loop_unwatch(s->watch);
    loop_timer_free(s->timer);
    free(s);
}

int server_port(const struct server *s)
{
    return s->port;
}
