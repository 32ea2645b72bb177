/* Snapshots of a cluster that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "collect/snapshot.h"
#include "collect/snapshot_schedule.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"
#include "tests/wire/kube_bench.h"
#include "triage/redact/redact.h"

struct bench {
    struct kube_bench *kube;
    struct store *store;
    struct window_store *windows;
    struct redactor *redactor;
    char folder[TEMPORARY_PATH];
    char paths[4000], accept_of_configs[200];
    bool secrets, deny_pvcs, old_cronjobs, cut_pods, away;
    bool came;
    size_t objects, missing;
    struct err err;
    int64_t at;
};

static void reply(struct server_request *r, int status, const char *json)
{
    server_reply(r, status, "application/json", NULL, str_of(json));
}

static void answer_pods(struct bench *b, struct server_request *r)
{
    struct buf body;
    buf_init(&body, 1 << 20);
    buf_adds(&body, "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[");
    for (int i = 0; i < 3; i++)
        buf_printf(
            &body,
            "%s{\"metadata\":{\"name\":\"web-%d\",\"namespace\":\"shop\",\"managedFields\":[1,2],"
            "\"annotations\":{\"token\":\"hidden-annotation\"}},\"spec\":{\"nodeName\":\"n1\","
            "\"containers\":"
            "[{\"name\":\"app\",\"image\":\"shop/"
            "web:1.%d\",\"env\":[{\"name\":\"P\",\"value\":\"hidden-env\"}]}]},"
            "\"status\":{\"phase\":\"Running\",\"message\":\"password=hunter22 is wrong\"}}",
            i ? "," : "", i, i);
    buf_adds(&body, "]}");
    if (b->cut_pods)
        body.n = body.n / 2;
    server_reply(r, 200, "application/json", NULL, buf_str(&body));
    buf_free(&body);
}

static void answer_events(struct bench *b, struct server_request *r)
{
    char now[CLOCK_TEXT], body[1500];
    clock_rfc3339(b->at - CLOCK_MINUTE, false, now);
    snprintf(
        body, sizeof body,
        "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"old\",\"namespace\":\"a\"},"
        "\"lastTimestamp\":\"2020-01-01T00:00:00Z\"},{\"metadata\":{\"name\":\"new\",\"namespace\":"
        "\"a\"},"
        "\"lastTimestamp\":\"%s\",\"reason\":\"BackOff\",\"message\":\"mail joe@example.com\"}]}",
        now);
    reply(r, 200, body);
}

static void handle(void *test, struct server_request *r)
{
    struct bench *b = test;
    const char *path = server_path(r);
    size_t n = strlen(b->paths);
    snprintf(b->paths + n, sizeof b->paths - n, "%s\n", path);
    b->secrets |= strstr(path, "secret") != NULL;
    if (b->away)
        reply(r, 503, "{}");
    else if (!strcmp(path, "/api/v1/pods"))
        answer_pods(b, r);
    else if (!strcmp(path, "/api/v1/events"))
        answer_events(b, r);
    else if (!strcmp(path, "/api/v1/persistentvolumeclaims") && b->deny_pvcs)
        reply(r, 403, "{\"kind\":\"Status\",\"message\":\"pvcs is forbidden\",\"code\":403}");
    else if (!strcmp(path, "/apis/batch/v1/cronjobs") && b->old_cronjobs)
        reply(r, 404, "{\"kind\":\"Status\",\"message\":\"not found\",\"code\":404}");
    else if (!strcmp(path, "/apis/batch/v1beta1/cronjobs"))
        reply(
            r, 200,
            "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"nightly\",\"namespace\":\"a\"},"
            "\"spec\":{\"schedule\":\"0 1 * * *\"}}]}");
    else if (!strcmp(path, "/api/v1/configmaps")) {
        const char *accept = server_header(r, "Accept");
        str_copy(b->accept_of_configs, sizeof b->accept_of_configs, accept ? accept : "");
        reply(r, 200,
              "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"c\",\"namespace\":\"a\","
              "\"resourceVersion\":\"42\"},\"data\":{\"k\":\"hidden-config\"}}]}");
    } else
        reply(r, 200, "{\"metadata\":{},\"items\":[]}");
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    char url[80];
    b->kube = kube_bench_new(b, handle);
    kube_bench_client(b->kube);
    if (!temporary_make(b->folder, "snapshot"))
        return -1;
    snprintf(url, sizeof url, "file://%s", b->folder);
    b->store = store_open(b->kube->http, &(struct store_conf){.url = url}, &err);
    b->windows = window_store_new(b->store, b->store, "test");
    b->redactor = redact_new(redact_kinds, NULL, NULL, &err);
    b->at = clock_align(clock_now(), 10 * CLOCK_MINUTE);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    window_store_free(b->windows);
    store_free(b->store);
    redact_free(b->redactor);
    kube_bench_wait(b->kube, 20);
    kube_bench_free(b->kube);
    temporary_remove(b->folder);
    free(b);
    return 0;
}

static void on_done(void *context, size_t objects, size_t missing, const struct err *err)
{
    struct bench *b = context;
    b->objects = objects;
    b->missing = missing;
    b->err = *err;
    b->came = true;
}

static void take(struct bench *b)
{
    struct snapshot_conf conf = {.client = b->kube->client,
                                 .store = b->windows,
                                 .redactor = b->redactor,
                                 .at = b->at,
                                 .events_from = b->at - 10 * CLOCK_MINUTE,
                                 .context = b,
                                 .done = on_done};
    b->came = false;
    snapshot_start(&conf);
    assert_false(b->came);
    assert_true(kube_bench_until(b->kube, &b->came, 30000));
}

struct got {
    bool came;
    int64_t found;
    struct buf plain;
    struct err err;
};

static void on_load(void *context, int64_t found, struct str packed, const struct err *err)
{
    struct got *g = context;
    g->found = found;
    g->err = *err;
    buf_init(&g->plain, 16 << 20);
    if (!err->kind)
        assert_true(gzip_unpack(&g->plain, packed, NULL));
    g->came = true;
}

static void load(struct bench *b, struct got *g)
{
    *g = (struct got){0};
    window_store_snapshot_load(b->windows, b->at, g, on_load);
    assert_true(kube_bench_until(b->kube, &g->came, 10000));
}

static void it_holds_what_is_named_and_nothing_else(void **state)
{
    struct bench *b = *state;
    struct got g;
    struct json_doc *doc = json_doc_new();
    b->deny_pvcs = b->old_cronjobs = true;
    take(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->missing, 1);
    load(b, &g);
    assert_int_equal(g.found, b->at);
    const struct json *j = json_parse(doc, g.plain.p, g.plain.n, NULL);
    assert_non_null(j);
    assert_int_equal(json_int(j, "schema", 0), 1);
    assert_string_equal(json_string(j, "cluster", ""), "test");
    assert_int_equal(json_count(json_get(j, "pods")), 3);
    const struct json *pod = json_first(json_get(j, "pods"));
    assert_string_equal(json_string(pod, "metadata.name", ""), "web-0");
    assert_string_equal(json_string(pod, "spec.containers.0.image", ""), "shop/web:1.0");
    assert_int_equal(json_count(json_get(j, "configs")), 1);
    assert_int_equal(json_count(json_get(j, "events")), 1);
    const struct json *job = json_first(json_get(j, "jobs"));
    assert_string_equal(json_string(job, "kind", ""), "CronJob");
    assert_string_equal(json_string(job, "spec.schedule", ""), "0 1 * * *");
    const struct json *missing = json_first(json_get(j, "missing"));
    assert_string_equal(json_string(missing, "what", ""), "pvcs");
    assert_non_null(strstr(json_string(missing, "why", ""), "forbidden"));
    /* Not what was not asked for, nor a secret in a message. */
    assert_null(strstr(buf_text(&g.plain), "hidden-"));
    assert_null(strstr(buf_text(&g.plain), "managedFields"));
    assert_null(strstr(buf_text(&g.plain), "hunter22"));
    assert_null(strstr(buf_text(&g.plain), "joe@example.com"));
    assert_null(strstr(buf_text(&g.plain), ":null"));
    assert_false(b->secrets);
    assert_non_null(strstr(b->accept_of_configs, "PartialObjectMetadataList"));
    json_doc_free(doc);
    buf_free(&g.plain);
}

static void half_a_list_is_no_snapshot(void **state)
{
    struct bench *b = *state;
    struct got g;
    b->cut_pods = true;
    take(b);
    assert_int_not_equal(b->err.kind, ERR_NONE);
    load(b, &g);
    assert_int_equal(g.err.kind, ERR_NOT_FOUND);
    buf_free(&g.plain);
}

static void freed_on_the_way_it_leaves_nothing(void **state)
{
    struct bench *b = *state;
    struct got g;
    for (int turns = 1; turns < 30; turns += 3) {
        struct snapshot *s = snapshot_start(&(struct snapshot_conf){.client = b->kube->client,
                                                                    .store = b->windows,
                                                                    .at = b->at,
                                                                    .context = b,
                                                                    .done = on_done});
        b->came = false;
        for (int i = 0; i < turns && !b->came; i++)
            loop_turn(b->kube->loop, 20);
        if (!b->came)
            snapshot_free(s);
    }
    if (!b->came) {
        load(b, &g);
        assert_int_equal(g.err.kind, ERR_NOT_FOUND);
        buf_free(&g.plain);
    }
}

struct told {
    int times;
    bool again, came;
    struct err err;
};

static void on_scheduled(void *context, int64_t at, size_t objects, size_t missing, bool again,
                         const struct err *err)
{
    struct told *t = context;
    (void)at;
    (void)objects;
    (void)missing;
    t->again = again;
    t->err = *err;
    t->times++;
    t->came = true;
}

static void the_schedule_takes_what_is_missing_and_tries_again(void **state)
{
    struct bench *b = *state;
    struct told t = {0};
    struct snapshot_schedule_conf conf = {
        .loop = b->kube->loop,
        .snapshot = {.client = b->kube->client, .store = b->windows},
        .width = CLOCK_HOUR,
        .context = &t,
        .done = on_scheduled};
    b->away = true;
    struct snapshot_schedule *s = snapshot_schedule_start(&conf);
    assert_true(kube_bench_until(b->kube, &t.came, 60000));
    assert_int_equal(t.err.kind, ERR_AWAY);
    b->away = false;
    if (clock_now() - clock_align(clock_now(), CLOCK_HOUR) < CLOCK_HOUR / 2 - CLOCK_MINUTE) {
        t.came = false;
        assert_true(kube_bench_until(b->kube, &t.came, 60000));
        assert_int_equal(t.err.kind, ERR_NONE);
        assert_false(t.again);
        snapshot_schedule_free(s);
        t.came = false;
        s = snapshot_schedule_start(&conf);
        assert_true(kube_bench_until(b->kube, &t.came, 60000));
        assert_true(t.again);
    }
    snapshot_schedule_free(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_holds_what_is_named_and_nothing_else),
        TEST(half_a_list_is_no_snapshot),
        TEST(freed_on_the_way_it_leaves_nothing),
        TEST(the_schedule_takes_what_is_missing_and_tries_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
