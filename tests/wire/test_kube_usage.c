/* metrics.k8s.io: answers as its API documents them, a cluster without it, one whose adapter is away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/usage.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    int status;
    const char *type, *body;
    bool done;
    size_t count;
    struct err err;
    char text[1024];
    int64_t time;
};

static const char nodes[] =
    "{\"kind\":\"NodeMetricsList\",\"apiVersion\":\"metrics.k8s.io/v1beta1\",\"metadata\":{},"
    "\"items\":[{\"metadata\":{\"name\":\"node-1\",\"creationTimestamp\":\"2021-08-27T13:00:07Z\","
    "\"labels\":{\"a\":\"b\"}},\"timestamp\":\"2021-08-27T13:00:00Z\",\"window\":\"20s\",\"usage\":"
    "{"
    "\"cpu\":\"156340273n\",\"memory\":\"3213704Ki\"}},{\"metadata\":{},\"usage\":{\"cpu\":\"1\"}}]"
    "}";

static const char pods[] =
    "{\"kind\":\"PodMetricsList\",\"apiVersion\":\"metrics.k8s.io/v1beta1\",\"metadata\":{},"
    "\"items\":[{\"metadata\":{\"name\":\"web-1\",\"namespace\":\"shop\"},\"timestamp\":\"2021-08-"
    "27T13"
    ":00:00Z\",\"window\":\"20s\",\"containers\":[{\"name\":\"a\",\"usage\":{\"cpu\":\"100n\","
    "\"memory\":"
    "\"1Ki\"}},{\"name\":\"b\",\"usage\":{\"cpu\":\"2u\",\"memory\":\"1Mi\"}},{\"name\":\"c\","
    "\"usage\":"
    "7}]},{\"metadata\":{\"name\":\"idle\",\"namespace\":\"shop\"},\"containers\":[]}]}";

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    server_reply(r, t->status, t->type, NULL, str_of(t->body));
}

static void on_one(void *context, const struct usage_one *u)
{
    struct test *t = context;
    size_t n = strlen(t->text);
    t->time = u->time;
    snprintf(t->text + n, sizeof t->text - n, "%s/%s %lld %lld;", u->namespace_, u->name,
             (long long)u->cpu, (long long)u->memory);
}

static void on_done(void *context, size_t count, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->count = count;
    t->err = *err;
}

static void ask(struct test *t, bool of_nodes, const char *ns)
{
    t->done = false;
    t->text[0] = '\0';
    usage_ask(
        t->bench->client,
        &(struct usage_conf){
            .nodes = of_nodes, .namespace_ = ns, .context = t, .one = on_one, .done = on_done});
    assert_false(t->done);
    assert_true(kube_bench_until(t->bench, &t->done, 10000));
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    t->status = 200;
    t->type = "application/json";
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

static void what_nodes_use(void **state)
{
    struct test *t = *state;
    int64_t time;
    t->body = nodes;
    ask(t, true, "");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->count, 1);
    assert_string_equal(t->text, "/node-1 156340273 3290832896;");
    assert_true(clock_parse(str_of("2021-08-27T13:00:00Z"), false, &time));
    assert_int_equal(t->time, time);
    assert_int_equal(strncmp(t->bench->last, "/apis/metrics.k8s.io/v1beta1/nodes?", 35), 0);
}

/* A pod's is the sum of its containers'. */
static void what_pods_use(void **state)
{
    struct test *t = *state;
    t->body = pods;
    ask(t, false, "shop");
    assert_string_equal(t->text, "shop/web-1 2100 1049600;shop/idle 0 0;");
    assert_int_equal(t->time, 0);
    assert_int_equal(
        strncmp(t->bench->last, "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?", 50), 0);
    ask(t, false, "");
    assert_int_equal(strncmp(t->bench->last, "/apis/metrics.k8s.io/v1beta1/pods?", 34), 0);
}

static void a_cluster_without_metrics(void **state)
{
    struct test *t = *state;
    t->status = 404;
    t->type = "text/plain; charset=utf-8";
    t->body = "404 page not found\n";
    ask(t, true, "");
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_string_equal(t->err.what, "the cluster serves no metrics");
    t->status = 403;
    t->type = "application/json";
    t->body =
        "{\"kind\":\"Status\",\"message\":\"nodes.metrics.k8s.io is forbidden\",\"code\":403}";
    ask(t, true, "");
    assert_int_equal(t->err.kind, ERR_DENIED);
    assert_string_equal(t->err.what, "nodes.metrics.k8s.io is forbidden");
}

static void given_up(void **state)
{
    struct test *t = *state;
    t->body = nodes;
    struct usage *u = usage_ask(
        t->bench->client,
        &(struct usage_conf){.nodes = true, .context = t, .one = on_one, .done = on_done});
    usage_cancel(u);
    kube_bench_wait(t->bench, 50);
    assert_false(t->done);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(what_nodes_use), TEST(what_pods_use),
                                       TEST(a_cluster_without_metrics), TEST(given_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
