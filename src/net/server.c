/*
 * libmicrohttpd runs in its external mode: it has an epoll set of its own, whose descriptor is one
 * more in our loop, and a time-out that a timer of ours keeps. It calls us from inside MHD_run
 * only. An answer that is not there yet suspends its connection: MHD forgets the socket until it is
 * resumed. So does a stream whose bytes have all been sent. As nobody would notice a client that
 * goes away meanwhile, a suspended connection's socket is watched here.
 */
#include "net/server.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/listen.h"
#include "net/loop.h"
#include "net/server_crowd.h"
#include "net/urlform.h"

enum {
    BODY_DEFAULT = 1 << 20,
    CONNECTIONS_DEFAULT = 200,
    STREAM_WAITING_MAX = 64 << 20,
    SENDING_MAX = 64 << 20,  /* of all answers on their way */
    HEAD_MEMORY = 128 << 10, /* a connection's request line, headers and the chunk that goes out */
    IDLE_SECONDS = 60,
    DISCARD_MAX = 16, /* so many times the bound a body is read on, for the 413 to arrive */
};

struct server {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    struct loop_watch *watch;
    struct loop_timer *timer;
    struct server_crowd *crowd;
    struct server_request *requests;
    struct server_upgrade *upgrades;
    void *context;
    void (*handle)(void *context, struct server_request *r);
    size_t max_body;
    int port;
    bool closing;
};

struct server_request {
    struct server_request *prev, *next;
    struct server *server;
    struct MHD_Connection *connection;
    char *raw, *path, *method;
    struct urlform *form;
    struct buf body;
    size_t discarded;
    struct MHD_Response *response; /* made, not yet queued */
    int status;
    struct server_upgrade *upgrade; /* until it is open */
    bool begun, too_large, handled, queued, suspended, gone;
    struct loop_watch *hangup;
    struct buf out; /* of a stream; the first out_sent bytes have gone */
    size_t out_sent;
    bool stream, stream_ended, stream_aborted, asking;
    void (*more)(void *context);
    void *more_context;
    void (*ended)(void *context);
    void *ended_context;
};

struct server_upgrade {
    struct server_upgrade *prev, *next;
    struct server *server;
    struct MHD_UpgradeResponseHandle *handle;
    int fd;
    void (*open)(void *context, struct server_upgrade *u, int fd, struct str early);
    void *context;
};

/* ---- the daemon in the loop ---- */

static void run(void *context)
{
    struct server *s = context;
    MHD_run(s->daemon);
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
        loop_timer_set(s->timer, ms > 3600000 ? 3600000 : (int64_t)ms);
    else
        loop_timer_stop(s->timer);
}

static void run_ready(void *context, short revents)
{
    (void)revents;
    run(context);
}

static void wake(struct server_request *r)
{
    loop_unwatch(r->hangup);
    r->hangup = NULL;
    if (!r->suspended)
        return;
    r->suspended = false;
    MHD_resume_connection(r->connection);
    loop_timer_set(r->server->timer, 0);
}

static int socket_of(struct MHD_Connection *c)
{
    return MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void maybe_hung_up(void *context, short revents)
{
    struct server_request *r = context;
    char byte;
    (void)revents;
    ssize_t n = recv(socket_of(r->connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* Bytes of a next request would be reported for ever: this connection is watched no longer. */
    if (n <= 0) {
        r->gone = true;
        wake(r);
    } else {
        loop_unwatch(r->hangup);
        r->hangup = NULL;
    }
}

static void suspend(struct server_request *r)
{
    r->suspended = true;
    MHD_suspend_connection(r->connection);
    if (!r->hangup)
        r->hangup =
            loop_watch_fd(r->server->loop, socket_of(r->connection), POLLIN, maybe_hung_up, r);
}

/* ---- connections ---- */

static void on_connection(void *context, struct MHD_Connection *connection, void **member,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *member = server_crowd_join(s->crowd, socket_of(connection));
    else
        server_crowd_leave(s->crowd, *member);
}

static struct server_crowd_member *member_of(const struct server_request *r)
{
    return MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

/* ---- a request comes in ---- */

static void *request_new(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = context;
    struct server_request *r = mem_alloc(sizeof *r);
    r->server = s;
    r->connection = connection;
    r->raw = mem_dup(uri);
    r->path = urlform_path(str_of(uri));
    buf_init(&r->body, s->max_body);
    buf_init(&r->out, STREAM_WAITING_MAX);
    r->next = s->requests;
    if (r->next)
        r->next->prev = r;
    s->requests = r;
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
        server_crowd_wait(s->crowd, member_of(r));
    loop_unwatch(r->hangup);
    if (r->ended)
        r->ended(r->ended_context);
    *(r->prev ? &r->prev->next : &s->requests) = r->next;
    if (r->next)
        r->next->prev = r->prev;
    if (r->response)
        MHD_destroy_response(r->response);
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
        MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Content-Length");
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
    server_crowd_work(r->server->crowd, member_of(r));
    if (r->too_large)
        answer_text(r, 413, "the body is too large\n");
    else if (!r->path)
        answer_text(r, 400, "the path is no valid percent-encoding\n");
    else
        r->server->handle(r->server->context, r);
}

static enum MHD_Result queue(struct server_request *r)
{
    enum MHD_Result done = MHD_queue_response(r->connection, (unsigned)r->status, r->response);
    MHD_destroy_response(r->response);
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
    suspend(r);
    return MHD_YES;
}

/* ---- server ---- */

struct server *server_new(struct loop *l, const struct server_conf *conf, struct err *err)
{
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
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, request_new, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, request_over,
        s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        err_set(err, ERR_IO, conf->listen, NULL, "libmicrohttpd %s cannot start",
                MHD_get_version());
        if (s->daemon)
            MHD_stop_daemon(s->daemon);
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
        wake(r);
    /* None may be suspended when MHD is stopped; a run takes in those just resumed. */
    MHD_run(s->daemon);
    for (struct server_request *r = s->requests; r; r = r->next)
        wake(r);
    MHD_stop_daemon(s->daemon);
    server_crowd_free(s->crowd);
    loop_unwatch(s->watch);
    loop_timer_free(s->timer);
    free(s);
}

int server_port(const struct server *s)
{
    return s->port;
}

/* ---- what a request says ---- */

const char *server_method(const struct server_request *r)
{
    return r->method;
}

const char *server_path(const struct server_request *r)
{
    return r->path;
}

const char *server_raw_target(const struct server_request *r)
{
    return r->raw;
}

static void read_form(struct server_request *r)
{
    r->form = urlform_new();
    const char *query = strchr(r->raw, '?');
    if (query)
        urlform_add(r->form, str_of(query + 1));
    const char *type = server_header(r, "Content-Type");
    if (type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
        urlform_add(r->form, buf_str(&r->body));
}

const char *server_query_nth(const struct server_request *r, const char *name, size_t n)
{
    if (!r->form)
        read_form((struct server_request *)r);
    return urlform_get(r->form, name, n);
}

const char *server_query(const struct server_request *r, const char *name)
{
    return server_query_nth(r, name, 0);
}

const char *server_header(const struct server_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

struct each {
    void (*call)(void *context, const char *name, const char *value);
    void *context;
};

static enum MHD_Result tell_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    const struct each *each = context;
    (void)kind;
    each->call(each->context, name, value ? value : "");
    return MHD_YES;
}

void server_headers(const struct server_request *r,
                    void (*each)(void *context, const char *name, const char *value), void *context)
{
    struct each e = {each, context};
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, tell_header, &e);
}

struct str server_body(const struct server_request *r)
{
    return buf_str(&r->body);
}

void server_on_end(struct server_request *r, void (*ended)(void *context), void *context)
{
    r->ended = ended;
    r->ended_context = context;
}

/* ---- answers ---- */

/* To MHD: at once when the connection waits for it, else when the handler returns. */
static void answer(struct server_request *r, int status, struct MHD_Response *response,
                   const char *content_type, const char *const *headers)
{
    if (content_type)
        MHD_add_response_header(response, "Content-Type", content_type);
    for (; headers && *headers; headers++) {
        const char *colon = strchr(*headers, ':');
        if (!colon)
            continue;
        char *name = mem_dup_n(*headers, (size_t)(colon - *headers));
        /* For an upgrade MHD adds its own Connection header and refuses another. */
        if (status != 101 || strcasecmp(name, "Connection") != 0)
            MHD_add_response_header(response, name, colon + 1 + strspn(colon + 1, " "));
        free(name);
    }
    r->status = status;
    r->response = response;
    wake(r);
}

void server_reply(struct server_request *r, int status, const char *content_type,
                  const char *const *headers, struct str body)
{
    server_crowd_send(r->server->crowd, member_of(r), body.n);
    answer(r, status,
           MHD_create_response_from_buffer(body.n, (void *)(body.n ? body.p : ""),
                                           MHD_RESPMEM_MUST_COPY),
           content_type, headers);
}

void server_drop(struct server_request *r)
{
    r->gone = true;
    wake(r);
}

static ssize_t read_stream(void *context, uint64_t at, char *to, size_t n)
{
    struct server_request *r = context;
    (void)at;
    if (r->out_sent == r->out.n && r->more && !r->stream_ended) {
        r->asking = true;
        r->more(r->more_context);
        r->asking = false;
    }
    size_t waiting = r->out.n - r->out_sent;
    if (r->gone || r->server->closing || (!waiting && r->stream_aborted))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!waiting && r->stream_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!waiting) {
        suspend(r);
        return 0;
    }
    n = n < waiting ? n : waiting;
    memcpy(to, r->out.p + r->out_sent, n);
    r->out_sent += n;
    if (r->out_sent == r->out.n) {
        buf_clear(&r->out);
        r->out_sent = 0;
    }
    return (ssize_t)n;
}

void server_stream(struct server_request *r, int status, const char *content_type,
                   const char *const *headers)
{
    r->stream = true;
    answer(r, status,
           MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64 << 10, read_stream, r, NULL),
           content_type, headers);
}

bool server_stream_add(struct server_request *r, struct str piece)
{
    if (r->out_sent > r->out.n / 2) {
        buf_drop_front(&r->out, r->out_sent);
        r->out_sent = 0;
    }
    if (!buf_add(&r->out, piece.p, piece.n))
        return false;
    if (r->queued && !r->asking)
        wake(r);
    return true;
}

void server_stream_end(struct server_request *r, bool abort)
{
    r->stream_ended = true;
    r->stream_aborted = abort;
    r->more = NULL;
    if (r->queued && !r->asking)
        wake(r);
}

void server_stream_on_empty(struct server_request *r, void (*more)(void *context), void *context)
{
    r->more = more;
    r->more_context = context;
}

size_t server_stream_waiting(const struct server_request *r)
{
    return r->out.n - r->out_sent;
}

/* ---- upgrades ---- */

static void opened(void *context, struct MHD_Connection *connection, void *request,
                   const char *early, size_t early_n, MHD_socket fd,
                   struct MHD_UpgradeResponseHandle *handle)
{
    struct server_upgrade *u = context;
    struct server_request *r = request;
    (void)connection;
    r->upgrade = NULL;
    u->handle = handle;
    u->fd = fd;
    u->next = u->server->upgrades;
    if (u->next)
        u->next->prev = u;
    u->server->upgrades = u;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    u->open(u->context, u, fd, (struct str){early, early_n});
}

void server_reply_upgrade(struct server_request *r, const char *const *headers,
                          void (*open)(void *context, struct server_upgrade *u, int fd,
                                       struct str early),
                          void *context)
{
    struct server_upgrade *u = mem_alloc(sizeof *u);
    u->server = r->server;
    u->open = open;
    u->context = context;
    r->upgrade = u;
    answer(r, 101, MHD_create_response_for_upgrade(opened, u), NULL, headers);
}

void server_upgrade_close(struct server_upgrade *u)
{
    struct server *s = u->server;
    /* Unread bytes would turn the close into a reset that overtakes what was written last. */
    char unread[4096];
    while (recv(u->fd, unread, sizeof unread, MSG_DONTWAIT) > 0)
        ;
    shutdown(u->fd, SHUT_WR);
    MHD_upgrade_action(u->handle, MHD_UPGRADE_ACTION_CLOSE);
    *(u->prev ? &u->prev->next : &s->upgrades) = u->next;
    if (u->next)
        u->next->prev = u->prev;
    free(u);
    if (!s->closing)
        loop_timer_set(s->timer, 0);
}
