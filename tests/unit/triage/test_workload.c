#include "triage/workload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void workloads_are_read_from_names(void **state)
{
    (void)state;
    static const char *const table[][3] = {
        {"cart-7d9f8c6b5-x2x4z", "cart", "cart"}, /* Deployment */
        {"cart-canary-7d9f8c6b5d-bcdfg", "cart", "cart-canary"},
        {"kube-proxy-x7k2p", "", "kube-proxy"}, /* DaemonSet, Job */
        {"postgres-0", "db", "postgres"},       /* StatefulSet */
        {"postgres-main-12", "", "postgres-main"},
        {"backup-27165420-2zkxp", "", "backup"},   /* CronJob since 1.21 */
        {"backup-1630069200-2zkxp", "", "backup"}, /* and before */
        {"debug", "x", "debug"},
        {"web-proxy", "", "web-proxy"},
        {"my-nginx", "", "my-nginx"},
        {"web-1-2", "", "web-1"},
        {"", "cart", "cart"},
        {"", "", ""},
        {"-0", "", "-0"},
        {"-x2x4z", "", "-x2x4z"},
        {"etcd-node-17", "", "etcd-node"},
    };
    char out[64];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(workload_of(table[i][0], table[i][1], out, sizeof out), table[i][2]);
}

static void what_does_not_fit_is_cut(void **state)
{
    (void)state;
    char out[5];
    assert_string_equal(workload_of("cart-7d9f8c6b5-x2x4z", "", out, sizeof out), "cart");
    assert_string_equal(workload_of("checkout-7d9f8c6b5-x2x4z", "", out, sizeof out), "chec");
    assert_string_equal(workload_of("", "checkout", out, sizeof out), "chec");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workloads_are_read_from_names),
        cmocka_unit_test(what_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
