#include "config/config_table.h"

#include "base/mem.h"
#include "tests/unit/config/loading.h"

static void test_unknown_keys(void **state)
{
    (void)state;
    loading_bad("clutser: a", "DIR/c.yaml:1: clutser: there is no such key: did you mean cluster?");
    loading_bad("xyz: a", "DIR/c.yaml:1: xyz: there is no such key: possible here: cluster "
                          "kubernetes loki prometheus alertmanager server store collector ui");
    loading_bad("ui:\n  mouse: true\n  themes: dark",
                "DIR/c.yaml:3: ui.themes: there is no such key: did you mean ui.theme?");
    loading_bad("loki:\n  tls:\n    cafile: a",
                "DIR/c.yaml:3: loki.tls.cafile: there is no such key: did you mean "
                "loki.tls.ca_file?");
    loading_bad("loki: {tls: {cipher: a}}",
                "DIR/c.yaml:1: loki.tls.cipher: there is no such key: possible here: ca_file "
                "cert_file key_file server_name insecure");
    loading_bad("collector:\n  rules:\n  - name: a\n    mach: x",
                "DIR/c.yaml:4: collector.rules[].mach: there is no such key: did you mean "
                "collector.rules[].match?");
    loading_bad("loki.url: http://a",
                "DIR/c.yaml:1: loki.url: there is no such key: possible here: "
                "cluster kubernetes loki prometheus alertmanager server store "
                "collector ui");
    loading_bad("collector: {'rules[]': {}}",
                "DIR/c.yaml:1: collector.rules[]: there is no such key: did you mean "
                "collector.rules?");
    loading_bad("'': a", "DIR/c.yaml:1: there is no such key: possible here: cluster kubernetes "
                         "loki prometheus alertmanager server store collector ui");
    char long_key[600] = "ui: {";
    memset(long_key + 5, 'x', 500);
    snprintf(long_key + 505, 10, ": 1}");
    struct err err;
    assert_null(loading_load(long_key, &err));
    assert_string_equal(err.what, "there is no such key");
}

static void test_broken_yaml(void **state)
{
    (void)state;
    loading_bad("ui:\n  mouse: true\n  mouse: false",
                "DIR/c.yaml:3: the key 'mouse' stands here a second time: keep one of them");
    loading_bad("[a]", "DIR/c.yaml:1: this is a list, but a map is wanted: possible here: cluster "
                       "kubernetes loki prometheus alertmanager server store collector ui");
    loading_bad("\nhello",
                "DIR/c.yaml:2: this is a text, but a map is wanted: possible here: "
                "cluster kubernetes loki prometheus alertmanager server store collector ui");
    loading_bad("loki: http://a",
                "DIR/c.yaml:1: loki: this is a text, but a map is wanted: "
                "possible here: url service tenant basic bearer_token_file headers tls "
                "proxy labels budget queries");
    loading_bad("ui:\n  - theme", "DIR/c.yaml:2: ui: this is a list, but a map is wanted: possible "
                                  "here: theme layout mouse ascii keys");
    struct err err;
    assert_null(loading_load("a: {", &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_null(loading_load("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                             "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n",
                             &err));
    assert_non_null(strstr(err.what, "aliases"));
}

/* What stands there with nothing behind it was not given. */
static void test_nothing_given(void **state)
{
    (void)state;
    struct config *c = loading_good("# all is commented out\nloki:\n  # url: x\nui:\n  theme:\n"
                                    "  layout: ~\n  mouse: null\ncollector: {rules: , redact: }\n");
    assert_string_equal(c->loki.url, "auto");
    assert_string_equal(c->ui.theme, "dark");
    assert_int_equal(c->collector.rule_count, 1);
    assert_non_null(c->collector.redact);
    config_free(c);
    config_free(loading_good(""));
    config_free(loading_good("# nothing\n"));
    config_free(loading_good("{}"));
}

static void test_anchors_and_json(void **state)
{
    (void)state;
    struct config *c =
        loading_good("loki: &all {tenant: shop, headers: {X-A: b}}\nprometheus: *all");
    assert_string_equal(c->prometheus.tenant, "shop");
    assert_string_equal(c->prometheus.headers[0], "X-A: b");
    assert_null(c->prometheus.headers[1]);
    config_free(c);
    c = loading_good("{\"cluster\": \"a\", \"ui\": {\"mouse\": true}}");
    assert_true(c->ui.mouse);
    config_free(c);
}

/* Every row can be found, is described, and its default is taken by its own type. */
static void test_rows(void **state)
{
    (void)state;
    assert_true(config_table_count() > 80);
    for (size_t i = 0; i < config_table_count(); i++) {
        const struct config_value_key *row = config_table_at(i);
        assert_ptr_equal(config_table_find(row->key), row);
        assert_true(strlen(row->help) > 4 && strlen(config_value_type_name(row->type)) > 2);
        if (config_value_is_scalar(row->type) && row->default_text && !strstr(row->key, "[]")) {
            struct config_override o[] = {{row->key, row->default_text}, {0}};
            struct config *c = config_load(NULL, o, NULL);
            assert_non_null(c);
            config_free(c);
        }
    }
    const struct config_value_key *first = config_table_at(0);
    assert_string_equal(first->key, "cluster");
    assert_string_equal(config_value_type_name(first->type), "text");
    assert_null(first->default_text);
    char variable[64];
    assert_string_equal(config_value_variable("loki.tls.ca_file", variable, sizeof variable),
                        "KUBEBOARD_LOKI_TLS_CA_FILE");
}

/* No two keys may share a variable. */
static void test_variables_differ(void **state)
{
    (void)state;
    char a[128], b[128];
    for (size_t i = 0; i < config_table_count(); i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(config_value_variable(config_table_at(i)->key, a, sizeof a),
                                    config_value_variable(config_table_at(k)->key, b, sizeof b));
}

/* Whatever bytes the file holds: a configuration or an error, and no byte too far. */
static void test_hostile_files(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 16);
    assert_true(file_read(TEST_DATA "/config/contract.yaml", &text, NULL));
    uint64_t seed = 5;
    static const char marks[] = "{}[]:,'\"\n -#&*?|>%@`\t~0\x80\x01";
    for (int round = 0; round < 400; round++) {
        char *copy = mem_dup(buf_text(&text));
        for (int k = 0; k < 1 + round % 3; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            copy[(seed >> 33) % text.n] = marks[(seed >> 20) % (sizeof marks - 1)];
        }
        struct err err = {0};
        struct config *c = loading_load(copy, &err);
        if (!c) {
            assert_int_equal(err.kind, ERR_CONFIG);
            assert_true(err.what[0] && err.where[0]);
        }
        config_free(c);
        free(copy);
    }
    buf_free(&text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loading_setup, loading_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_unknown_keys),     TEST(test_broken_yaml), TEST(test_nothing_given),
        TEST(test_anchors_and_json), TEST(test_rows),        TEST(test_variables_differ),
        TEST(test_hostile_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
