/*
 * A link joins one local socket and one stream. Bytes move only as fast as the slower side takes them: the
 * socket is not read while 256 KiB wait for the stream, and the stream is paused while as much waits
 * for the socket. The protocol knows no half-closed connection: when the local side has said all,
 * the stream is kept for what the pod still answers, for a while.
 */
#include "kube/operations/forward.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "kube/operations/pod_stream.h"
#include "net/listen.h"
#include "net/loop.h"

enum { DATA, ERRORS }; /* the channels of the one port that we ask for */
enum { PIECE = 32 * 1024, HELD = 256 * 1024, HELD_MOST = 8 << 20, AFTER_MS = 5000 };

struct link {
    struct link *next;
    struct forward *of;
    int fd;
    struct loop_watch *watch;
    struct loop_timer *after; /* ends what the pod does not end */
    struct pod_stream *stream;
    struct buf down;      /* from the pod, for the socket */
    struct buf complaint; /* what the error channel says */
    bool open, said_all, stream_over;
    bool greeted[2]; /* a channel's first message is its port's number */
};

struct forward {
    struct client *client;
    struct forward_conf conf;
    char *path;
    int fd;
    struct loop_watch *watch;
    struct loop_timer *tell;
    struct link *links;
    struct forward_state state;
};

static void changed(struct forward *f)
{
    if (!loop_timer_is_set(f->tell))
        loop_timer_set(f->tell, 0);
}

static void on_tell(void *context)
{
    struct forward *f = context;
    f->conf.changed(f->conf.context);
}

static void complain(struct forward *f, struct str text)
{
    text = str_trim(text);
    f->state.errors++;
    snprintf(f->state.last_error, sizeof f->state.last_error, "%.*s",
             (int)(text.n < 299 ? text.n : 299), text.p);
    changed(f);
}

static void end_link(struct link *l)
{
    struct forward *f = l->of;
    struct link **at = &f->links;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    f->state.open--;
    if (l->complaint.n)
        complain(f, buf_str(&l->complaint));
    pod_stream_close(l->stream);
    loop_unwatch(l->watch);
    loop_timer_free(l->after);
    close(l->fd);
    buf_free(&l->down);
    buf_free(&l->complaint);
    free(l);
    changed(f);
}

/* What the local socket is to be asked for now. */
static void rewatch(struct link *l)
{
    bool full = !l->open || l->said_all || pod_stream_waiting(l->stream) > HELD;
    loop_watch_events(l->watch,
                      (short)((full || l->stream_over ? 0 : POLLIN) | (l->down.n ? POLLOUT : 0)));
}

/* False: the link has ended. */
static bool write_down(struct link *l)
{
    while (l->down.n) {
        ssize_t n = send(l->fd, l->down.p, l->down.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (n <= 0) {
            end_link(l);
            return false;
        }
        buf_drop_front(&l->down, (size_t)n);
    }
    if (l->stream_over && !l->down.n) {
        end_link(l);
        return false;
    }
    if (l->stream)
        pod_stream_pause(l->stream, l->down.n > HELD);
    rewatch(l);
    return true;
}

static void read_up(struct link *l)
{
    char piece[PIECE];
    ssize_t n = recv(l->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        end_link(l);
        return;
    }
    if (!n) {
        l->said_all = true;
        loop_timer_set(l->after, AFTER_MS);
    } else if (pod_stream_send(l->stream, DATA, (struct str){piece, (size_t)n})) {
        l->of->state.sent += (uint64_t)n;
        changed(l->of);
    }
    rewatch(l);
}

static void on_local(void *context, short revents)
{
    struct link *l = context;
    if (revents & POLLOUT && !write_down(l))
        return;
    bool wanted = l->open && !l->said_all && !l->stream_over;
    if (wanted && revents & POLLIN)
        read_up(l);
    else if (revents & (POLLHUP | POLLERR))
        end_link(l);
}

static void on_opened(void *context)
{
    struct link *l = context;
    l->open = true;
    rewatch(l);
}

static void on_message(void *context, int channel, struct str bytes)
{
    struct link *l = context;
    if (channel > ERRORS)
        return;
    if (!l->greeted[channel]) {
        size_t port = bytes.n < 2 ? bytes.n : 2;
        l->greeted[channel] = bytes.n >= 2;
        bytes.p += port;
        bytes.n -= port;
    }
    if (!bytes.n)
        return;
    if (channel == ERRORS) {
        buf_add(&l->complaint, bytes.p, bytes.n);
        return;
    }
    l->of->state.received += bytes.n;
    if (l->said_all)
        loop_timer_set(l->after, AFTER_MS);
    changed(l->of);
    if (buf_add(&l->down, bytes.p, bytes.n))
        write_down(l);
    else
        end_link(l);
}

static void on_sent(void *context)
{
    struct link *l = context;
    rewatch(l);
}

static void on_closed(void *context, const struct err *err)
{
    struct link *l = context;
    l->stream = NULL;
    l->stream_over = true;
    /* Before it was open it is why the pod cannot be reached; later it is how such streams end. */
    if (!l->open && !l->complaint.n)
        complain(l->of, str_of(err->what));
    write_down(l);
}

static void on_after(void *context)
{
    end_link(context);
}

static void accept_one(struct forward *f, int fd)
{
    struct link *l = mem_alloc(sizeof *l);
    l->of = f;
    l->fd = fd;
    l->next = f->links;
    f->links = l;
    f->state.open++;
    f->state.connections++;
    buf_init(&l->down, HELD_MOST);
    buf_init(&l->complaint, 4096);
    l->watch = loop_watch_fd(client_loop(f->client), fd, 0, on_local, l);
    l->after = loop_timer_new(client_loop(f->client), on_after, l);
    l->stream = pod_stream_open(f->client, &(struct pod_stream_conf){.path = f->path,
                                                                     .context = l,
                                                                     .opened = on_opened,
                                                                     .message = on_message,
                                                                     .sent = on_sent,
                                                                     .closed = on_closed});
    changed(f);
}

static void on_connection(void *context, short revents)
{
    struct forward *f = context;
    (void)revents;
    for (;;) {
        int fd = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        if (f->state.open < FORWARD_LINKS) {
            accept_one(f, fd);
            continue;
        }
        close(fd);
        complain(f, str_of("too many connections at once"));
    }
}

struct forward *forward_open(struct client *c, const struct forward_conf *conf, struct err *err)
{
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%d", conf->local);
    int fd = listen_open(address, err);
    if (fd < 0)
        return NULL;
    struct forward *f = mem_alloc(sizeof *f);
    char *pod = kinds_path(kinds_find("pods"), conf->namespace_, conf->pod);
    f->client = c;
    f->conf = *conf;
    f->path = mem_printf("%s/portforward?ports=%d", pod, conf->remote);
    free(pod);
    f->fd = fd;
    f->state.local = listen_port(fd);
    f->state.remote = conf->remote;
    f->watch = loop_watch_fd(client_loop(c), fd, POLLIN, on_connection, f);
    f->tell = loop_timer_new(client_loop(c), on_tell, f);
    return f;
}

void forward_close(struct forward *f)
{
    if (!f)
        return;
    while (f->links)
        end_link(f->links);
    loop_unwatch(f->watch);
    loop_timer_free(f->tell);
    close(f->fd);
    free(f->path);
    free(f);
}

void forward_state(const struct forward *f, struct forward_state *out)
{
    *out = f->state;
}

static bool port_of(struct str text, int least, int *port)
{
    int64_t n;
    if (!str_to_int(text, &n) || n < least || n > 65535)
        return false;
    *port = (int)n;
    return true;
}

bool forward_ports(struct str text, int *local, int *remote)
{
    struct str rest = str_trim(text), first;
    bool two = rest.n && memchr(rest.p, ':', rest.n);
    if (!two)
        return port_of(rest, 1, remote) && (*local = *remote, true);
    str_cut(&rest, ':', &first);
    *local = 0;
    return (!first.n || port_of(first, 0, local)) && port_of(rest, 1, remote);
}
