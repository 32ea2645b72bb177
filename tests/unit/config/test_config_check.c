
#include "tests/unit/config/loading.h"

static void test_what_does_not_go_together(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"cluster: '..'", "1: cluster: this names a folder: write a name as prod-seoul"},
        {"collector:\n  window: 25m", "2: collector.window: a window must be whole minutes that "
                                      "divide an hour: write 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, "
                                      "15m, 20m, 30m or 1h"},
        {"collector:\n  window: 90s", "2: collector.window: a window must be whole minutes that "
                                      "divide an hour: write 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, "
                                      "15m, 20m, 30m or 1h"},
        {"collector:\n  window: 2h", "2: collector.window: '2h' is not between 1m and 1h: write it "
                                     "as 90s, 10m, 24h or 30d"},
        {"loki:\n  url: auto\n  bearer_token_file: t",
         "3: loki.bearer_token_file: with url auto the API server keeps Authorization to itself: "
         "set its url, or leave this out"},
        {"alertmanager:\n  basic:\n    username: u\n    password_file: p",
         "3: alertmanager.basic.username: with url auto the API server keeps Authorization to "
         "itself: set its url, or leave this out"},
        {"prometheus:\n  headers: {authorization: x}",
         "2: prometheus.headers: with url auto the API server keeps Authorization to itself: set "
         "its url, or leave this out"},
        {"cluster: ..", "1: cluster: this names a folder: write a name as prod-seoul"},
        {"loki: {url: 'http://a', basic: {username: u}}",
         "1: loki.basic.username: basic has no password_file: write both: basic: {username: u, "
         "password_file: p}"},
        {"loki: {url: 'http://a', basic: {password_file: u}}",
         "1: loki.basic.password_file: basic has no username: write both: basic: {username: u, "
         "password_file: p}"},
        {"loki: {url: 'http://a', bearer_token_file: t, basic: {username: u, password_file: p}}",
         "1: loki.bearer_token_file: there are both basic and a bearer token: leave one of them "
         "out"},
        {"store: {s3: {tls: {cert_file: c}}}",
         "1: store.s3.tls.cert_file: tls has no key_file: write both: tls: {cert_file: c.pem, "
         "key_file: k.pem}"},
        {"loki: {tls: {key_file: c}}", "1: loki.tls.key_file: tls has no cert_file: write both: "
                                       "tls: {cert_file: c.pem, key_file: k.pem}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[600];
        snprintf(expected, sizeof expected, "DIR/c.yaml:%s", cases[i][1]);
        loading_bad(cases[i][0], expected);
    }
}

static void test_what_does(void **state)
{
    (void)state;
    config_free(loading_good("loki: {url: auto, tenant: shop}"));
    static const char *const windows[] = {"1m",  "2m",  "3m",  "4m",  "5m", "6m",  "10m",
                                          "12m", "15m", "20m", "30m", "1h", "60m", "120s"};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        char yaml[64];
        snprintf(yaml, sizeof yaml, "collector: {window: %s}", windows[i]);
        config_free(loading_good(yaml));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loading_setup, loading_teardown)
    const struct CMUnitTest tests[] = {TEST(test_what_does_not_go_together), TEST(test_what_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
