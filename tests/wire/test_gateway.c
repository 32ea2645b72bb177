/* A source that is found in the cluster: by its Service's name, where Services may be listed and where
 * not; it goes away and moves; the API server's login is the proxy's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/access/gateway.h"
#include "source/loki/loki.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    struct loki *loki;
    struct gateway *gateway;
    const char *where; /* the namespace that Loki is in; NULL: it is nowhere */
    bool list_denied;  /* of all namespaces */
    const char *open;  /* the one namespace that may be listed then */
    bool no_endpoints;
    size_t lists, asked; /* lists of Services; questions that came to Loki */
    char tenant[40], token[80];
    bool done;
    struct err err;
    size_t values;
};

static void status(struct server_request *r, int code, const char *reason, const char *message)
{
    char text[400];
    snprintf(text, sizeof text,
             "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"%s\",\"reason\":\"%s\","
             "\"code\":%d}",
             message, reason, code);
    server_reply(r, code, "application/json", NULL, str_of(text));
}

static void list(struct test *t, struct server_request *r, const char *ns)
{
    char text[600];
    bool here = t->where && (!*ns || strcmp(ns, t->where) == 0);
    snprintf(
        text, sizeof text,
        "{\"kind\":\"ServiceList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s%s%s]}",
        here ? "{\"metadata\":{\"name\":\"loki\",\"namespace\":\"" : "", here ? t->where : "",
        here ? "\"},\"spec\":{\"ports\":[{\"name\":\"http-metrics\",\"port\":3100}]}}" : "");
    server_reply(r, 200, "application/json", NULL, str_of(text));
}

static void proxied(struct test *t, struct server_request *r, const char *path)
{
    char here[100];
    snprintf(here, sizeof here, "/api/v1/namespaces/%s/services/loki:3100/proxy/loki/api/v1/label",
             t->where ? t->where : "-");
    const char *tenant = server_header(r, "X-Scope-OrgID"),
               *auth = server_header(r, "Authorization");
    snprintf(t->tenant, sizeof t->tenant, "%s", tenant ? tenant : "");
    snprintf(t->token, sizeof t->token, "%s", auth ? auth : "");
    if (strncmp(path, here, strlen(here)) != 0) {
        status(r, 404, "NotFound", "services \\\"loki\\\" not found");
    } else if (t->no_endpoints) {
        status(r, 503, "ServiceUnavailable", "no endpoints available for service \\\"loki\\\"");
    } else {
        t->asked++;
        server_reply(r, 200, "application/json", NULL,
                     str_of("{\"status\":\"success\",\"data\":[\"shop\",\"edge\"]}"));
    }
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *path = server_path(r), *ns = path + strlen("/api/v1/namespaces/");
    char name[64];
    if (strcmp(path, "/api/v1/services") == 0) {
        t->lists++;
        if (t->list_denied)
            status(r, 403, "Forbidden", "services is forbidden");
        else
            list(t, r, "");
    } else if (strstr(path, "/proxy/")) {
        proxied(t, r, path);
    } else if (strncmp(path, "/api/v1/namespaces/", 19) == 0) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(ns, "/"), ns);
        if (t->open && strcmp(name, t->open) == 0)
            list(t, r, name);
        else
            status(r, 403, "Forbidden", "services is forbidden");
    } else {
        server_reply(r, 200, "text/plain", NULL, str_of("ok"));
    }
}

static void set_up_as(struct test *t, const char *service)
{
    struct conn conn = {.name = mem_dup("loki"), .url = mem_dup("auto"), .tenant = mem_dup("shop")};
    t->bench = kube_bench_new(t, handle);
    free(t->bench->context.namespace_);
    t->bench->context.namespace_ = mem_dup("mine");
    t->bench->context.conn.token = mem_dup("the-token");
    kube_bench_client(t->bench);
    t->loki = loki_new(t->bench->http, &conn, NULL);
    struct gateway_conf conf = {.source = WELL_KNOWN_LOKI,
                                .service = service,
                                .target = loki_target(t->loki),
                                .again_ms = 300};
    t->gateway = gateway_new(t->bench->client, &conf);
    conn_free_inner(&conn);
}

static void tear_down(struct test *t)
{
    loki_free(t->loki);
    gateway_free(t->gateway);
    kube_bench_free(t->bench);
}

static void on_values(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct test *t = context;
    (void)values;
    t->done = true;
    t->values = count;
    t->err = *err;
}

static void ask(struct test *t)
{
    t->done = false;
    loki_label_values(t->loki, "namespace", NULL, 1, 1000000000, on_values, t);
    assert_true(kube_bench_until(t->bench, &t->done, 10000));
}

static void test_found(void **state)
{
    struct test t = {.where = "logging"};
    (void)state;
    set_up_as(&t, NULL);
    assert_string_equal(gateway_text(t.gateway), "");
    ask(&t);
    assert_int_equal(t.err.kind, ERR_NONE);
    assert_int_equal(t.values, 2);
    assert_string_equal(gateway_text(t.gateway), "logging/loki:3100");
    assert_string_equal(t.tenant, "shop");
    assert_string_equal(t.token, "Bearer the-token");
    ask(&t);
    assert_int_equal(t.lists, 1); /* found once is enough */
    assert_int_equal(loki_upstream(t.loki)->state, UPSTREAM_LIVE);
    tear_down(&t);
}

/* Who may list Services of one namespace alone still gets what is there. */
static void test_denied(void **state)
{
    struct test t = {.where = "observability", .list_denied = true, .open = "observability"};
    (void)state;
    set_up_as(&t, NULL);
    ask(&t);
    assert_int_equal(t.err.kind, ERR_NONE);
    assert_int_equal(t.values, 2);
    tear_down(&t);
    t = (struct test){.where = "mine", .list_denied = true, .open = "mine"};
    set_up_as(&t, NULL);
    ask(&t);
    assert_int_equal(t.err.kind, ERR_NONE);
    tear_down(&t);
}

static void test_nowhere(void **state)
{
    struct test t = {.where = NULL};
    (void)state;
    set_up_as(&t, NULL);
    ask(&t);
    assert_int_equal(t.err.kind, ERR_OFF);
    assert_non_null(strstr(t.err.mend, "loki.service"));
    assert_int_equal(loki_upstream(t.loki)->state, UPSTREAM_OFF);
    ask(&t); /* is not looked for at every question */
    assert_int_equal(t.lists, 1);
    tear_down(&t);
    t = (struct test){.list_denied = true};
    set_up_as(&t, NULL);
    ask(&t);
    assert_int_equal(t.err.kind, ERR_OFF);
    assert_non_null(strstr(t.err.what, "mine, monitoring, loki"));
    tear_down(&t);
}

static void test_configured(void **state)
{
    struct test t = {.where = "odd", .list_denied = true};
    (void)state;
    set_up_as(&t, "odd/loki:3100");
    ask(&t);
    assert_int_equal(t.err.kind, ERR_NONE);
    assert_int_equal(t.lists, 0);
    tear_down(&t);
}

/* It moves to another namespace: the first question says that it is away, a later one finds it. */
static void test_moved(void **state)
{
    struct test t = {.where = "logging"};
    (void)state;
    set_up_as(&t, NULL);
    ask(&t);
    t.no_endpoints = true;
    ask(&t);
    assert_int_equal(t.err.kind, ERR_AWAY);
    assert_non_null(strstr(t.err.what, "no endpoints"));
    assert_int_equal(loki_upstream(t.loki)->state, UPSTREAM_STALE);
    t.no_endpoints = false;
    ask(&t);
    assert_int_equal(t.err.kind, ERR_NONE);
    t.where = "loki";
    ask(&t);
    assert_int_equal(t.err.kind, ERR_AWAY);
    for (int i = 0; i < 150 && t.err.kind; i++) {
        kube_bench_wait(t.bench, 100);
        ask(&t);
    }
    assert_int_equal(t.err.kind, ERR_NONE);
    assert_string_equal(gateway_text(t.gateway), "loki/loki:3100");
    tear_down(&t);
}

/* The board leaves while it is looked for. */
static void test_left(void **state)
{
    struct test t = {.where = "logging"};
    (void)state;
    set_up_as(&t, NULL);
    loki_label_values(t.loki, "namespace", NULL, 1, 1000000000, on_values, &t);
    tear_down(&t);
    assert_false(t.done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),   cmocka_unit_test(test_denied),
        cmocka_unit_test(test_nowhere), cmocka_unit_test(test_configured),
        cmocka_unit_test(test_moved),   cmocka_unit_test(test_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
