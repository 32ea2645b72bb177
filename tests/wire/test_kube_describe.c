/* An object to look at: what is asked, what is said where something may not be had, what ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/describe/describe.h"
#include "kube/kinds/kinds.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    bool no_events, no_object, broken;
    char asked[4096];
    bool done;
    struct page *page, *yaml, *events;
    struct err err;
};

static const char node[] =
    "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"n1\","
    "\"managedFields\":[{\"manager\":\"kubelet\"}]},\"status\":{\"conditions\":["
    "{\"type\":\"Ready\",\"status\":\"True\"}]}}";
static const char pods[] = "{\"kind\":\"PodList\",\"metadata\":{},\"items\":[{\"metadata\":{"
                           "\"name\":\"web-1\",\"namespace\":"
                           "\"shop\"},\"status\":{\"phase\":\"Running\"}}]}";
static const char events[] =
    "{\"kind\":\"EventList\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"e\","
    "\"namespace\":"
    "\"default\"},\"type\":\"Warning\",\"reason\":\"Rebooted\",\"message\":\"again\"}]}";

static const char deployment[] =
    "{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":{\"selector\":{"
    "\"matchLabels\":{\"app\":\"web\"}}}}";
static const char service[] =
    "{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":{\"selector\":{\"app\":"
    "\"web\"}}}";
static const char endpoints[] =
    "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"web\"},\"subsets\":[{\"addresses\":["
    "{\"ip\":\"10.1.0.1\"}],\"ports\":[{\"port\":80}]}]}]}";

static void forbid(struct server_request *r, int status, const char *message)
{
    char *body =
        mem_printf("{\"kind\":\"Status\",\"message\":\"%s\",\"code\":%d}", message, status);
    server_reply(r, status, "application/json", NULL, str_of(body));
    free(body);
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *path = server_path(r);
    size_t n = strlen(t->asked);
    snprintf(t->asked + n, sizeof t->asked - n, "%s\n", server_raw_target(r));
    if (strstr(path, "/events") && t->no_events)
        forbid(r, 403, "events is forbidden");
    else if (strstr(path, "/events"))
        server_reply(r, 200, "application/json", NULL, str_of(events));
    else if (strstr(path, "/discovery.k8s.io/v1/"))
        server_reply(r, 200, "application/json", NULL, str_of("{\"metadata\":{},\"items\":[]}"));
    else if (strstr(path, "/discovery.k8s.io/"))
        forbid(r, 404, "the server could not find the requested resource");
    else if (strstr(path, "/endpoints"))
        server_reply(r, 200, "application/json", NULL, str_of(endpoints));
    else if (strstr(path, "/replicasets"))
        forbid(r, 403, "replicasets is forbidden");
    else if (strcmp(path, "/apis/apps/v1/namespaces/shop/deployments/web") == 0)
        server_reply(r, 200, "application/json", NULL, str_of(deployment));
    else if (strcmp(path, "/api/v1/namespaces/shop/services/web") == 0)
        server_reply(r, 200, "application/json", NULL, str_of(service));
    else if (strcmp(path, "/api/v1/pods") == 0 || strcmp(path, "/api/v1/namespaces/shop/pods") == 0)
        server_reply(r, 200, "application/json", NULL, str_of(pods));
    else if (t->no_object)
        forbid(r, 404, "nodes n1 not found");
    else
        server_reply(r, 200, "application/json", NULL, str_of(t->broken ? "{\"metadata\"" : node));
}

static void on_done(void *context, const struct describe_pages *pages, const struct err *err)
{
    struct test *t = context;
    assert_false(t->done);
    t->done = true;
    t->page = pages ? pages->page : NULL;
    t->yaml = pages ? pages->yaml : NULL;
    t->events = pages ? pages->events : NULL;
    t->err = *err;
}

static struct describe *start(struct test *t, const struct kind *kind, const char *ns,
                              const char *name)
{
    t->done = false;
    t->asked[0] = '\0';
    struct describe *d = describe_start(
        t->bench->client,
        &(struct describe_conf){
            .kind = kind, .namespace_ = ns, .name = name, .context = t, .done = on_done});
    assert_false(t->done);
    return d;
}

static void look(struct test *t, const struct kind *kind, const char *ns, const char *name)
{
    page_free(t->page);
    page_free(t->yaml);
    page_free(t->events);
    start(t, kind, ns, name);
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
}

static bool has(const struct page *p, const char *key, const char *value)
{
    for (size_t i = 0; i < page_count(p); i++)
        if (strcmp(page_at(p, i)->key, key) == 0 && strcmp(page_at(p, i)->value, value) == 0)
            return true;
    return false;
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
    page_free(t->page);
    page_free(t->yaml);
    page_free(t->events);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

static void a_node_with_its_pods_and_events(void **state)
{
    struct test *t = *state;
    look(t, kinds_find("nodes"), "", "n1");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_true(has(t->page, "", "Node n1"));
    assert_true(has(t->page, "", "nothing is wrong"));
    assert_true(has(t->page, "shop/web-1", "Running 0/0, restarts 0, requests cpu 0m, memory 0Mi"));
    assert_true(has(t->page, "Rebooted", "long ago: again"));
    assert_true(has(t->events, "", "Node n1"));
    assert_true(has(t->events, "", "again"));
    assert_true(has(t->yaml, "  name:", " n1"));
    assert_true(has(t->yaml, "", "# metadata.managedFields of 1 manager is not shown"));
    assert_non_null(strstr(t->asked, "/api/v1/nodes/n1\n"));
    assert_non_null(strstr(t->asked, "/api/v1/namespaces/default/events?limit=100&fieldSelector="
                                     "involvedObject.kind%3DNode%2CinvolvedObject.name%3Dn1\n"));
    assert_non_null(strstr(t->asked, "/api/v1/pods?limit=100&fieldSelector=spec.nodeName%3Dn1\n"));
}

static void what_stands_near(void **state)
{
    struct test *t = *state;
    look(t, kinds_find("deployments"), "shop", "web");
    assert_true(has(t->page, "", "replicasets is forbidden"));
    assert_true(has(t->page, "web-1", "Running 0/0"));
    assert_non_null(strstr(t->asked, "/namespaces/shop/replicasets?limit=100&labelSelector=app%3D"
                                     "web\n"));
    assert_non_null(strstr(t->asked, "/namespaces/shop/pods?limit=100&labelSelector=app%3Dweb\n"));
    /* No slices: the Endpoints of before. */
    look(t, kinds_find("services"), "shop", "web");
    assert_true(has(t->page, "10.1.0.1:80", "ready"));
    assert_true(has(t->page, "web-1", "Running 0/0"));
    assert_non_null(strstr(t->asked,
                           "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?limit="
                           "100&labelSelector=kubernetes.io%2Fservice-name%3Dweb\n"));
    assert_non_null(
        strstr(t->asked, "/apis/discovery.k8s.io/v1beta1/namespaces/shop/endpointslices"));
    assert_non_null(strstr(t->asked, "/api/v1/namespaces/shop/endpoints?limit=100&fieldSelector="
                                     "metadata.name%3Dweb\n"));
}

static void what_may_not_be_had_is_said(void **state)
{
    struct test *t = *state;
    t->no_events = true;
    look(t, kinds_find("configmaps"), "shop", "cfg");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_true(has(t->page, "", "events is forbidden"));
    assert_non_null(strstr(t->asked, "/api/v1/namespaces/shop/configmaps/cfg\n"));
    assert_non_null(strstr(t->asked, "/api/v1/namespaces/shop/events?"));
    assert_null(strstr(t->asked, "/api/v1/pods"));
}

static void what_ends_it(void **state)
{
    struct test *t = *state;
    static const struct kind secrets = {
        .name = "secrets", .api = "/api/v1", .object_kind = "Secret", .namespaced = true};
    t->no_object = true;
    look(t, kinds_find("nodes"), "", "n1");
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_string_equal(t->err.what, "nodes n1 not found");
    assert_null(t->page);
    assert_null(t->yaml);
    t->no_object = false;
    t->broken = true;
    look(t, kinds_find("nodes"), "", "n1");
    assert_int_equal(t->err.kind, ERR_PROTOCOL);
    assert_null(t->page);
    look(t, &secrets, "shop", "x");
    assert_int_equal(t->err.kind, ERR_USAGE);
    assert_string_equal(t->asked, "");
    kube_bench_stop(t->bench);
    look(t, kinds_find("nodes"), "", "n1");
    assert_int_equal(t->err.kind, ERR_AWAY);
}

static void given_up(void **state)
{
    struct test *t = *state;
    describe_cancel(start(t, kinds_find("nodes"), "", "n1"));
    kube_bench_wait(t->bench, 50);
    assert_false(t->done);
    describe_cancel(NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_node_with_its_pods_and_events),
                                       TEST(what_stands_near), TEST(what_may_not_be_had_is_said),
                                       TEST(what_ends_it), TEST(given_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
