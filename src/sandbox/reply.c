#include "sandbox/reply.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server.h"

enum { HEADERS_MAX = 16 };

static void over(void *context)
{
    struct reply *p = context;
    if (p->over)
        p->over(p->over_context);
    loop_timer_free(p->timer);
    free(p->kept_path);
    free(p);
}

struct reply *reply_new(struct server_request *r, struct loop *l, struct faults *f,
                        enum sandbox_service service)
{
    struct reply *p = mem_alloc(sizeof *p);
    p->r = r;
    p->loop = l;
    p->faults = f;
    p->service = service;
    p->path = server_path(r);
    server_on_end(r, over, p);
    return p;
}

void reply_set_path(struct reply *p, const char *path)
{
    char *copy = mem_dup(path);
    free(p->kept_path);
    p->path = p->kept_path = copy;
}

void reply_on_over(struct reply *p, void (*call)(void *context), void *context)
{
    p->over = call;
    p->over_context = context;
}

/* The service's headers and, when its clock is wrong, its Date. */
static const char *const *with_date(const struct reply *p, const char *const *headers,
                                    const char **list, char *date, size_t size)
{
    int64_t ahead = faults_clock(p->faults, p->service);
    if (!ahead)
        return headers;
    size_t n = 0;
    while (headers && headers[n] && n + 2 < HEADERS_MAX) {
        list[n] = headers[n];
        n++;
    }
    clock_format(clock_now() + ahead, true, "Date: %a, %d %b %Y %H:%M:%S GMT", date, size);
    list[n++] = date;
    list[n] = NULL;
    return list;
}

void reply_stream(struct reply *p, int status, const char *type, const char *const *headers)
{
    const char *list[HEADERS_MAX];
    char date[64];
    p->streaming = true;
    server_stream(p->r, status, type, with_date(p, headers, list, date, sizeof date));
}

bool reply_add(struct reply *p, struct str piece)
{
    if (!p->streaming)
        return false;
    p->streamed += piece.n;
    if (faults_on(p->faults, FAULTS_CUT, p->service) &&
        p->streamed > (uint64_t)faults_value(p->faults, FAULTS_CUT)) {
        uint64_t excess = p->streamed - (uint64_t)faults_value(p->faults, FAULTS_CUT);
        piece.n -= excess > piece.n ? piece.n : (size_t)excess;
        p->streaming = false;
        server_stream_add(p->r, piece);
        server_stream_end(p->r, true);
        return false;
    }
    return server_stream_add(p->r, piece);
}

void reply_end(struct reply *p)
{
    if (p->streaming)
        server_stream_end(p->r, false);
    p->streaming = false;
}

void reply_on_empty(struct reply *p, void (*more)(void *context), void *context)
{
    server_stream_on_empty(p->r, more, context);
}

void reply_body(struct reply *p, int status, const char *type, const char *const *headers,
                struct str body)
{
    const char *list[HEADERS_MAX];
    char date[64];
    if (faults_take(p->faults, FAULTS_LOST_ANSWER, p->service)) {
        server_drop(p->r);
        return;
    }
    if (faults_on(p->faults, FAULTS_CUT, p->service) &&
        body.n > (size_t)faults_value(p->faults, FAULTS_CUT)) {
        reply_stream(p, status, type, headers);
        reply_add(p, body);
        return;
    }
    server_reply(p->r, status, type, with_date(p, headers, list, date, sizeof date), body);
}

void reply_text(struct reply *p, int status, const char *text)
{
    static const char *const headers[] = {"X-Content-Type-Options: nosniff", NULL};
    reply_body(p, status, "text/plain; charset=utf-8", status >= 400 ? headers : NULL,
               str_of(text));
}

void reply_json(struct reply *p, int status, struct str body)
{
    reply_body(p, status, "application/json", NULL, body);
}

static void fire(void *context)
{
    struct reply *p = context;
    p->later(p, p->later_context);
}

void reply_later(struct reply *p, int64_t ms, void (*later)(struct reply *p, void *context),
                 void *context)
{
    if (!p->timer)
        p->timer = loop_timer_new(p->loop, fire, p);
    p->later = later;
    p->later_context = context;
    loop_timer_set(p->timer, ms);
}
