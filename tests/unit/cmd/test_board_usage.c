/* CPU and memory by metrics.k8s.io for a user whose rights change: one namespace, then all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_usage.h"
#include "kube/access/client.h"
#include "model/model.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/server.h"

struct bench {
    struct loop *loop;
    struct server *server;
    struct http *http;
    struct client *client;
    struct model *model;
    struct board_usage *usage;
    bool denies; /* all namespaces */
    int told;
    struct err err;
};

static void reply_pods(struct server_request *r, const char *namespaces[2])
{
    struct buf body;
    buf_init(&body, 4096);
    buf_adds(&body, "{\"kind\":\"PodMetricsList\",\"metadata\":{},\"items\":[");
    for (int i = 0; i < 2 && namespaces[i]; i++)
        buf_printf(&body,
                   "%s{\"metadata\":{\"name\":\"web\",\"namespace\":\"%s\"},\"containers\":[{"
                   "\"usage\":{\"cpu\":\"250m\",\"memory\":\"1Mi\"}}]}",
                   i ? "," : "", namespaces[i]);
    buf_adds(&body, "]}");
    server_reply(r, 200, "application/json", NULL, buf_str(&body));
    buf_free(&body);
}

static void handle(void *context, struct server_request *r)
{
    struct bench *b = context;
    const char *path = server_path(r);
    if (strcmp(path, "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods") == 0)
        reply_pods(r, (const char *[2]){"shop", NULL});
    else if (strcmp(path, "/apis/metrics.k8s.io/v1beta1/pods") == 0 && !b->denies)
        reply_pods(r, (const char *[2]){"shop", "data"});
    else
        server_reply(r, 403, "application/json", NULL,
                     str_of("{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}"));
}

static void on_told(void *context, const struct err *err)
{
    struct bench *b = context;
    b->told++;
    b->err = *err;
}

static bool has(struct bench *b, const char *key)
{
    return series_latest(b->model->series[METRIC_POD_CPU], str_of(key)) > 0;
}

static void until_told(struct bench *b, int times, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (b->told < times && clock_monotonic() < end)
        loop_turn(b->loop, 10);
    assert_int_equal(b->told, times);
}

static int set_up(void **state)
{
    struct err err;
    struct bench *b = *state = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = server_new(
        b->loop, &(struct server_conf){.listen = "127.0.0.1:0", .context = b, .handle = handle},
        &err);
    assert_non_null(b->server);
    char *url = mem_printf("http://127.0.0.1:%d", server_port(b->server));
    struct kubeconfig_context context = {.name = "bench",
                                         .cluster = "bench",
                                         .user = "tester",
                                         .namespace_ = "shop",
                                         .file = "config",
                                         .conn = {.name = "kubernetes", .url = url, .proxy = ""}};
    b->client = client_new(b->http, &context);
    free(url);
    b->model = model_new();
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    board_usage_free(b->usage);
    model_free(b->model);
    client_free(b->client);
    http_free(b->http);
    server_free(b->server);
    loop_free(b->loop);
    free(b);
    return 0;
}

static void narrow_and_wide_again(void **state)
{
    struct bench *b = *state;
    b->denies = true;
    b->usage = board_usage_start(b->client, b->model, on_told, b);
    until_told(b, 1, 5000);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(has(b, "shop/web"));
    assert_false(has(b, "data/web"));
    b->denies = false;
    until_told(b, 2, 9000);
    assert_true(has(b, "data/web"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(narrow_and_wide_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
