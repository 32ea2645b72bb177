#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/served.h"

#define KIND(plural, one, brief, path, object)                                                     \
    {                                                                                              \
        .name = plural, .singular = one, .short_names = brief, .api = path, .object_kind = object  \
    }
static const struct kind kinds[] = {
    KIND("pods", "pod", "po", "/api/v1", "Pod"),
    KIND("services", "service", "svc", "/api/v1", "Service"),
    KIND("deployments", "deployment", "deploy", "/apis/apps/v1", "Deployment"),
    KIND("daemonsets", "daemonset", "ds", "/apis/apps/v1", "DaemonSet"),
    KIND("deployments", "deployment", "deploy", "/apis/apps/v1beta1", "Deployment"),
    KIND("pods", "pod", "", "/apis/metrics.k8s.io/v1beta1", "PodMetrics"),
    KIND("services", "service", "ksvc kservice", "/apis/serving.knative.dev/v1", "Service"),
    KIND("certificates", "certificate", "cert certs", "/apis/cert-manager.io/v1", "Certificate"),
};

static struct served *all(void)
{
    struct served *s = served_new();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        served_add(s, &kinds[i]);
    return s;
}

static void test_found(void **state)
{
    (void)state;
    static const struct {
        const char *word, *name;
    } words[] = {
        {"po", "pods"},
        {"Pod", "pods"},
        {"pods.metrics", "pods.metrics.k8s.io"},
        {"podmetrics", "pods.metrics.k8s.io"},
        {"svc", "services"},
        {"ksvc", "services.serving.knative.dev"},
        {"services.serving.knative.dev", "services.serving.knative.dev"},
        {"DEPLOY", "deployments.apps"},
        {"deploy.v1.apps", "deployments.apps"},
        {"certs", "certificates.cert-manager.io"},
        {"certificates.cert-manager.io", "certificates.cert-manager.io"},
        {"certificate.v1.cert-manager.io", "certificates.cert-manager.io"},
    };
    static const char *const none[] = {"", ".", "pod.apps", "deploymen", "certificates.io", "apps"};
    struct served *s = all();
    char name[OBJECT_REF_KIND];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct kind *kind = served_find(s, words[i].word);
        if (!kind || !object_ref_kind(kind, name))
            fail_msg("%s was not found", words[i].word);
        assert_string_equal(name, words[i].name);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(served_find(s, none[i]));
    served_free(s);
}

static void test_first_version_counts(void **state)
{
    (void)state;
    struct served *s = all();
    assert_int_equal(served_count(s), sizeof kinds / sizeof *kinds - 1);
    assert_string_equal(served_find(s, "deploy")->api, "/apis/apps/v1");
    served_clear(s);
    assert_int_equal(served_count(s), 0);
    assert_null(served_find(s, "pods"));
    served_add(s, &kinds[0]);
    assert_non_null(served_find(s, "pods"));
    served_free(s);
}

static void assert_near(const struct served *s, const char *word, const char *first, size_t count)
{
    const struct kind *near[SERVED_NEAR];
    size_t n = served_near(s, word, near);
    if (n != count)
        fail_msg("%s: %zu near", word, n);
    if (n)
        assert_string_equal(near[0]->name, first);
}

static void test_near(void **state)
{
    (void)state;
    struct served *s = all();
    assert_near(s, "deplyoment", "deployments", 1); /* two letters changed places */
    assert_near(s, "certificat", "certificates", 1);
    assert_near(s, "Demonsets", "daemonsets", 1);
    assert_near(s, "pds", "pods", 2);
    assert_near(s, "cert-managers", "", 0);
    assert_near(s, "xyzzy", "", 0);
    assert_near(s, "", "", 0);
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_near(s, longest, "", 0);
    served_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_first_version_counts),
        cmocka_unit_test(test_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
