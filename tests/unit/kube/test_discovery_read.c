#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "kube/discovery_read.h"
#include "kube/kinds/kinds.h"
#include "model/kind_names.h"

struct told {
    char paths[512];
};

static void tell(void *context, const char *path, int rank)
{
    struct told *t = context;
    size_t n = strlen(t->paths);
    (void)rank;
    str_copy(t->paths + n, sizeof t->paths - n, path);
    n = strlen(t->paths);
    str_copy(t->paths + n, sizeof t->paths - n, " ");
}

static struct told read_text(struct discovery_list *l, int rank, const char *text)
{
    struct told t = {""};
    struct err err;
    if (!discovery_read(l, "/apis", rank, str_of(text), tell, &t, &err))
        fail_msg("%s", err.what);
    return t;
}

static const char core[] =
    "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":["
    "{\"name\":\"pods\",\"singularName\":\"\",\"namespaced\":true,\"kind\":\"Pod\",\"shortNames\":["
    "\"po\"]},"
    "{\"name\":\"pods/log\",\"namespaced\":true,\"kind\":\"Pod\"},"
    "{\"name\":\"secrets\",\"namespaced\":true,\"kind\":\"Secret\"},"
    "{\"name\":\"events\",\"namespaced\":true,\"kind\":\"Event\",\"shortNames\":[\"ev\"]},"
    "{\"name\":\"services\",\"namespaced\":true,\"kind\":\"Service\",\"shortNames\":[\"svc\",null,"
    "7]}]}";

static const char groups[] =
    "{\"kind\":\"APIGroupList\",\"groups\":["
    "{\"name\":\"apps\",\"versions\":[{\"groupVersion\":\"apps/v1beta1\"},{\"groupVersion\":\"apps/"
    "v1\"}],\"preferredVersion\":{\"groupVersion\":\"apps/v1\"}},"
    "{\"name\":\"events.k8s.io\",\"versions\":[{\"groupVersion\":\"events.k8s.io/"
    "v1\"}],\"preferredVersion\":{\"groupVersion\":\"events.k8s.io/v1\"}}]}";

static const char aggregated[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"items\":["
    "{\"metadata\":{\"name\":\"batch\"},\"versions\":[{\"version\":\"v1\",\"resources\":["
    "{\"resource\":\"cronjobs\",\"responseKind\":{\"kind\":\"CronJob\"},\"scope\":\"Namespaced\","
    "\"singularResource\":\"cronjob\",\"shortNames\":[\"cj\"]}]},"
    "{\"version\":\"v1beta1\",\"resources\":[{\"resource\":\"cronjobs\",\"responseKind\":{\"kind\":"
    "\"CronJob\"},\"scope\":\"Namespaced\"}]}]},"
    "{\"metadata\":{\"name\":\"metrics.k8s.io\"},\"versions\":[{\"version\":\"v1beta1\","
    "\"resources\":["
    "{\"resource\":\"pods\",\"responseKind\":{\"kind\":\"PodMetrics\"},\"scope\":\"Namespaced\","
    "\"singularResource\":\"pod\"}]}]},"
    "{\"metadata\":{\"name\":\"networking.k8s.io\"},\"versions\":[{\"version\":\"v1\","
    "\"resources\":["
    "{\"resource\":\"ingresses\",\"responseKind\":{\"kind\":\"Ingress\"},\"scope\":\"Namespaced\","
    "\"shortNames\":[\"ing\"]},"
    "{\"resource\":\"ingressclasses\",\"responseKind\":{\"kind\":\"IngressClass\"},\"scope\":"
    "\"Cluster\"}]}]}]}";

static void check(const struct discovery_list *l, const char *name, const char *api,
                  const char *plural)
{
    const struct kind *kind = discovery_read_match(l, name);
    if (!api) {
        assert_null(kind);
        return;
    }
    if (!kind)
        fail_msg("%s was not found", name);
    assert_string_equal(kind->api, api);
    assert_string_equal(kind->name, plural);
}

static void old_servers_name_groups_first(void **state)
{
    struct discovery_list l = {0};
    (void)state;
    assert_string_equal(
        read_text(&l, 0, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\",null]}").paths,
        "/api/v1 ");
    assert_string_equal(read_text(&l, DISCOVERY_RANK_GROUP, groups).paths,
                        "/apis/apps/v1beta1 /apis/apps/v1 /apis/events.k8s.io/v1 ");
    read_text(&l, 0, core);
    assert_int_equal(l.count, 4);
    discovery_read_sort(&l);
    check(&l, "svc", "/api/v1", "services");
    assert_string_equal(discovery_read_match(&l, "svc")->singular, "service");
    assert_string_equal(discovery_read_match(&l, "svc")->short_names, "svc");
    assert_true(discovery_read_match(&l, "svc")->namespaced);
    assert_true(kinds_is_secret(discovery_read_match(&l, "secrets")));
    discovery_read_free(&l);
}

static void names_as_kubectl_resolves_them(void **state)
{
    struct discovery_list l = {0};
    (void)state;
    read_text(&l, DISCOVERY_RANK_GROUP, aggregated);
    read_text(&l, 0, core);
    discovery_read_sort(&l);
    check(&l, "pods", "/api/v1", "pods"); /* core comes first, whatever came in first */
    check(&l, "PO", "/api/v1", "pods");
    check(&l, "PodMetrics", "/apis/metrics.k8s.io/v1beta1", "pods");
    check(&l, "pods.metrics.k8s.io", "/apis/metrics.k8s.io/v1beta1", "pods");
    check(&l, "pods.v1beta1.metrics.k8s.io", "/apis/metrics.k8s.io/v1beta1", "pods");
    check(&l, "pods.metrics", "/apis/metrics.k8s.io/v1beta1", "pods");
    check(&l, "cronjobs", "/apis/batch/v1",
          "cronjobs"); /* the group's first version is its preferred */
    check(&l, "cj", "/apis/batch/v1", "cronjobs");
    check(&l, "cronjob.batch", "/apis/batch/v1", "cronjobs");
    check(&l, "cronjobs.v1beta1.batch", "/apis/batch/v1beta1", "cronjobs");
    check(&l, "ing.networking", "/apis/networking.k8s.io/v1", "ingresses");
    check(&l, "pods.v1.", "/api/v1", "pods");
    check(&l, "ingressclass", "/apis/networking.k8s.io/v1", "ingressclasses");
    assert_false(discovery_read_match(&l, "ingressclass")->namespaced);
    check(&l, "pods.nowhere.io", NULL, NULL);
    check(&l, "pods.v9.metrics.k8s.io", NULL, NULL);
    check(&l, "log", NULL, NULL);
    check(&l, "", NULL, NULL);
    check(&l, ".", NULL, NULL);
    size_t count = l.count;
    read_text(&l, 0, core); /* a second time nothing is new, and kinds stay where they are */
    assert_int_equal(l.count, count);
    discovery_read_free(&l);
}

/* Another version of a group, and then a resource of other columns. */
static void what_is_gone_is_not_found(void **state)
{
    static const char before[] = "{\"kind\":\"APIResourceList\",\"groupVersion\":\"a.io/v1alpha1\","
                                 "\"resources\":[{\"name\":\"widgets\",\"kind\":\"Widget\"}]}";
    static const char after[] = "{\"kind\":\"APIResourceList\",\"groupVersion\":\"a.io/v1\","
                                "\"resources\":[{\"name\":\"widgets\",\"kind\":\"Widget\"}]}";
    struct discovery_list l = {.round = 1};
    (void)state;
    read_text(&l, DISCOVERY_RANK_GROUP, before);
    discovery_read_sort(&l);
    const struct kind *old = discovery_read_match(&l, "widgets");
    check(&l, "widgets", "/apis/a.io/v1alpha1", "widgets");
    l.round++;
    read_text(&l, DISCOVERY_RANK_GROUP + 1, after);
    discovery_read_sort(&l); /* not all answered: both are there */
    check(&l, "widgets.v1alpha1.a.io", "/apis/a.io/v1alpha1", "widgets");
    check(&l, "widgets.v1.a.io", "/apis/a.io/v1", "widgets");
    l.whole = l.round;
    discovery_read_sort(&l);
    check(&l, "widgets", "/apis/a.io/v1", "widgets");
    check(&l, "widgets.v1alpha1.a.io", NULL, NULL);
    assert_false(discovery_read_has(&l, "/apis/a.io/v1alpha1", "widgets"));
    assert_string_equal(old->api, "/apis/a.io/v1alpha1"); /* whoever holds it still may */
    const struct kind *new = discovery_read_match(&l, "widgets");
    ((struct discovery_resource *)(uintptr_t) new)->outdated = true;
    l.whole = ++l.round;
    read_text(&l, DISCOVERY_RANK_GROUP, after);
    discovery_read_sort(&l);
    check(&l, "widgets", "/apis/a.io/v1", "widgets");
    assert_ptr_not_equal(discovery_read_match(&l, "widgets"), new);
    discovery_read_free(&l);
}

static void other_answers_are_no_lists(void **state)
{
    static const char *const bad[] = {"", "null", "[]", "<html>", "{\"kind\":\"PodList\"}", "{}"};
    struct discovery_list l = {0};
    struct told t = {""};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err;
        assert_false(discovery_read(&l, "/apis", 0, str_of(bad[i]), tell, &t, &err));
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_string_equal(err.where, "/apis");
    }
    read_text(&l, 0,
              "{\"kind\":\"APIResourceList\",\"groupVersion\":null,\"resources\":[null,{},{"
              "\"name\":7},{\"name\":\"a\",\"kind\":null}]}");
    read_text(&l, 0,
              "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[null,{\"versions\":[null,{"
              "\"resources\":[null,{\"resource\":\"b\"}]}]}]}");
    read_text(&l, 0, "{\"kind\":\"APIGroupList\",\"groups\":[null,{\"versions\":[null,{}]}]}");
    assert_int_equal(l.count, 2);
    discovery_read_free(&l);
}

static void secrets_under_all_their_names(void **state)
{
    static const char *const secret[] = {"secrets",    "secret",      "Secret", "SECRETS",
                                         "secrets.v1", "secrets.v1.", "secret."};
    static const char *const others[] = {
        "pods", "secretstores", "secrets.example.org", "secrets.v1.example.org", "", "sec"};
    (void)state;
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        assert_true(kind_names_secret(secret[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(kind_names_secret(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_servers_name_groups_first),
        cmocka_unit_test(names_as_kubectl_resolves_them),
        cmocka_unit_test(what_is_gone_is_not_found),
        cmocka_unit_test(other_answers_are_no_lists),
        cmocka_unit_test(secrets_under_all_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
