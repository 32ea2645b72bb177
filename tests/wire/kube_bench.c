#include "tests/wire/kube_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"

enum { RECORDING_MAX = 1 << 20 };

static void handle(void *context, struct server_request *r)
{
    struct kube_bench *b = context;
    b->requests++;
    str_copy(b->last, sizeof b->last, server_raw_target(r));
    b->handle(b->test, r);
}

void kube_bench_start(struct kube_bench *b)
{
    struct err err;
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", b->port);
    b->server = server_new(
        b->loop, &(struct server_conf){.listen = listen, .context = b, .handle = handle}, &err);
    if (!b->server) {
        fprintf(stderr, "kube_bench: %s\n", err.what);
        exit(1);
    }
    b->port = server_port(b->server);
}

void kube_bench_stop(struct kube_bench *b)
{
    server_free(b->server);
    b->server = NULL;
}

void kube_bench_client(struct kube_bench *b)
{
    client_free(b->client);
    b->client = client_new(b->http, &b->context);
}

struct kube_bench *kube_bench_new(void *test, void (*handler)(void *test, struct server_request *r))
{
    struct kube_bench *b = mem_alloc(sizeof *b);
    b->test = test;
    b->handle = handler;
    b->loop = loop_new();
    b->http = http_new(b->loop);
    kube_bench_start(b);
    b->context =
        (struct kubeconfig_context){.name = mem_dup("bench"),
                                    .cluster = mem_dup("bench"),
                                    .user = mem_dup("tester"),
                                    .namespace_ = mem_dup("shop"),
                                    .file = mem_dup("bench/config"),
                                    .conn = {.name = mem_dup("kubernetes"),
                                             .url = mem_printf("http://127.0.0.1:%d", b->port),
                                             .proxy = mem_dup("")}};
    kube_bench_client(b);
    return b;
}

void kube_bench_free(struct kube_bench *b)
{
    struct kubeconfig_context *c = mem_alloc(sizeof *c);
    client_free(b->client);
    server_free(b->server);
    http_free(b->http);
    loop_free(b->loop);
    *c = b->context;
    kubeconfig_context_free(c);
    free(b);
}

bool kube_bench_until(struct kube_bench *b, const bool *done, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (!*done && clock_monotonic() < end)
        loop_turn(b->loop, 10);
    return *done;
}

void kube_bench_wait(struct kube_bench *b, int ms)
{
    static const bool never = false;
    kube_bench_until(b, &never, ms);
}

static void fail(const char *file, const char *what)
{
    fprintf(stderr, "kube_bench: %s: %s\n", file, what);
    exit(1);
}

/* Lines of an answer: "< HTTP/1.1 200 OK", headers, "<", then the body up to an empty line or "# body …". */
int kube_bench_recorded(const char *file, size_t n, struct buf *body)
{
    struct buf text;
    struct err err;
    char *path = mem_printf(TEST_DATA "/kube/%s", file);
    int status = 0;
    buf_init(&text, RECORDING_MAX);
    buf_init(body, RECORDING_MAX);
    if (!file_read(path, &text, &err))
        fail(file, err.what);
    free(path);
    const char *at = buf_text(&text);
    for (size_t i = 0; i <= n; i++) {
        at = strstr(i ? at + 1 : at, "< HTTP/");
        if (!at)
            fail(file, "it has not so many answers");
    }
    status = (int)strtol(strchr(at + 7, ' '), NULL, 10);
    while (at && *at == '<')
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    if (at && strncmp(at, "# body", 6) == 0)
        at = strchr(at, '\n') + 1;
    if (!at)
        fail(file, "the answer has no body");
    const char *end = strstr(at, "\n# body"), *blank = strstr(at, "\n\n");
    if (!end || (blank && blank < end))
        end = blank ? blank : at + strlen(at);
    buf_add(body, at, (size_t)(end - at));
    buf_free(&text);
    return status;
}

void kube_bench_replay(struct server_request *r, const char *file, size_t n)
{
    struct buf body;
    int status = kube_bench_recorded(file, n, &body);
    bool json = body.n && body.p[0] == '{';
    server_reply(r, status, json ? "application/json" : "text/plain; charset=utf-8", NULL,
                 buf_str(&body));
    buf_free(&body);
}
