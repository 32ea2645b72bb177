/* One pretend service behind a real server, and a client that waits for its answer. */
#ifndef TESTS_UNIT_SANDBOX_SERVING_H
#define TESTS_UNIT_SANDBOX_SERVING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/conn.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/reply.h"

enum { SERVING_HEADERS = 12, SERVING_BODY = 64 << 20 };

struct serving {
    struct loop *loop;
    struct server *server;
    struct http *http;
    struct http_target *target;
    struct faults faults;
    enum sandbox_service service;
    void (*handle)(void *service, struct reply *p);
    void *handler;

    /* The last answer. */
    bool over;
    int status;
    struct buf body;
    const char *wanted; /* the header to be kept */
    char header[600];
};

struct serving_ask {
    const char *method, *path;
    struct str body;
    const char *content_type;
    const char *headers[SERVING_HEADERS]; /* "Name: value" */
    const char *id, *secret;              /* sign version 4 with these; NULL: do not */
    const char *token, *region;           /* NULL: none; us-east-1 */
    const char *hash;                     /* x-amz-content-sha256; NULL: the body's */
};

static inline void serving_request(void *context, struct server_request *r)
{
    struct serving *s = context;
    s->handle(s->handler, reply_new(r, s->loop, &s->faults, s->service));
}

static inline void serving_open(struct serving *s, enum sandbox_service service,
                                void (*handle)(void *service, struct reply *p), void *handler)
{
    struct err err;
    struct server_conf conf = {
        .listen = "127.0.0.1:0", .max_body = SERVING_BODY, .context = s, .handle = serving_request};
    s->service = service;
    s->handle = handle;
    s->handler = handler;
    s->loop = loop_new();
    s->server = server_new(s->loop, &conf, &err);
    assert_non_null(s->server);
    s->http = http_new(s->loop);
    char *url = mem_printf("http://127.0.0.1:%d", server_port(s->server));
    struct conn conn = {.name = "service", .url = url, .proxy = ""};
    s->target = http_target_new(s->http, &conn);
    free(url);
    buf_init(&s->body, SERVING_BODY + 1);
}

static inline void serving_close(struct serving *s)
{
    buf_free(&s->body);
    http_target_free(s->target);
    http_free(s->http);
    server_free(s->server);
    loop_free(s->loop);
}

static inline void serving_done(void *context, struct http_request *r, int status, struct str body,
                                const struct err *err)
{
    struct serving *s = context;
    (void)err;
    s->over = true;
    s->status = status;
    buf_clear(&s->body);
    buf_add(&s->body, body.p, body.n);
    str_copy(s->header, sizeof s->header, s->wanted ? http_header(r, s->wanted) : "");
}

/* Returns the status. */
static inline int serving_ask(struct serving *s, const struct serving_ask *a)
{
    const char *headers[SERVING_HEADERS + 3];
    size_t n = 0;
    unsigned char digest[DIGEST_SHA256];
    char hex[DIGEST_HEX], *hash = NULL, *token = NULL, *sigv4 = NULL;
    digest_sha256(a->body, digest);
    for (size_t i = 0; i < SERVING_HEADERS && a->headers[i]; i++)
        headers[n++] = a->headers[i];
    if (a->id) {
        hash = mem_printf("x-amz-content-sha256: %s",
                          a->hash ? a->hash : digest_hex(digest, DIGEST_SHA256, hex));
        sigv4 = mem_printf("aws:amz:%s:s3", a->region ? a->region : "us-east-1");
        headers[n++] = hash;
    }
    if (a->token)
        headers[n++] = token = mem_printf("x-amz-security-token: %s", a->token);
    headers[n] = NULL;
    struct http_call call = {.target = s->target,
                             .method = a->method,
                             .path = a->path,
                             .headers = headers,
                             .body = a->body,
                             .content_type = a->content_type,
                             .max_body = SERVING_BODY,
                             .identity = true,
                             .sigv4 = sigv4,
                             .sigv4_user = a->id,
                             .sigv4_password = a->secret,
                             .context = s,
                             .done = serving_done};
    s->over = false;
    http_send(s->http, &call);
    for (int i = 0; i < 5000 && !s->over; i++)
        loop_turn(s->loop, 10);
    assert_true(s->over);
    free(hash);
    free(token);
    free(sigv4);
    return s->status;
}

static inline bool serving_has(const struct serving *s, const char *text)
{
    return str_find(buf_str(&s->body), str_of(text)) >= 0;
}

/* The text between two others in the answer, "" when there is none; free() it. */
static inline char *serving_between(const struct serving *s, const char *before, const char *after)
{
    const char *from = strstr(buf_text(&s->body), before);
    const char *to = from ? strstr(from + strlen(before), after) : NULL;
    if (!to)
        return mem_dup("");
    from += strlen(before);
    return mem_dup_n(from, (size_t)(to - from));
}

static inline void serving_fault(struct serving *s, const char *fault)
{
    struct err err;
    assert_true(faults_set(&s->faults, fault, &err));
}

#endif
