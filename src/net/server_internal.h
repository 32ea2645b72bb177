/* What the files of the HTTP server share: server.c runs the daemon and takes requests in,
 * server_request.c tells what one says, server_reply.c answers, server_pause.c suspends connections.
 * libmicrohttpd is known to these and to server_mhd.c, which loads it. */
#ifndef NET_SERVER_INTERNAL_H
#define NET_SERVER_INTERNAL_H

#include "base/buf.h"
#include "net/server.h"
#include "net/server_mhd.h"

enum { SERVER_STREAM_WAITING_MAX = 64 << 20 };

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

int server_socket(struct MHD_Connection *c);
/* Suspends the connection until server_wake, and watches for a client that goes away meanwhile. */
void server_suspend(struct server_request *r);
/* Takes the request up again, when it was suspended. */
void server_wake(struct server_request *r);
/* The connection's place in the crowd. */
struct server_crowd_member *server_member(const struct server_request *r);
/* Reads what has come and nobody wants, 256 KiB of it at most: unread bytes would turn a close into
 * a reset that overtakes what was written last. */
void server_drain(int fd);

#endif
