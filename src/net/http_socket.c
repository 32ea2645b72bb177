/*
 * A connection that libcurl made and then hands over (CONNECT_ONLY): proxy, TLS and client
 * certificate are libcurl's, the bytes are ours. The handle stays in the multi for the socket's
 * life: taken out, libcurl closes the connection.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/http_internal.h"
#include "net/loop.h"

struct http_socket {
    struct http_socket *next;
    struct http_tag tag;
    struct http *http;
    struct http_target *target;
    CURL *easy;
    struct http_lists lists;
    struct loop_watch *watch;
    struct err early;
    char place[200];
    char detail[CURL_ERROR_SIZE];
    char *path;
    bool added, closed, connected_told, waits; /* waits: at the target's door */
    bool want_write, paused;
    int fd; /* once connected */
    void *context;
    void (*connected)(void *context, const struct err *err);
    void (*readable)(void *context);
    void (*writable)(void *context);
};

/* Asks the target's door. The headers that this collects are written by us, behind the upgrade's
 * request line. */
static void enter(struct http_socket *s)
{
    enum http_door_answer answer = http_target_ask(s->target, &s->early);
    s->waits = answer == HTTP_DOOR_WAIT;
    if (answer == HTTP_DOOR_OPEN) {
        http_target_place(s->target, s->place, sizeof s->place);
        http_target_apply(s->target, s->easy, s->path, true, &s->lists, &s->early);
    }
}

void http_socket_ask_again(struct http *h, const struct http_target *t)
{
    for (struct http_socket *s = h->sockets; s; s = s->next)
        if (s->waits && s->target == t && !s->closed)
            enter(s);
}

struct http_socket *http_socket_open(struct http *h, const struct http_socket_call *call)
{
    struct http_socket *s = mem_alloc(sizeof *s);
    *s = (struct http_socket){.next = h->sockets,
                              .http = h,
                              .fd = -1,
                              .target = call->target,
                              .easy = curl_easy_init(),
                              .context = call->context,
                              .connected = call->connected,
                              .readable = call->readable,
                              .writable = call->writable};
    s->tag = (struct http_tag){true, s};
    h->sockets = s;
    http_target_hold(s->target);
    s->path = mem_dup(call->path);
    curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(s->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->detail);
    curl_easy_setopt(s->easy, CURLOPT_PRIVATE, &s->tag);
    enter(s);
    return s;
}

static void free_socket(struct http_socket *s)
{
    loop_unwatch(s->watch);
    if (s->added)
        curl_multi_remove_handle(s->http->multi, s->easy);
    curl_easy_cleanup(s->easy);
    http_lists_free(&s->lists);
    free(s->path);
    http_target_drop(s->target);
    free(s);
}

void http_socket_close(struct http_socket *s)
{
    if (!s)
        return;
    s->closed = true;
    loop_unwatch(s->watch);
    s->watch = NULL;
    if (!s->http->performing)
        http_socket_sweep(s->http);
}

void http_socket_sweep(struct http *h)
{
    for (struct http_socket **link = &h->sockets; *link;) {
        struct http_socket *s = *link;
        if (s->closed) {
            *link = s->next;
            free_socket(s);
        } else {
            link = &s->next;
        }
    }
}

void http_socket_start_all(struct http *h)
{
    for (struct http_socket *s = h->sockets; s; s = s->next) {
        if (s->added || s->closed || s->connected_told || s->waits)
            continue;
        if (!s->early.kind && curl_multi_add_handle(h->multi, s->easy) == CURLM_OK) {
            s->added = true;
            continue;
        }
        s->connected_told = true;
        s->connected(s->context, &s->early);
        return; /* the callback may have changed the list; the rest starts at the next turn */
    }
}

static void on_ready(void *context, short revents)
{
    struct http_socket *s = context;
    struct http *h = s->http;
    /* A callback may close the socket: it is freed only after both had their turn. */
    bool before = h->performing;
    h->performing = true;
    if (!s->paused && revents & (POLLIN | POLLHUP | POLLERR))
        s->readable(s->context);
    if (!s->closed && s->want_write && (revents & (POLLOUT | POLLHUP | POLLERR)))
        s->writable(s->context);
    h->performing = before;
    if (s->closed)
        http_socket_sweep(h);
}

/* A watch for nothing would still tell of a hang-up, again and again: so there is none then. */
static void watch_as_wanted(struct http_socket *s, int fd)
{
    short events = (short)((s->paused ? 0 : POLLIN) | (s->want_write ? POLLOUT : 0));
    s->fd = fd;
    if (events && s->watch) {
        loop_watch_events(s->watch, events);
    } else if (events) {
        s->watch = loop_watch_fd(s->http->loop, fd, events, on_ready, s);
    } else {
        loop_unwatch(s->watch);
        s->watch = NULL;
    }
}

void http_socket_connected(struct http_socket *s, CURLcode code)
{
    struct err err;
    http_curl_err(&err, code, s->place, s->detail);
    if (s->closed || s->connected_told)
        return;
    s->connected_told = true;
    if (code == CURLE_OK) {
        curl_socket_t fd = CURL_SOCKET_BAD;
        curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd);
        if (fd == CURL_SOCKET_BAD)
            err_set(&err, ERR_AWAY, s->place, "", "the connection closed at once");
        else
            watch_as_wanted(s, (int)fd);
    }
    bool before = s->http->performing;
    s->http->performing = true;
    s->connected(s->context, &err);
    s->http->performing = before;
}

ptrdiff_t http_socket_read(struct http_socket *s, void *to, size_t n)
{
    size_t got = 0;
    CURLcode code = curl_easy_recv(s->easy, to, n, &got);
    if (code == CURLE_AGAIN)
        return 0;
    return code == CURLE_OK && got ? (ptrdiff_t)got : -1;
}

ptrdiff_t http_socket_write(struct http_socket *s, const void *from, size_t n)
{
    size_t sent = 0;
    CURLcode code = curl_easy_send(s->easy, from, n, &sent);
    if (code == CURLE_AGAIN)
        return 0;
    return code == CURLE_OK ? (ptrdiff_t)sent : -1;
}

void http_socket_want_write(struct http_socket *s, bool want)
{
    s->want_write = want;
    if (!s->closed && s->fd >= 0)
        watch_as_wanted(s, s->fd);
}

void http_socket_pause(struct http_socket *s, bool pause)
{
    s->paused = pause;
    if (!s->closed && s->fd >= 0)
        watch_as_wanted(s, s->fd);
}

static bool has_host(const struct curl_slist *headers)
{
    for (; headers; headers = headers->next)
        if (strncasecmp(headers->data, "host:", 5) == 0)
            return true;
    return false;
}

bool http_socket_request_head(struct http_socket *s, struct buf *out, struct err *err)
{
    const char *url = NULL;
    curl_easy_getinfo(s->easy, CURLINFO_EFFECTIVE_URL, &url);
    const char *scheme = url ? strstr(url, "://") : NULL;
    if (!scheme)
        return err_set(err, ERR_CONFIG, s->place, "mend the URL", "this is no URL");
    const char *host = scheme + 3;
    size_t authority = strcspn(host, "/?#");
    const char *path = host[authority] ? host + authority : "/";
    buf_printf(out, "GET %s HTTP/1.1\r\n", path);
    if (!has_host(s->lists.headers))
        buf_printf(out, "Host: %.*s\r\n", (int)authority, host);
    buf_adds(out, "User-Agent: kubeboard/" KUBEBOARD_VERSION "\r\n");
    for (const struct curl_slist *h = s->lists.headers; h; h = h->next)
        buf_printf(out, "%s\r\n", h->data);
    return http_target_basic(s->target, out, err);
}
