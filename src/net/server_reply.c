/* Answers: whole, in pieces, or the connection handed over. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "net/loop.h"
#include "net/server_crowd.h"
#include "net/server_internal.h"

/* To MHD: at once when the connection waits for it, else when the handler returns. */
static void answer(struct server_request *r, int status, struct MHD_Response *response,
                   const char *content_type, const char *const *headers)
{
    if (content_type)
        server_mhd()->add_response_header(response, "Content-Type", content_type);
    for (; headers && *headers; headers++) {
        const char *colon = strchr(*headers, ':');
        if (!colon)
            continue;
        char *name = mem_dup_n(*headers, (size_t)(colon - *headers));
        /* For an upgrade MHD adds its own Connection header and refuses another. */
        if (status != 101 || strcasecmp(name, "Connection") != 0)
            server_mhd()->add_response_header(response, name, colon + 1 + strspn(colon + 1, " "));
        free(name);
    }
    r->status = status;
    r->response = response;
    server_wake(r);
}

void server_reply(struct server_request *r, int status, const char *content_type,
                  const char *const *headers, struct str body)
{
    server_crowd_send(r->server->crowd, server_member(r), body.n);
    answer(r, status,
           server_mhd()->create_response_from_buffer(body.n, (void *)(body.n ? body.p : ""),
                                                     MHD_RESPMEM_MUST_COPY),
           content_type, headers);
}

void server_drop(struct server_request *r)
{
    r->gone = true;
    server_wake(r);
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
        server_suspend(r);
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
           server_mhd()->create_response_from_callback(MHD_SIZE_UNKNOWN, 64 << 10, read_stream, r,
                                                       NULL),
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
        server_wake(r);
    return true;
}

void server_stream_end(struct server_request *r, bool abort)
{
    r->stream_ended = true;
    r->stream_aborted = abort;
    r->more = NULL;
    if (r->queued && !r->asking)
        server_wake(r);
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
    answer(r, 101, server_mhd()->create_response_for_upgrade(opened, u), NULL, headers);
}

void server_drain(int fd)
{
    char unread[4096];
    for (int i = 0; i < 64 && recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0; i++)
        ;
}

void server_upgrade_close(struct server_upgrade *u)
{
    struct server *s = u->server;
    server_drain(u->fd);
    shutdown(u->fd, SHUT_WR);
    server_mhd()->upgrade_action(u->handle, MHD_UPGRADE_ACTION_CLOSE);
    *(u->prev ? &u->prev->next : &s->upgrades) = u->next;
    if (u->next)
        u->next->prev = u->prev;
    free(u);
    if (!s->closing)
        loop_timer_set(s->timer, 0);
}
