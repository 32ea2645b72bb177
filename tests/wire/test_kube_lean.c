/* Tables that hold only what is not well, tables that are listed now and then, and the server's clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/poll.h"
#include "kube/watch.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    struct resource resource;
    struct server_request *stream;
    int lists, status;
    size_t changed;
};

#define DEPLOYMENT(name, version, ready, more)                                                     \
    "{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\",\"resourceVersion\":\"" version   \
    "\"" more "},\"spec\":{\"replicas\":2},\"status\":{\"replicas\":2,\"updatedReplicas\":2,"      \
    "\"readyReplicas\":" ready ",\"availableReplicas\":" ready "}}"

static void forget(void *context)
{
    ((struct test *)context)->stream = NULL;
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    if (server_query(r, "watch")) {
        t->stream = r;
        server_on_end(r, forget, t);
        server_stream(r, 200, "application/json", NULL);
        return;
    }
    if (t->status) {
        server_reply(r, t->status, "text/plain", NULL, str_of("not now"));
        return;
    }
    bool lease = strstr(server_path(r), "leases") != NULL;
    const char *leases =
        t->lists++ ? "{\"metadata\":{\"name\":\"b\",\"namespace\":\"kube-system\"},\"spec\":{}}"
                   : "{\"metadata\":{\"name\":\"a\",\"namespace\":\"kube-system\"},\"spec\":{}}";
    char *body = mem_printf(
        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}",
        lease ? leases
              : DEPLOYMENT("well", "1", "2", "") "," DEPLOYMENT("ill", "2", "1", "") "," DEPLOYMENT(
                    "going", "3", "2",
                    ",\"deletionTimestamp\":\"2021-08-27T"
                    "13:00:00Z\""));
    server_reply(r, 200, "application/json", NULL, str_of(body));
    free(body);
}

static void changed(void *context)
{
    ((struct test *)context)->changed++;
}

static bool has(const struct test *t, const char *name)
{
    return t->resource.table &&
           objects_find(t->resource.table, str_of("shop"), str_of(name)) != NULL;
}

static void turns(struct test *t, int ms)
{
    kube_bench_wait(t->bench, ms);
}

static void only_what_is_not_well(void **state)
{
    struct test *t = *state;
    struct watch_conf conf = {.least = HEALTH_WARN, .context = t, .changed = changed};
    struct watch *w =
        watch_new(t->bench->client, kinds_find("deployments"), "", &conf, &t->resource);
    for (int i = 0; i < 100 && !t->stream; i++)
        turns(t, 20);
    assert_non_null(t->stream);
    assert_int_equal(objects_count(t->resource.table), 2);
    assert_true(has(t, "ill") && has(t, "going"));
    server_stream_add(
        t->stream, str_of("{\"type\":\"MODIFIED\",\"object\":" DEPLOYMENT(
                       "ill", "10", "2", "") "}\n"
                                             "{\"type\":\"MODIFIED\",\"object\":" DEPLOYMENT(
                                                 "well", "11", "0",
                                                 "") "}\n"
                                                     "{\"type\":\"DELETED\",\"object\":" DEPLOYMENT(
                                                         "going", "12", "2", "") "}\n"));
    for (int i = 0; i < 100 && !has(t, "well"); i++)
        turns(t, 20);
    assert_int_equal(objects_count(t->resource.table), 1);
    assert_true(has(t, "well"));
    watch_free(w);
}

static void listed_now_and_then(void **state)
{
    struct test *t = *state;
    struct poll_conf conf = {.kind = kinds_find("leases"),
                             .namespace_ = "",
                             .every_ms = 40,
                             .context = t,
                             .changed = changed};
    struct poll *p = poll_new(t->bench->client, &conf, &t->resource);
    for (int i = 0; i < 100 && t->lists < 2; i++)
        turns(t, 20);
    turns(t, 100);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_LIVE);
    assert_int_equal(objects_count(t->resource.table), 1);
    assert_string_equal(objects_at(t->resource.table, 0)->name, "b");
    t->status = 500;
    for (int i = 0; i < 400 && t->resource.upstream.state == UPSTREAM_LIVE; i++)
        turns(t, 20);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_STALE);
    assert_int_equal(objects_count(t->resource.table), 1);
    poll_free(p);
}

static void the_servers_clock_counts(void **state)
{
    struct test *t = *state;
    int64_t real = clock_now();
    clock_freeze(real - CLOCK_HOUR);
    assert_int_equal(client_now(t->bench->client), real - CLOCK_HOUR);
    struct poll_conf conf = {.kind = kinds_find("leases"),
                             .namespace_ = "",
                             .every_ms = 60000,
                             .context = t,
                             .changed = changed};
    struct poll *p = poll_new(t->bench->client, &conf, &t->resource);
    for (int i = 0; i < 100 && !t->changed; i++)
        turns(t, 20);
    int64_t apart = client_now(t->bench->client) - real;
    assert_true(apart > -2 * CLOCK_SECOND && apart < 10 * CLOCK_SECOND);
    poll_free(p);
    clock_freeze(0);
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    objects_free(t->resource.table);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_is_not_well),
        TEST(listed_now_and_then),
        TEST(the_servers_clock_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
