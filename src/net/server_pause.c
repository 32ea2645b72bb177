/*
 * An answer that is not there yet suspends its connection: MHD forgets the socket until it is
 * resumed. So does a stream whose bytes have all been sent. As nobody would notice a client that
 * goes away meanwhile, a suspended connection's socket is watched here.
 */
#include <errno.h>
#include <sys/socket.h>

#include "net/loop.h"
#include "net/server_internal.h"

int server_socket(struct MHD_Connection *c)
{
    return server_mhd()->get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

struct server_crowd_member *server_member(const struct server_request *r)
{
    return server_mhd()
        ->get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

void server_wake(struct server_request *r)
{
    loop_unwatch(r->hangup);
    r->hangup = NULL;
    if (!r->suspended)
        return;
    r->suspended = false;
    server_mhd()->resume_connection(r->connection);
    loop_timer_set(r->server->timer, 0);
}

static void maybe_hung_up(void *context, short revents)
{
    struct server_request *r = context;
    char byte;
    (void)revents;
    ssize_t n = recv(server_socket(r->connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* Bytes of a next request would be reported for ever: this connection is watched no longer. */
    if (n <= 0) {
        r->gone = true;
        server_wake(r);
    } else {
        loop_unwatch(r->hangup);
        r->hangup = NULL;
    }
}

void server_suspend(struct server_request *r)
{
    r->suspended = true;
    server_mhd()->suspend_connection(r->connection);
    if (!r->hangup)
        r->hangup =
            loop_watch_fd(r->server->loop, server_socket(r->connection), POLLIN, maybe_hung_up, r);
}
