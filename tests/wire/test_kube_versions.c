/* Which version of a resource is asked for: what the server has, the newest first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/discovery.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    struct discovery *discovery;
    bool modern, forbidden;
    bool done;
    const struct kind *kind;
    struct err err;
    size_t rows;
    char row[512];
};

#define LIST(version, resources)                                                                   \
    "{\"kind\":\"APIResourceList\",\"groupVersion\":\"" version "\",\"resources\":[" resources "]" \
    "}"
#define RESOURCE(name, kind, shorts)                                                               \
    "{\"name\":\"" name "\",\"namespaced\":true,\"kind\":\"" kind "\",\"shortNames\":[\"" shorts   \
    "\"]}"
#define GROUP(name, versions)                                                                      \
    "{\"name\":\"" name "\",\"versions\":[" versions                                               \
    "],\"preferredVersion\":{\"groupVersion\":\"" name "/v1\"}}"
#define VERSION(name) "{\"groupVersion\":\"" name "\"}"

static const struct {
    const char *path, *answer;
} old[] = {
    {"/api", "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}"},
    {"/api/v1", LIST("v1", RESOURCE("pods", "Pod", "po"))},
    {"/apis", "{\"kind\":\"APIGroupList\",\"groups\":[" GROUP(
                  "batch", VERSION("batch/v1") "," VERSION(
                               "batch/v1beta1")) "," GROUP("autoscaling",
                                                           VERSION("autoscaling/v1") "," VERSION(
                                                               "autoscaling/v2beta2")) "]}"},
    {"/apis/batch/v1", LIST("batch/v1", RESOURCE("jobs", "Job", "j"))},
    {"/apis/batch/v1beta1", LIST("batch/v1beta1", RESOURCE("cronjobs", "CronJob", "cj"))},
    {"/apis/autoscaling/v1", LIST("autoscaling/v1", RESOURCE("horizontalpodautoscalers",
                                                             "HorizontalPodAutoscaler", "hpa"))},
    {"/apis/autoscaling/v2beta2",
     LIST("autoscaling/v2beta2",
          RESOURCE("horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa"))},
};

static const char modern[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"batch\"},"
    "\"versions\":"
    "[{\"version\":\"v1\",\"resources\":[{\"resource\":\"cronjobs\",\"responseKind\":{\"kind\":"
    "\"CronJob\"},\"scope\":\"Namespaced\"}]}]},{\"metadata\":{\"name\":\"autoscaling\"},"
    "\"versions\":[{\"version\":\"v2\",\"resources\":[{\"resource\":\"horizontalpodautoscalers\","
    "\"responseKind\":{\"kind\":\"HorizontalPodAutoscaler\"},\"scope\":\"Namespaced\"}]},{"
    "\"version\":\"v1\",\"resources\":[{\"resource\":\"horizontalpodautoscalers\",\"responseKind\":"
    "{"
    "\"kind\":\"HorizontalPodAutoscaler\"},\"scope\":\"Namespaced\"}]}]}]}";

static const char cronjob[] =
    "{\"kind\":\"CronJob\",\"metadata\":{\"name\":\"nightly\",\"namespace\":\"shop\"},\"spec\":{"
    "\"schedule\":\"@daily\",\"suspend\":false}}";

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *path = server_path(r);
    if (strstr(path, "/cronjobs")) {
        server_reply(r, 200, "application/json", NULL, str_of(cronjob));
        return;
    }
    if (t->forbidden) {
        server_reply(r, 403, "application/json", NULL,
                     str_of("{\"kind\":\"Status\",\"message\":\"no discovery\",\"code\":403}"));
        return;
    }
    if (t->modern) {
        server_reply(r, 200, "application/json", NULL,
                     str_of(strcmp(path, "/apis") == 0
                                ? modern
                                : "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"));
        return;
    }
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        if (strcmp(path, old[i].path) != 0)
            continue;
        server_reply(r, 200, "application/json", NULL, str_of(old[i].answer));
        return;
    }
    server_reply(r, 404, "text/plain", NULL, str_of("404 page not found"));
}

static void on_found(void *context, const struct kind *kind, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->kind = kind;
    t->err = *err;
}

static const char *api_of(struct test *t, const char *name)
{
    t->done = false;
    discovery_find(t->discovery, name, on_found, t);
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_non_null(t->kind);
    assert_non_null(kinds_row_of(t->kind));
    return t->kind->api;
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    t->discovery = discovery_new(t->bench->client);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    discovery_free(t->discovery);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

static void the_versions_of_1_20(void **state)
{
    struct test *t = *state;
    assert_string_equal(api_of(t, "cj"), "/apis/batch/v1beta1");
    size_t asked = t->bench->requests;
    assert_string_equal(api_of(t, "hpa"), "/apis/autoscaling/v2beta2");
    assert_string_equal(api_of(t, "hpa.v1.autoscaling"), "/apis/autoscaling/v1");
    assert_string_equal(api_of(t, "CronJob.batch"), "/apis/batch/v1beta1");
    assert_string_equal(api_of(t, "cronjobs.bat"), "/apis/batch/v1beta1"); /* a group cut short */
    assert_int_equal(t->bench->requests, asked);
}

static void a_version_that_is_not_served(void **state)
{
    struct test *t = *state;
    t->done = false;
    discovery_find(t->discovery, "cronjobs.v1.batch", on_found, t);
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_null(t->kind);
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_string_equal(api_of(t, "cronjobs.v1beta1.batch"), "/apis/batch/v1beta1");
}

static void the_versions_of_now(void **state)
{
    struct test *t = *state;
    t->modern = true;
    assert_string_equal(api_of(t, "cronjobs"), "/apis/batch/v1");
    assert_string_equal(api_of(t, "hpa"), "/apis/autoscaling/v2");
    assert_int_equal(t->bench->requests, 2);
}

/* Who may not ask what there is gets the newest, and the server's own words for it. */
static void no_discovery_no_choice(void **state)
{
    struct test *t = *state;
    t->forbidden = true;
    assert_string_equal(api_of(t, "cronjobs"), "/apis/batch/v1");
    assert_int_equal(t->err.kind, ERR_NONE);
    kube_bench_stop(t->bench);
    assert_string_equal(api_of(t, "hpa"), "/apis/autoscaling/v2");
}

static bool on_row(void *context, const struct object *row)
{
    struct test *t = context;
    t->rows++;
    snprintf(t->row, sizeof t->row, "%s %s %s", row->name, row->cells[0].text, row->cells[2].text);
    return true;
}

static void on_done(void *context, size_t count, const struct err *err)
{
    struct test *t = context;
    (void)count;
    t->done = true;
    t->err = *err;
}

/* One object goes through the same filter as a list. */
static void one_object_of_ours(void **state)
{
    struct test *t = *state;
    api_of(t, "cj");
    t->done = false;
    get_start(t->bench->client, &(struct get_conf){.kind = t->kind,
                                                   .namespace_ = "shop",
                                                   .name = "nightly",
                                                   .context = t,
                                                   .row = on_row,
                                                   .done = on_done});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->rows, 1);
    assert_string_equal(t->row, "nightly @daily False");
    assert_string_equal(t->bench->last, "/apis/batch/v1beta1/namespaces/shop/cronjobs/nightly");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_versions_of_1_20), TEST(a_version_that_is_not_served), TEST(the_versions_of_now),
        TEST(no_discovery_no_choice), TEST(one_object_of_ours)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
