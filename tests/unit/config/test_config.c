#include "config/config.h"

#include "base/clock.h"
#include "tests/unit/config/loading.h"

static void test_defaults(void **state)
{
    (void)state;
    struct err err;
    struct config *c = config_load(NULL, NULL, &err); /* no HOME, no file */
    assert_non_null(c);
    assert_null(c->file);
    assert_null(c->cluster);
    assert_null(c->kubernetes.kubeconfig);
    assert_string_equal(c->loki.url, "auto");
    assert_string_equal(c->loki.name, "loki");
    assert_null(c->loki.proxy);
    assert_string_equal(c->loki_labels.namespace_, rule_labels_default.namespace_);
    assert_string_equal(c->loki_labels.pod, rule_labels_default.pod);
    assert_string_equal(c->loki_labels.container, rule_labels_default.container);
    assert_string_equal(c->loki_labels.node, rule_labels_default.node);
    assert_string_equal(c->loki_labels.app, rule_labels_default.app);
    assert_int_equal(c->loki_budget, 5000000000);
    assert_null(c->store.raw);
    assert_int_equal(c->store.client, CONFIG_CLIENT_AUTO);
    assert_int_equal(c->collector.window, 10 * CLOCK_MINUTE);
    assert_int_equal(c->collector.grace, 90 * CLOCK_SECOND);
    assert_int_equal(c->collector.catch_up, CLOCK_DAY);
    assert_int_equal(c->collector.rule_count, 1);
    assert_string_equal(c->collector.redact[0], "aws-keys");
    assert_string_equal(c->collector.redact[6], "card-numbers");
    assert_null(c->collector.redact[7]);
    assert_true(c->collector.snapshots);
    assert_int_equal(c->collector.events, CONFIG_EVENTS_LOKI);
    assert_int_equal(c->collector.retain_processed, 365 * CLOCK_DAY);
    assert_string_equal(c->collector.listen, "0.0.0.0:8080");
    assert_string_equal(c->ui.theme, "dark");
    assert_int_equal(c->ui.ascii, CONFIG_AUTO);
    config_free(c);
    config_free(NULL);
}

/* The default rule is the one whose query CONTRACT.md shows. */
static void test_default_rule(void **state)
{
    (void)state;
    struct config *c = loading_good("");
    struct buf query;
    buf_init(&query, 4096);
    assert_string_equal(c->collector.rules[0].name, "errors");
    rule_query(&c->collector.rules[0], &c->loki_labels, &query);
    assert_string_equal(buf_text(&query), "{namespace!=\"\",namespace!~\"kube-system\"} "
                                          "|~ \"(?i)(error|fatal|panic|exception)\" "
                                          "|~ \"(?i)\\\\b(error|fatal|panic|exception)\\\\b\"");
    buf_free(&query);
    config_free(c);
}

static void assert_path(const char *path, const char *name)
{
    assert_string_equal(path, loading_path(name));
}

/* The example of CONTRACT.md, whole. */
static void test_contract(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 16);
    assert_true(file_read(TEST_DATA "/config/contract.yaml", &text, NULL));
    setenv("HOME", "/home/u", 1);
    struct config *c = loading_good(buf_text(&text));
    assert_path(c->file, "c.yaml");
    assert_string_equal(c->cluster, "prod-seoul");
    assert_string_equal(c->kubernetes.kubeconfig, "/home/u/.kube/config");
    assert_string_equal(c->kubernetes.context, "prod");
    assert_string_equal(c->loki.url, "https://loki.example.com");
    assert_string_equal(c->loki.tenant, "shop");
    assert_string_equal(c->loki.user, "u");
    assert_path(c->loki.password_file, "p");
    assert_path(c->loki.ca_file, "ca.pem");
    assert_path(c->loki.cert_file, "c.pem");
    assert_path(c->loki.key_file, "k.pem");
    assert_string_equal(c->loki.server_name, "n");
    assert_false(c->loki.insecure);
    assert_string_equal(c->loki.proxy, "http://proxy:3128");
    assert_string_equal(c->loki_labels.node, "node_name");
    assert_int_equal(c->loki_queries.count, 1);
    assert_string_equal(c->loki_queries.list[0].name, "slow");
    assert_string_equal(c->loki_queries.list[0].value,
                        "{namespace=\"shop\"} | json | duration > 1s");
    assert_string_equal(c->prometheus.url, "auto");
    assert_string_equal(c->prometheus_charts.list[0].value, "sum(queue_depth)");
    assert_string_equal(c->store.raw, "s3://kubeboard-raw/errors");
    assert_string_equal(c->store.processed, "s3://kubeboard-errors/errors");
    assert_string_equal(c->store.endpoint, "https://s3.ap-northeast-2.amazonaws.com");
    assert_string_equal(c->store.region, "ap-northeast-2");
    assert_int_equal(c->collector.rule_count, 2);
    const struct rule *r = &c->collector.rules[1];
    assert_string_equal(r->name, "gateway-5xx");
    assert_string_equal(r->logql, "{namespace=\"edge\"} | json | status >= 500");
    assert_null(r->match);
    assert_null(r->namespaces);
    assert_int_equal(r->around, 3);
    assert_int_equal(r->limit, 1000000);
    r = &c->collector.rules[0];
    assert_string_equal(r->namespaces[0], "*");
    assert_string_equal(r->exclude_namespaces[0], "kube-system");
    assert_string_equal(r->match, "(?i)\\b(error|fatal|panic|exception)\\b");
    assert_string_equal(c->collector.redact_patterns.list[0].name, "ticket");
    assert_string_equal(c->collector.redact_patterns.list[0].value, "T-\\d{9}");
    assert_int_equal(c->collector.retain_raw, 30 * CLOCK_DAY);
    assert_string_equal(c->collector.lease_name, "kubeboard-prod-seoul");
    assert_string_equal(c->collector.listen_token_file, "/etc/kubeboard/token");
    assert_string_equal(c->ui.layout, "triage");
    assert_int_equal(c->ui.keys.count, 0);
    config_free(c);
    buf_free(&text);
}

static void test_environment_and_overrides(void **state)
{
    (void)state;
    loading_write("c.yaml", "cluster: a\nloki: {url: 'http://file', tenant: file}\n", 0600);
    setenv("KUBEBOARD_LOKI_URL", "http://environment:3100/", 1);
    setenv("KUBEBOARD_LOKI_TENANT", "", 1); /* empty: not given */
    setenv("KUBEBOARD_COLLECTOR_RETAIN_RAW", "7d", 1);
    setenv("KUBEBOARD_UI_MOUSE", "true", 1);
    setenv("KUBEBOARD_CLUSTER", "b", 1);
    const struct config_override overrides[] = {
        {"cluster", "c"}, {"kubernetes.kubeconfig", "k"}, {0}};
    struct config *c = config_load(loading_path("c.yaml"), overrides, NULL);
    assert_string_equal(c->loki.url, "http://environment:3100");
    assert_string_equal(c->loki.tenant, "file");
    assert_int_equal(c->collector.retain_raw, 7 * CLOCK_DAY);
    assert_true(c->ui.mouse);
    assert_string_equal(c->cluster, "c");
    /* What stands on the command line is relative to where it was written. */
    char here[512], expected[600];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/k", here);
    assert_string_equal(c->kubernetes.kubeconfig, expected);
    config_free(c);
}

static void assert_load_error(const char *file, const struct config_override *o,
                              const char *expected)
{
    struct err err;
    char line[1024];
    assert_null(config_load(file, o, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err_line(&err, line, sizeof line), expected);
}

static void test_errors_name_their_origin(void **state)
{
    (void)state;
    setenv("KUBEBOARD_COLLECTOR_WINDOW", "25m", 1);
    assert_load_error(NULL, NULL,
                      "KUBEBOARD_COLLECTOR_WINDOW: a window must be whole minutes that divide an "
                      "hour: write 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m or 1h");
    setenv("KUBEBOARD_COLLECTOR_WINDOW", "ten", 1);
    assert_load_error(NULL, NULL,
                      "KUBEBOARD_COLLECTOR_WINDOW: 'ten' is no span: write it as 90s, "
                      "10m, 24h or 30d");
    unsetenv("KUBEBOARD_COLLECTOR_WINDOW");
    assert_load_error(NULL, (struct config_override[]){{"cluster", "a b"}, {0}},
                      "cluster: 'a b' is not possible here: write [A-Za-z0-9._-]{1,63}");
    assert_load_error(NULL, (struct config_override[]){{"collector.rules", "x"}, {0}},
                      "collector.rules: there is no such key with a single value: see the list of "
                      "keys in kubeboard(1)");
    assert_load_error(NULL, (struct config_override[]){{"collector.rules[].name", "x"}, {0}},
                      "collector.rules[].name: there is no such key with a single value: see the "
                      "list of keys in kubeboard(1)");
    assert_load_error("/nowhere/c.yaml", NULL,
                      "/nowhere/c.yaml: cannot open it: No such file or directory: name another by "
                      "--config or $KUBEBOARD_CONFIG");
}

static void assert_theme(const char *file, const char *theme)
{
    struct config *c = config_load(file, NULL, NULL);
    assert_string_equal(c->ui.theme, theme);
    config_free(c);
}

static void test_which_file(void **state)
{
    (void)state;
    loading_write("c.yaml", "ui: {theme: variable}", 0600);
    loading_write("kubeboard/config.yaml", "ui: {theme: xdg}", 0600);
    loading_write(".config/kubeboard/config.yaml", "ui: {theme: home}", 0600);
    assert_theme(NULL, "dark");
    setenv("HOME", loading_folder, 1);
    assert_theme(NULL, "home");
    setenv("XDG_CONFIG_HOME", "relative", 1); /* such a one is to be ignored */
    assert_theme(NULL, "home");
    setenv("XDG_CONFIG_HOME", "/nowhere", 1); /* a missing default file is no error */
    assert_theme(NULL, "dark");
    setenv("XDG_CONFIG_HOME", loading_folder, 1);
    assert_theme(NULL, "xdg");
    setenv("KUBEBOARD_CONFIG", loading_path("c.yaml"), 1);
    assert_theme(NULL, "variable");
    setenv("KUBEBOARD_CONFIG", "", 1);
    assert_theme(NULL, "xdg");
    assert_theme("~/c.yaml", "variable");
    setenv("KUBEBOARD_CONFIG", "/nowhere/c.yaml", 1);
    assert_load_error(NULL, NULL,
                      "/nowhere/c.yaml: cannot open it: No such file or directory: name another by "
                      "--config or $KUBEBOARD_CONFIG");
    char expected[128];
    snprintf(expected, sizeof expected, "%s: cannot read it: Is a directory", loading_folder);
    assert_load_error(loading_folder, NULL, expected);
}

/* Of the second file counts what is of the screen; its faults, and where they are, are told. */
static void test_own_file(void **state)
{
    (void)state;
    loading_write("c.yaml",
                  "cluster: sandbox\nloki: {url: 'http://127.0.0.1:1'}\nui: {mouse: true}", 0600);
    char file[256];
    str_copy(file, sizeof file, loading_path("c.yaml"));
    loading_write(
        "token",
        "cluster: prod\nloki: {url: 'https://loki', tenant: a, queries: {mine: '{a=\"b\"}'}}\n"
        "ui:\n  theme: light\n  mouse:\n",
        0600);
    struct config *c = config_load_own(file, loading_path("token"), NULL, NULL);
    assert_non_null(c);
    assert_string_equal(c->cluster, "sandbox");
    assert_string_equal(c->loki.url, "http://127.0.0.1:1");
    assert_null(c->loki.tenant);
    assert_int_equal(c->loki_queries.count, 1);
    assert_string_equal(c->ui.theme, "light");
    assert_true(c->ui.mouse);
    struct err err;
    char expected[300];
    err_set(&err, ERR_CONFIG, "ui.theme", "", "there is none");
    config_place(c, &err);
    snprintf(expected, sizeof expected, "%s:4: ui.theme", loading_path("token"));
    assert_string_equal(err.where, expected);
    config_free(c);
    loading_write("token", "loki: {urll: x}", 0600);
    assert_null(config_load_own(file, loading_path("token"), NULL, &err));
    assert_non_null(strstr(err.where, "token:1: loki.urll"));
    assert_null(config_load_own(file, "/nowhere", NULL, &err));
}

static void test_relative_file(void **state)
{
    (void)state;
    char here[512];
    assert_non_null(getcwd(here, sizeof here));
    loading_write("c.yaml", "loki: {tls: {ca_file: a/ca.pem}}\nkubernetes: {kubeconfig: ~/k}",
                  0600);
    assert_int_equal(chdir(loading_folder), 0);
    struct config *c = config_load("c.yaml", NULL, NULL);
    assert_int_equal(chdir(here), 0);
    assert_path(c->file, "c.yaml");
    assert_path(c->loki.ca_file, "a/ca.pem");
    assert_string_equal(c->kubernetes.kubeconfig, "~/k"); /* there is no HOME to put in */
    config_free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loading_setup, loading_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),
        TEST(test_default_rule),
        TEST(test_contract),
        TEST(test_environment_and_overrides),
        TEST(test_errors_name_their_origin),
        TEST(test_which_file),
        TEST(test_own_file),
        TEST(test_relative_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
