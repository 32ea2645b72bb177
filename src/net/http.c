/*
 * Requests on one multi handle. libcurl forbids adding and removing handles inside its own
 * callbacks, so a request starts before the next wait and a cancelled one is taken out after the
 * callbacks: `performing` says where we are.
 */
#include "net/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/http_internal.h"
#include "net/loop.h"

enum { MEETING_MS = 1000 }; /* no longer does one request hold up others */
enum { DEFAULT_CONNECT_MS = 10000, DEFAULT_IDLE_MS = 30000, ERROR_BODY = 64 * 1024 };
/* A TLS record; every watch holds one. */
#define BUFFER (16 * 1024L)
#define DEFAULT_BODY ((size_t)64 * 1024 * 1024)

struct http_request {
    struct http_request *next;
    struct http_tag tag;
    struct http *http;
    struct http_target *target;
    CURL *easy;
    struct http_lists lists;
    char *path;
    bool with_auth, waits; /* waits: at the target's door */
    bool alone;            /* HTTP/1.1: its connection is not shared */
    struct buf sent;       /* the request's body */
    struct buf body;
    char place[200];
    char detail[CURL_ERROR_SIZE];
    struct err early; /* what went wrong before it could start */
    bool added, cancelled, finished, stopped, head_told;
    int64_t began; /* monotonic ns, since `added` */
    int status;
    CURLcode code;
    void *context;
    void (*head)(void *context, struct http_request *r, int status);
    bool (*chunk)(void *context, struct str bytes);
    void (*done)(void *context, struct http_request *r, int status, struct str body,
                 const struct err *err);
};

static void free_request(struct http_request *r)
{
    if (r->added)
        curl_multi_remove_handle(r->http->multi, r->easy);
    curl_easy_cleanup(r->easy);
    http_lists_free(&r->lists);
    free(r->path);
    buf_free(&r->sent);
    buf_free(&r->body);
    http_target_drop(r->target);
    free(r);
}

static bool is_success(int status)
{
    return status >= 200 && status < 300;
}

static size_t on_header(char *line, size_t size, size_t n, void *context)
{
    struct http_request *r = context;
    bool last = n * size <= 2;
    if (!last || r->head_told || r->cancelled)
        return size * n;
    long status = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)line;
    if (status < 200)
        return size * n;
    r->status = (int)status;
    r->head_told = true;
    if (!is_success(r->status) && r->body.max > ERROR_BODY)
        r->body.max = ERROR_BODY;
    if (r->head)
        r->head(r->context, r, r->status);
    return size * n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    struct http_request *r = context;
    struct str piece = {bytes, size * n};
    if (r->cancelled)
        return 0;
    if (r->chunk && is_success(r->status)) {
        if (r->chunk(r->context, piece))
            return piece.n;
        r->stopped = true;
        return 0;
    }
    if (buf_add(&r->body, piece.p, piece.n))
        return piece.n;
    /* Of an error's text the beginning is enough; an answer that is too large is an error of its
     * own. */
    return is_success(r->status) ? 0 : piece.n;
}

static void set_method(struct http_request *r, const struct http_call *call)
{
    const char *method = call->method ? call->method : "GET";
    bool has_body = call->body.n || !strcmp(method, "POST") || !strcmp(method, "PUT") ||
                    !strcmp(method, "PATCH");
    if (!strcmp(method, "HEAD")) {
        curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body) {
        buf_init(&r->sent, call->body.n + 1);
        buf_add(&r->sent, call->body.p, call->body.n);
        curl_easy_setopt(r->easy, CURLOPT_POSTFIELDS, buf_text(&r->sent));
        curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
        char *type = mem_printf("Content-Type: %s",
                                call->content_type ? call->content_type : "application/json");
        r->lists.headers = curl_slist_append(r->lists.headers, type);
        free(type);
        /* A removed header would be signed as present (curl issue 11664). */
        if (!call->sigv4)
            r->lists.headers = curl_slist_append(r->lists.headers, "Expect:");
    }
    if (strcmp(method, "GET") != 0 || has_body)
        curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_times(CURL *easy, const struct http_call *call)
{
    int idle = call->idle_ms ? call->idle_ms : DEFAULT_IDLE_MS;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(call->connect_ms ? call->connect_ms : DEFAULT_CONNECT_MS));
    if (idle > 0) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((idle + 999) / 1000));
    }
    if (call->total_ms > 0)
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->total_ms);
}

static void set_up(struct http_request *r, const struct http_call *call)
{
    CURL *easy = r->easy;
    for (const char *const *h = call->headers; h && *h; h++)
        r->lists.headers = curl_slist_append(r->lists.headers, *h);
    set_method(r, call);
    set_times(easy, call);
    if (call->sigv4) {
        curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, call->sigv4);
        curl_easy_setopt(easy, CURLOPT_USERNAME, call->sigv4_user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, call->sigv4_password);
    }
    if (!call->identity)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(call->http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->detail);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &r->tag);
}

/* Asks the target's door; when it is open, the target is as it will be used. */
static void enter(struct http_request *r)
{
    enum http_door_answer answer = http_target_ask(r->target, &r->early);
    r->waits = answer == HTTP_DOOR_WAIT;
    if (answer == HTTP_DOOR_OPEN) {
        http_target_place(r->target, r->place, sizeof r->place);
        http_target_apply(r->target, r->easy, r->path, r->with_auth, &r->lists, &r->early);
        curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->lists.headers);
    }
}

void http_target_opened(struct http_target *t)
{
    struct http *h = http_target_user(t);
    for (struct http_request *r = h->requests; r; r = r->next)
        if (r->waits && r->target == t && !r->cancelled)
            enter(r);
    http_socket_ask_again(h, t);
}

struct http_request *http_send(struct http *h, const struct http_call *call)
{
    struct http_request *r = mem_alloc(sizeof *r);
    *r = (struct http_request){.next = h->requests,
                               .http = h,
                               .target = call->target,
                               .easy = curl_easy_init(),
                               .context = call->context,
                               .head = call->head,
                               .chunk = call->chunk,
                               .done = call->done};
    r->tag = (struct http_tag){false, r};
    http_target_hold(r->target);
    h->requests = r;
    buf_init(&r->body, call->max_body ? call->max_body : DEFAULT_BODY);
    r->path = mem_dup(call->path);
    r->alone = call->http1;
    r->with_auth = !call->no_auth && !call->sigv4;
    set_up(r, call);
    enter(r);
    return r;
}

void http_cancel(struct http_request *r)
{
    if (!r)
        return;
    r->cancelled = true;
    if (r->http->performing)
        return;
    struct http_request **link = &r->http->requests;
    while (*link && *link != r)
        link = &(*link)->next;
    if (*link) {
        *link = r->next;
        free_request(r);
    }
}

/*
 * The first request to a target makes a connection, and others wait for it: where HTTP/2 is spoken
 * they share it. Sent at once each would make one of its own, 100 kB and a handshake. (libcurl's
 * PIPEWAIT wakes those that wait one at a time, and when others end.)
 */
static bool must_wait(const struct http_request *r)
{
    if (r->alone || http_target_is_met(r->target))
        return false;
    for (const struct http_request *q = r->http->requests; q; q = q->next) {
        curl_off_t ready = 0;
        if (q->target != r->target || !q->added)
            continue;
        curl_easy_getinfo(q->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
        if (!ready && clock_monotonic() - q->began < MEETING_MS * CLOCK_MS)
            return true;
        http_target_meet(r->target);
        return false;
    }
    return false;
}

/* Whether one waits for another's connection. */
static bool start_all(struct http *h)
{
    bool waiting = false;
    for (struct http_request *r = h->requests; r; r = r->next) {
        if (r->added || r->finished || r->cancelled || r->waits)
            continue;
        if (r->early.kind) {
            r->finished = true;
            continue;
        }
        if (must_wait(r)) {
            waiting = true;
            continue;
        }
        r->began = clock_monotonic();
        r->added = curl_multi_add_handle(h->multi, r->easy) == CURLM_OK;
        r->finished = !r->added;
    }
    http_socket_start_all(h);
    return waiting;
}

static void fill_end(struct http_request *r, struct err *err)
{
    err_clear(err);
    if (r->early.kind)
        *err = r->early;
    else if (r->stopped)
        err_set(err, ERR_CANCELLED, r->place, "", "the answer was not wanted any more");
    else if (is_success(r->status) && r->body.over)
        err_set(err, ERR_LIMIT, r->place, "ask for less", "the answer is larger than %zu bytes",
                r->body.max);
    else if (r->code != CURLE_OK)
        http_curl_err(err, r->code, r->place, r->detail);
    else if (!is_success(r->status))
        http_status_err(err, r->status, r->place, buf_str(&r->body));
    err->http = r->status;
    const char *retry = err->kind ? http_header(r, "Retry-After") : "";
    int64_t seconds;
    if (str_to_int(str_of(retry), &seconds) && seconds > 0 && seconds < 86400)
        err->retry_after_ms = seconds * 1000;
}

static void finish(struct http_request *r)
{
    struct err err;
    fill_end(r, &err);
    if (r->code == CURLE_OPERATION_TIMEDOUT && !r->status)
        http_target_leave(r->target);
    http_target_meet(r->target);
    if (!r->early.kind)
        http_target_answered(r->target, r->status, buf_str(&r->body), &err);
    r->done(r->context, r, r->status, buf_str(&r->body), &err);
}

/* Tells the ends and frees what has ended. A callback may send and cancel others: begin again after
 * each. */
static void tell_ends(struct http *h)
{
    struct http_request **link = &h->requests;
    while (*link) {
        struct http_request *r = *link;
        if (!r->finished && !r->cancelled) {
            link = &r->next;
            continue;
        }
        *link = r->next;
        if (!r->cancelled)
            finish(r);
        free_request(r);
        link = &h->requests;
    }
}

static void read_messages(struct http *h)
{
    int waiting;
    for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &waiting));) {
        struct http_tag *tag = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &tag);
        if (tag->is_socket) {
            http_socket_connected(tag->owner, m->data.result);
            continue;
        }
        struct http_request *r = tag->owner;
        long status = 0;
        curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
        r->status = (int)status;
        r->code = m->data.result;
        r->finished = true;
    }
}

static void perform(void *context)
{
    struct http *h = context;
    int running;
    h->performing = true;
    curl_multi_perform(h->multi, &running);
    h->performing = false;
    read_messages(h);
    tell_ends(h);
    http_socket_sweep(h);
}

static void wait_for(void *context, struct pollfd *fds, size_t count, int timeout_ms)
{
    struct http *h = context;
    if (start_all(h) && (timeout_ms < 0 || timeout_ms > MEETING_MS))
        timeout_ms = MEETING_MS;
    for (struct http_request *r = h->requests; r; r = r->next)
        if (r->finished)
            timeout_ms = 0;
    mem_grow(&h->fds, &h->fds_cap, count + 1, sizeof *h->fds);
    for (size_t i = 0; i < count; i++)
        h->fds[i] = (struct curl_waitfd){
            .fd = fds[i].fd,
            .events = (short)((fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                              (fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0))};
    curl_multi_poll(h->multi, h->fds, (unsigned)count, timeout_ms < 0 ? 3600 * 1000 : timeout_ms,
                    NULL);
    /* curl_multi_poll does not pass on hang-ups and errors of foreign descriptors: ask for them. */
    if (poll(fds, count, 0) < 0)
        for (size_t i = 0; i < count; i++)
            fds[i].revents = 0;
}

struct http *http_new(struct loop *l)
{
    static bool global;
    if (!global)
        curl_global_init(CURL_GLOBAL_DEFAULT);
    global = true;
    struct http *h = mem_alloc(sizeof *h);
    h->loop = l;
    h->multi = curl_multi_init();
    loop_set_waiter(l, &(struct loop_waiter){wait_for, perform, h});
    return h;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->requests) {
        struct http_request *r = h->requests;
        h->requests = r->next;
        free_request(r);
    }
    while (h->sockets)
        http_socket_close(h->sockets);
    http_socket_sweep(h);
    loop_set_waiter(h->loop, NULL);
    curl_multi_cleanup(h->multi);
    free(h->fds);
    free(h);
}

struct loop *http_loop(struct http *h)
{
    return h->loop;
}

const char *http_version(void)
{
    return curl_version();
}

const char *http_header(struct http_request *r, const char *name)
{
    struct curl_header *found;
    if (curl_easy_header(r->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return "";
    return found->value;
}

int64_t http_date(struct http_request *r)
{
    const char *date = http_header(r, "Date");
    time_t seconds = *date ? curl_getdate(date, NULL) : -1;
    return seconds > 0 ? (int64_t)seconds * CLOCK_SECOND : 0;
}

void http_pause(struct http_request *r, bool pause)
{
    bool before = r->http->performing;
    /* Going on may deliver bytes at once, from inside libcurl. */
    r->http->performing = true;
    curl_easy_pause(r->easy, pause ? CURLPAUSE_RECV : CURLPAUSE_CONT);
    r->http->performing = before;
}
