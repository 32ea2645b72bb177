#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/regex.h"
#include "model/ownership.h"

static void test_covers(void **state)
{
    (void)state;
    static const struct {
        const char *workload, *owner;
        bool covers;
    } cases[] = {
        {"Deployment/web", "ReplicaSet/web-7d9f8c6b5", true},
        {"Deployment/web", "replicaset/web-7d9f8c6b5", true},
        {"Deployment/web", "ReplicaSet/web-api-7d9f8c6b5", false},
        {"Deployment/web-api", "ReplicaSet/web-api-7d9f8c6b5", true},
        {"Deployment/web", "ReplicaSet/web", false},
        {"Deployment/web", "ReplicaSet/web-", false},
        {"Deployment/web", "StatefulSet/web", false},
        {"Deployment/web", "StatefulSet/web-1", false},
        {"StatefulSet/web", "StatefulSet/web", true},
        {"StatefulSet/web", "statefulset/web", true},
        {"StatefulSet/web", "StatefulSet/web2", false},
        {"ReplicaSet/web-7d9f8c6b5", "ReplicaSet/web-7d9f8c6b5", true},
        {"CronJob/backup", "Job/backup-27168040", true},
        {"CronJob/backup", "Job/backup", false},
        {"Widget/w", "Widget/w", true},
        {"Widget/w", "ReplicaSet/w-1", false},
        {"Deployment/web", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (ownership_covers(cases[i].workload, cases[i].owner) != cases[i].covers)
            fail_msg("%s and %s", cases[i].workload, cases[i].owner);
}

static bool pod_of(const char *workload, const char *pod)
{
    struct buf pattern;
    struct err err;
    buf_init(&pattern, 4096);
    buf_adds(&pattern, "^(?:");
    ownership_pods(workload, &pattern);
    buf_adds(&pattern, ")$");
    struct regex *r = regex_new(buf_text(&pattern), 0, &err);
    assert_non_null(r);
    bool matches = regex_matches(r, str_of(pod));
    regex_free(r);
    buf_free(&pattern);
    return matches;
}

static void test_pods(void **state)
{
    (void)state;
    assert_true(pod_of("Deployment/web", "web-7d9f8c6b5-x2x4z"));
    assert_false(pod_of("Deployment/web", "web-api-7d9f8c6b5-x2x4z"));
    assert_true(pod_of("StatefulSet/db", "db-0"));
    assert_false(pod_of("StatefulSet/db", "db-0-x"));
    assert_true(pod_of("DaemonSet/agent", "agent-x2x4z"));
    assert_true(pod_of("Job/import", "import-x2x4z"));
    assert_true(pod_of("Job/import", "import-3-x2x4z"));
    assert_true(pod_of("CronJob/backup", "backup-27168040-x2x4z"));
    assert_true(pod_of("Deployment/web.v1", "web.v1-7d9f8c6b5-x2x4z"));
    assert_false(pod_of("Deployment/web.v1", "webxv1-7d9f8c6b5-x2x4z"));
    assert_true(pod_of("Widget/w", "w-anything"));
    assert_false(pod_of("Widget/w", "wx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_covers), cmocka_unit_test(test_pods)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
