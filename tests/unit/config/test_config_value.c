#include "config/config_value.h"

#include "base/clock.h"
#include "tests/unit/config/loading.h"

static void test_wrong_values(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"cluster: a/b", "cluster: 'a/b' is not possible here: write [A-Za-z0-9._-]{1,63}"},
        {"cluster: \"a\\n\"", "cluster: 'a ' is not possible here: write [A-Za-z0-9._-]{1,63}"},
        {"cluster: ''", "cluster: this is empty: write a plain text"},
        {"cluster: [a]", "cluster: this is a list, but a text is wanted: write a plain text"},
        {"loki: {url: 'ftp://a'}", "loki.url: 'ftp://a' is no http or https URL: write "
                                   "http://host:port, https://host/path or auto"},
        {"loki: {url: 'http://'}", "loki.url: 'http://' names no host: write http://host:port, "
                                   "https://host/path or auto"},
        {"loki: {url: 'https://u:secret@a'}",
         "loki.url: a URL may not hold a user or a password: write user and password as basic: "
         "{username, password_file}"},
        {"loki: {url: 'u:secret@a'}",
         "loki.url: a URL may not hold a user or a password: write user and password as basic: "
         "{username, password_file}"},
        {"loki: {tenant: \"a\\u0007\"}",
         "loki.tenant: 'a␇' is not possible here: write a plain text"},
        {"loki: {proxy: 'ftp://u:secret@a'}",
         "loki.proxy: this is no proxy: write http://host:port or socks5h://host:port; \"\" for "
         "none"},
        {"loki: {proxy: 'http://'}", "loki.proxy: this is no proxy: write http://host:port or "
                                     "socks5h://host:port; \"\" for none"},
        {"loki: {tls: {insecure: yes}}",
         "loki.tls.insecure: 'yes' is neither true nor false: write true or false"},
        {"loki: {tls: {ca_file: ''}}", "loki.tls.ca_file: this is empty: write a file's path, "
                                       "absolute or relative to this file"},
        {"loki: {labels: {pod: 'a-b'}}",
         "loki.labels.pod: 'a-b' is not possible here: write [A-Za-z_][A-Za-z0-9_]*"},
        {"loki: {budget: 5 parsecs}",
         "loki.budget: '5 parsecs' is no size: write it as 500MB, 5GB or 5GiB"},
        {"loki: {budget: 2EB}", "loki.budget: '2EB' is not between 0 and 1EB: write it as 500MB, "
                                "5GB or 5GiB"},
        {"loki: {headers: [a]}", "loki.headers: this is a list, but a map of headers is wanted: "
                                 "write names and values below it: X-Name: value"},
        {"loki: {headers: {'a b': c}}", "loki.headers: 'a b' is not possible here: write "
                                        "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"},
        {"loki: {headers: {A: \"secret\\nB: c\"}}",
         "loki.headers: the value of A has more than one line: write names and values below it: "
         "X-Name: value"},
        {"loki: {queries: {a: [b]}}", "loki.queries: this is a list, but a text is wanted: write "
                                      "names and texts below it: name: text"},
        {"store: {raw: /mnt/efs}", "store.raw: '/mnt/efs' is no place for a store: write "
                                   "file:///folder or s3://bucket/prefix"},
        {"store: {raw: 's3://'}", "store.raw: 's3://' is no place for a store: write "
                                  "file:///folder or s3://bucket/prefix"},
        {"store: {s3: {client: boto}}",
         "store.s3.client: 'boto' is not possible here: write one of auto|curl|libs3"},
        {"store: {s3: {endpoint: 'http://key:secret@a'}}",
         "store.s3.endpoint: a URL may not hold a user or a password: give keys by the environment "
         "or a profile, as the AWS SDKs take them"},
        {"collector: {grace: 2h}", "collector.grace: '2h' is not between 0s and 1h: write it as "
                                   "90s, 10m, 24h or 30d"},
        {"collector: {grace: 90}",
         "collector.grace: '90' is no span: write it as 90s, 10m, 24h or 30d"},
        {"collector: {redact: emails}", "collector.redact: this is a text, but a list of texts is "
                                        "wanted: write a list: [a, b]"},
        {"collector: {redact: [emails, names]}",
         "collector.redact: 'names' is not possible here: write "
         "aws-keys|bearer-tokens|jwts|passwords|private-keys|emails|card-numbers"},
        {"collector: {redact_patterns: {ticket: 'T-('}}",
         "collector.redact_patterns: bad pattern: missing closing parenthesis, at byte 3: "
         "write names and "
         "patterns below it: ticket: 'T-\\d{9}'"},
        {"collector: {events: file}",
         "collector.events: 'file' is not possible here: write one of loki|stdout|off"},
        {"collector: {retain: {raw: 1m}}", "collector.retain.raw: '1m' is not between 1h and "
                                           "36500d: write it as 90s, 10m, 24h or 30d"},
        {"collector: {listen: 8080}", "collector.listen: '8080' is no address to listen on: write "
                                      "host:port, 0.0.0.0:8080 or [::1]:8080"},
        {"collector: {listen: 'a:70000'}",
         "collector.listen: 'a:70000' is no address to listen on: write host:port, 0.0.0.0:8080 or "
         "[::1]:8080"},
        {"ui: {ascii: maybe}",
         "ui.ascii: 'maybe' is not possible here: write one of auto|true|false"},
        {"ui: {keys: {a: {b: c}}}", "ui.keys: this is a map, but a text is wanted: write names and "
                                    "texts below it: name: text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[600];
        snprintf(expected, sizeof expected, "DIR/c.yaml:1: %s", cases[i][1]);
        loading_bad(cases[i][0], expected);
    }
    loading_bad("collector:\n  redact:\n  - emails\n  - 5",
                "DIR/c.yaml:4: collector.redact: '5' is not possible here: write "
                "aws-keys|bearer-tokens|jwts|passwords|private-keys|emails|card-numbers");
}

static int64_t budget(const char *text)
{
    char yaml[64];
    snprintf(yaml, sizeof yaml, "loki: {budget: %s}", text);
    struct config *c = loading_good(yaml);
    int64_t bytes = c->loki_budget;
    config_free(c);
    return bytes;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(budget("0"), 0);
    assert_int_equal(budget("1024"), 1024);
    assert_int_equal(budget("10 KB"), 10000);
    assert_int_equal(budget("1.5GB"), 1500000000);
    assert_int_equal(budget("5GiB"), INT64_C(5) << 30);
    assert_int_equal(budget("1EB"), INT64_C(1000000000000000000));
}

static void test_good_values(void **state)
{
    (void)state;
    struct config *c = loading_good(
        "loki: {url: 'https://a/loki///', proxy: '', tenant: 5}\n"
        "prometheus: {proxy: 'proxy:3128'}\nalertmanager: {proxy: 'socks5h://p:1'}\n"
        "store: {raw: 's3://bucket/', processed: 'file:///mnt/efs/', s3: {encryption: "
        "'aws:kms:key/1', timeout: 30s, part_size: 8MiB}}\n"
        "collector: {redact: [], listen: '[::1]:0', grace: 0s, window: 1h, events: off}\n"
        "ui: {ascii: true, keys: {help: F1}}\n");
    assert_string_equal(c->loki.url, "https://a/loki");
    assert_string_equal(c->loki.proxy, "");
    assert_string_equal(c->loki.tenant, "5");
    assert_string_equal(c->prometheus.proxy, "proxy:3128");
    assert_string_equal(c->alertmanager.proxy, "socks5h://p:1");
    assert_string_equal(c->store.raw, "s3://bucket");
    assert_string_equal(c->store.processed, "file:///mnt/efs");
    assert_string_equal(c->store.encryption, "aws:kms:key/1");
    assert_int_equal(c->store.timeout, 30 * CLOCK_SECOND);
    assert_int_equal(c->store.part_size, 8 << 20);
    assert_null(c->collector.redact[0]);
    assert_string_equal(c->collector.listen, "[::1]:0");
    assert_int_equal(c->collector.window, CLOCK_HOUR);
    assert_int_equal(c->collector.events, CONFIG_EVENTS_OFF);
    assert_int_equal(c->ui.ascii, CONFIG_TRUE);
    assert_string_equal(c->ui.keys.list[0].value, "F1");
    config_free(c);
}

static void test_secret_files(void **state)
{
    (void)state;
    const char *yaml = "loki: {url: 'http://a', bearer_token_file: token}";
    config_free(loading_good(yaml)); /* not there yet: whoever needs it says so */
    loading_write("token", "x", 0600);
    config_free(loading_good(yaml));
    loading_write("token", "x", 0644);
    loading_bad(yaml, "DIR/c.yaml:1: loki.bearer_token_file: others can read the secret in "
                      "DIR/token: chmod 600 DIR/token");
    /* As Kubernetes mounts a volume: the link leads into a folder that begins with two dots. */
    char folder[256], file[300], link[256];
    snprintf(folder, sizeof folder, "%s", loading_path("..2021_08_27"));
    snprintf(file, sizeof file, "%s/token", folder);
    snprintf(link, sizeof link, "%s", loading_path("token"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(rename(link, file), 0);
    assert_int_equal(symlink("..2021_08_27/token", link), 0);
    config_free(loading_good(yaml));
    unlink(link);
    unlink(file);
    rmdir(folder);
}

/* Of a long path the end is shown, and the key is always there. */
static void test_long_path(void **state)
{
    (void)state;
    char file[300], where[200];
    memset(file, 'd', sizeof file);
    snprintf(file + 280, 20, "/config.yaml");
    const struct config_value_source source = {.origin = CONFIG_VALUE_FILE, .file = file};
    config_value_place(&source, "collector.retain.snapshots", 12, where, sizeof where);
    assert_true(strlen(where) < 199);
    assert_non_null(strstr(where, "dd/config.yaml:12: collector.retain.snapshots"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loading_setup, loading_teardown)
    const struct CMUnitTest tests[] = {TEST(test_wrong_values), TEST(test_sizes),
                                       TEST(test_good_values), TEST(test_secret_files),
                                       TEST(test_long_path)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
