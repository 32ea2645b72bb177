/* Where a bucket is, and which client reaches it: CONTRACT.md, "S3 client". */
#include "help.h"

#include "net/conn.h"
#include "store/aws/aws_settings.h"
#include "store/s3/s3_place.h"

static struct aws_settings keys(void)
{
    return (struct aws_settings){
        .source = AWS_SETTINGS_STATIC, .words = "static keys", .id = "A", .secret = "B"};
}

static struct aws_settings role(void)
{
    return (struct aws_settings){.source = AWS_SETTINGS_WEB_IDENTITY, .words = "role"};
}

struct resolved {
    bool ok;
    enum store_client client;
    char base[300], region[50], why[200];
    struct err err;
};

static struct resolved resolve(struct store_conf conf, struct aws_settings s, int libs3)
{
    struct s3_place *p = mem_alloc(sizeof *p);
    struct resolved r = {0};
    p->references = 1;
    conf.url = conf.url ? conf.url : "s3://bucket/errors";
    r.ok = s3_place_resolve(p, &conf, &s, libs3, &r.err);
    r.client = p->client;
    str_copy(r.base, sizeof r.base, p->base ? p->base : "");
    str_copy(r.region, sizeof r.region, p->region ? p->region : "");
    str_copy(r.why, sizeof r.why, p->why ? p->why : "");
    s3_place_drop(p);
    return r;
}

#define CONF(...) ((struct store_conf){__VA_ARGS__})

static void chooses_as_the_contract_says(void **state)
{
    struct aws_settings token = keys(), region = keys(), profile = keys();
    (void)state;
    token.token = "T";
    region.region = "eu-west-1";
    region.region_from = "AWS_REGION";
    profile.source = AWS_SETTINGS_PROFILE;
    const char *plain = "http://10.0.0.1:9000", *tls = "https://s3.example.com";
    /* 2.x: only http, static keys, no token, no region. */
    assert_int_equal(resolve(CONF(.endpoint = plain), keys(), 2).client, STORE_CLIENT_LIBS3);
    assert_int_equal(resolve(CONF(.endpoint = plain), profile, 2).client, STORE_CLIENT_LIBS3);
    assert_int_equal(resolve(CONF(.endpoint = plain), token, 2).client, STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.endpoint = plain), role(), 2).client, STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.endpoint = plain), region, 2).client, STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.endpoint = plain, .region = "x"), keys(), 2).client,
                     STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.endpoint = tls), keys(), 2).client, STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.region = "eu-west-1"), keys(), 2).client, STORE_CLIENT_CURL);
    assert_int_equal(resolve(CONF(.endpoint = plain, .timeout_ms = 5), keys(), 2).client,
                     STORE_CLIENT_CURL);
    /* 4: always, but where it cannot. */
    assert_int_equal(resolve(CONF(.region = "eu-west-1"), role(), 4).client, STORE_CLIENT_LIBS3);
    assert_int_equal(resolve(CONF(.endpoint = tls), token, 4).client, STORE_CLIENT_LIBS3);
    struct conn own_ca = {.ca_file = "ca.pem"};
    struct resolved r = resolve(CONF(.endpoint = tls, .tls = &own_ca), keys(), 4);
    assert_int_equal(r.client, STORE_CLIENT_CURL);
    assert_non_null(strstr(r.why, "libs3 cannot"));
    /* As configured. */
    r = resolve(CONF(.client = STORE_CLIENT_CURL, .endpoint = plain), keys(), 2);
    assert_int_equal(r.client, STORE_CLIENT_CURL);
    assert_string_equal(r.region, "us-east-1");
    r = resolve(CONF(.client = STORE_CLIENT_LIBS3, .endpoint = plain), region, 2);
    assert_true(r.ok);
    assert_int_equal(r.client, STORE_CLIENT_LIBS3);
}

static void check_refused(struct store_conf conf, struct aws_settings s, const char *what)
{
    conf.client = STORE_CLIENT_LIBS3;
    struct resolved r = resolve(conf, s, 2);
    assert_false(r.ok);
    assert_int_equal(r.err.kind, ERR_CONFIG);
    assert_int_equal(err_exit_status(&r.err), 2);
    assert_non_null(strstr(r.err.mend, "client: curl"));
    if (!strstr(r.err.what, what))
        fail_msg("'%s' does not say '%s'", r.err.what, what);
}

static void libs3_2_refuses(void **state)
{
    struct aws_settings token = keys();
    struct conn ca = {.ca_file = "ca.pem"}, insecure = {.insecure = true}, proxy = {.proxy = ""};
    const char *plain = "http://10.0.0.1:9000";
    (void)state;
    token.token = "T";
    check_refused(CONF(.endpoint = plain), token, "session token");
    check_refused(CONF(.endpoint = plain), role(), "role");
    check_refused(CONF(.region = "eu-west-1"), keys(), "version 4");
    check_refused(CONF(.endpoint = "http://s3.eu-west-1.amazonaws.com"), keys(), "version 4");
    check_refused(CONF(.endpoint = "https://10.0.0.1"), keys(), "certificate");
    check_refused(CONF(.endpoint = plain, .tls = &ca), keys(), "CA");
    check_refused(CONF(.endpoint = plain, .tls = &proxy), keys(), "proxy");
    check_refused(CONF(.endpoint = plain, .timeout_ms = 1000), keys(), "time limit");
    check_refused(CONF(.endpoint = plain, .part_size = 8 << 20), keys(), "parts");
    check_refused(CONF(.endpoint = plain, .encryption = "AES256"), keys(), "encryption");
    check_refused(CONF(.endpoint = "http://10.0.0.1:9000/s3"), keys(), "path");
    /* Whoever asks for no verification is not refused for that. */
    assert_true(resolve(CONF(.client = STORE_CLIENT_LIBS3, .endpoint = "https://10.0.0.1",
                             .tls = &insecure),
                        keys(), 2)
                    .ok);
}

static void finds_the_place(void **state)
{
    struct aws_settings region = keys();
    (void)state;
    region.region = "ap-northeast-2";
    region.region_from = "AWS_REGION";
    struct resolved r = resolve(CONF(.client = STORE_CLIENT_CURL), region, 2);
    assert_string_equal(r.base, "https://bucket.s3.ap-northeast-2.amazonaws.com");
    r = resolve(CONF(.client = STORE_CLIENT_CURL, .path_style = true), region, 2);
    assert_string_equal(r.base, "https://s3.ap-northeast-2.amazonaws.com/bucket");
    r = resolve(CONF(.url = "s3://with.dots/x", .region = "cn-north-1"), keys(), 2);
    assert_string_equal(r.base, "https://s3.cn-north-1.amazonaws.com.cn/with.dots");
    r = resolve(CONF(.endpoint = "http://127.0.0.1:9000/"), keys(), 2);
    assert_string_equal(r.base, "http://127.0.0.1:9000/bucket");
    r = resolve(CONF(.endpoint = "http://[::1]:9000"), keys(), 2);
    assert_string_equal(r.base, "http://[::1]:9000/bucket");
    r = resolve(CONF(.endpoint = "https://minio.example.com"), keys(), 2);
    assert_string_equal(r.base, "https://bucket.minio.example.com");
    assert_string_equal(r.region, "us-east-1");
    r = resolve(CONF(.endpoint = "https://s3.dualstack.eu-west-3.amazonaws.com"), keys(), 2);
    assert_string_equal(r.region, "eu-west-3");
    r = resolve(CONF(.endpoint = "https://s3.amazonaws.com"), keys(), 2);
    assert_string_equal(r.region, "us-east-1");
}

static void refuses_bad_settings(void **state)
{
    (void)state;
    struct resolved r = resolve(CONF(.url = NULL), keys(), 2);
    assert_false(r.ok);
    assert_non_null(strstr(r.err.mend, "AWS_REGION"));
    static const char *const urls[] = {"s3://",      "s3://ab",        "s3:///x",
                                       "s3://a b/x", "s3://bucket//x", "s3://bucket/../x",
                                       "s3://-bad/x"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_false(resolve(CONF(.url = urls[i], .region = "eu-west-1"), keys(), 2).ok);
    assert_false(resolve(CONF(.region = "eu west"), keys(), 2).ok);
    assert_false(resolve(CONF(.endpoint = "s3.example.com"), keys(), 2).ok);
    assert_false(resolve(CONF(.endpoint = "https://user:pw@s3.example.com"), keys(), 2).ok);
    assert_false(resolve(CONF(.endpoint = "https://s3.example.com/?x"), keys(), 2).ok);
    assert_false(resolve(CONF(.region = "eu-west-1", .encryption = "rot13"), keys(), 2).ok);
    assert_false(resolve(CONF(.region = "eu-west-1", .part_size = 1000), keys(), 2).ok);
    assert_true(resolve(CONF(.url = "s3://bucket", .region = "eu-west-1"), keys(), 2).ok);
    assert_true(resolve(CONF(.url = "s3://bucket/a/b/", .region = "eu-west-1"), keys(), 2).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_as_the_contract_says),
        cmocka_unit_test(libs3_2_refuses),
        cmocka_unit_test(finds_the_place),
        cmocka_unit_test(refuses_bad_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
