/*
 * One suite for every kind of store, on a real S3 server (test_store.sh starts it): a folder, S3 by curl, S3 by libs3, each
 * reading what the others wrote. KB_CASE says which server this is: plain, v4only, token, sts, tls.
 */
#include "tests/real/store_answers.h"

#include "base/hash.h"
#include "net/conn.h"
#include "net/server.h"
#include "store/spool.h"

enum { MANY = 1050, AT_ONCE = 16, LARGE = 20 << 20 };

/* ---- the stores ---- */

static struct store *try_s3(enum store_client client, const char *region, const struct conn *tls,
                            struct err *err)
{
    char *url = mem_printf("s3://%s/%s", env("KB_S3_BUCKET"), run);
    struct store_conf conf = {.url = url,
                              .client = client,
                              .endpoint = env("KB_S3_ENDPOINT"),
                              .region = region,
                              .tls = tls};
    struct store *s = store_open(http, &conf, err);
    free(url);
    return s;
}

static struct store *open_s3(enum store_client client)
{
    struct conn tls = {.ca_file = is_case("tls") ? (char *)(uintptr_t)env("KB_S3_CA") : NULL};
    struct err err = {0};
    struct store *s = try_s3(client, NULL, &tls, &err);
    must(&err, "open");
    struct buf words;
    buf_init(&words, 1000);
    store_describe(s, &words);
    print_message("%s\n", buf_text(&words));
    buf_free(&words);
    return s;
}

static struct store *open_folder(void)
{
    struct err err = {0};
    char *url = mem_printf("file://%s/%s", folder, run);
    struct store *s = store_open(http, &(struct store_conf){.url = url}, &err);
    free(url);
    must(&err, "open");
    return s;
}

/* ---- the suite ---- */

/* Without a blank: libs3 2.x cannot name that. */
static const char *const special[] = {"sp/plus+equal=question?hash#",
                                      "sp/percent%and%20amp&",
                                      "sp/colon:at@tilde~bang!",
                                      "sp/quote'star*()paren,;$",
                                      "sp/한글/é/emoji😀",
                                      "sp/brackets[]{}|^`<>\"\\",
                                      "sp/dots..x/...y",
                                      "sp/%2F%2e"};

static void keeps_objects(struct store *s)
{
    char bytes[3000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    must_put(s, "a/1.json", str_of("first"));
    must_put(s, "a/1.json", (struct str){bytes, sizeof bytes});
    expect(s, "a/1.json", (struct str){bytes, sizeof bytes});
    must_put(s, "a/empty", str_of(""));
    expect(s, "a/empty", str_of(""));
    struct answer a = {0};
    store_head(s, "a/1.json", &a, on_head);
    wait_for(&a.came);
    must(&a.err, "head");
    assert_int_equal(a.entry.size, sizeof bytes);
    assert_true(llabs(clock_now() - a.entry.modified) < 5 * CLOCK_MINUTE);
    struct err err = get(s, "a/1.json", sizeof bytes - 1, NULL);
    assert_int_equal(err.kind, ERR_LIMIT);
    err = get(s, "a/1.json", sizeof bytes, NULL);
    assert_int_equal(err.kind, ERR_NONE);
}

static void misses_what_is_missing(struct store *s)
{
    struct answer a = {0};
    struct err err = get(s, "no/such/key", 100, NULL);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    store_head(s, "no/such/key", &a, on_head);
    wait_for(&a.came);
    assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    err = delete (s, "no/such/key");
    must(&err, "delete");
    must_put(s, "gone/x", str_of("x"));
    err = delete (s, "gone/x");
    must(&err, "delete");
    err = get(s, "gone/x", 100, NULL);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    expect_list(s, "gone/", false, NULL, 0, "");
    expect_list(s, "no/such/", true, NULL, 0, "");
}

static void takes_special_keys(struct store *s, bool with_blank)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        must_put(s, special[i], str_of(special[i]));
        expect(s, special[i], str_of(special[i]));
        char *line = mem_printf("%s\n", special[i]);
        expect_list(s, special[i], false, NULL, 0, line);
        free(line);
    }
    if (!with_blank)
        return;
    must_put(s, "blank/a b", str_of("blank"));
    must_put(s, "blank/a+b", str_of("plus"));
    expect(s, "blank/a b", str_of("blank"));
    expect(s, "blank/a+b", str_of("plus"));
    expect_list(s, "blank/", false, NULL, 0, "blank/a b\nblank/a+b\n");
}

static void lists_in_order(struct store *s)
{
    static const char *const keys[] = {"w/a/1", "w/a/2", "w/a.b", "w/a-b", "w/b/c/d", "w/ab/x"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        must_put(s, keys[i], str_of("x"));
    expect_list(s, "w/", false, NULL, 0, "w/a-b\nw/a.b\nw/a/1\nw/a/2\nw/ab/x\nw/b/c/d\n");
    expect_list(s, "w/", true, NULL, 0, "w/a-b\nw/a.b\nw/a/\nw/ab/\nw/b/\n");
    expect_list(s, "w/a", true, NULL, 0, "w/a-b\nw/a.b\nw/a/\nw/ab/\n");
    expect_list(s, "w/a/", true, NULL, 0, "w/a/1\nw/a/2\n");
    expect_list(s, "w/", false, "w/a.b", 2, "w/a/1\nw/a/2\n");
    expect_list(s, "w/", true, "w/a/", 0, "w/ab/\nw/b/\n");
    expect_list(s, "w/", true, NULL, 3, "w/a-b\nw/a.b\nw/a/\n");
}

static void suite(struct store *s, bool with_blank)
{
    keeps_objects(s);
    misses_what_is_missing(s);
    takes_special_keys(s, with_blank);
    lists_in_order(s);
}

static void folder_conforms(void **state)
{
    (void)state;
    struct store *s = open_folder();
    suite(s, true);
    store_free(s);
}

static void curl_conforms(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_CURL);
    suite(s, true);
    store_free(s);
}

static void libs3_conforms(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_LIBS3);
    suite(s, LIBS3_MAJOR >= 4);
    if (LIBS3_MAJOR < 4) {
        struct err err = put(s, "blank/a b", str_of("x"));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.mend, "client: curl"));
    }
    store_free(s);
}

/* ---- across ---- */

static char *large_object(uint64_t seed)
{
    char *p = mem_alloc(LARGE);
    for (size_t i = 0; i + sizeof seed <= LARGE; i += sizeof seed) {
        seed = hash_mix(seed + 1);
        memcpy(p + i, &seed, sizeof seed);
    }
    return p;
}

static void each_reads_what_the_others_wrote(void **state)
{
    (void)state;
    struct store *stores[] = {open_s3(STORE_CLIENT_CURL), open_s3(STORE_CLIENT_LIBS3)};
    for (int w = 0; w < 2; w++) {
        char key[40];
        char *large = large_object((uint64_t)w);
        snprintf(key, sizeof key, "across/large-%d", w);
        must_put(stores[w], key, (struct str){large, LARGE});
        expect(stores[0], key, (struct str){large, LARGE});
        expect(stores[1], key, (struct str){large, LARGE});
        free(large);
        for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
            char *text = mem_printf("%d %s", w, special[i]);
            must_put(stores[w], special[i], str_of(text));
            expect(stores[!w], special[i], str_of(text));
            free(text);
        }
    }
    struct answer a, b;
    list(stores[0], "", false, NULL, 0, true, &a);
    list(stores[1], "", false, NULL, 0, true, &b);
    assert_string_equal(a.keys, b.keys);
    answer_free(&a);
    answer_free(&b);
    store_free(stores[0]);
    store_free(stores[1]);
}

/* A body that lies in a file, by every kind. */
static void takes_a_spool(void **state)
{
    (void)state;
    struct store *stores[] = {open_folder(), open_s3(STORE_CLIENT_CURL),
                              open_s3(STORE_CLIENT_LIBS3)};
    char *large = large_object(9);
    for (int i = 0; i < 3; i++) {
        struct answer a = {0};
        struct spool *spool = spool_new(LARGE);
        for (size_t at = 0; at < LARGE; at += 1 << 20)
            assert_true(spool_add(spool, (struct str){large + at, 1 << 20}, &a.err));
        store_put_spool(stores[i], "spooled", NULL, spool, &a, on_plain);
        wait_for(&a.came);
        must(&a.err, "put");
        expect(stores[i], "spooled", (struct str){large, LARGE});
        store_free(stores[i]);
    }
    free(large);
}

static void lists_more_than_a_page(void **state)
{
    (void)state;
    struct store *curl = open_s3(STORE_CLIENT_CURL), *libs3 = open_s3(STORE_CLIENT_LIBS3);
    static struct answer answers[MANY];
    for (int i = 0; i < MANY; i++) {
        char key[40];
        snprintf(key, sizeof key, "many/%d/%04d", i % 3, i);
        if (i >= AT_ONCE)
            wait_for(&answers[i - AT_ONCE].came);
        begin_put(i % 2 ? curl : libs3, key, str_of("x"), &answers[i]);
    }
    for (int i = 0; i < MANY; i++) {
        wait_for(&answers[i].came);
        must(&answers[i].err, "put");
    }
    struct store *both[] = {curl, libs3};
    for (int i = 0; i < 2; i++) {
        struct answer a;
        list(both[i], "many/", false, NULL, 0, false, &a);
        assert_int_equal(a.count, MANY);
        list(both[i], "many/", false, NULL, 1020, false, &a);
        assert_int_equal(a.count, 1020);
        list(both[i], "many/", true, NULL, 0, false, &a);
        assert_int_equal(a.count, 3);
        assert_int_equal(a.folders, 3);
        list(both[i], "many/", false, "many/2/0900", 0, false, &a);
        assert_int_equal(a.count, 50);
    }
    store_free(curl);
    store_free(libs3);
}

/* ---- uploads in parts ---- */

/* A put that is half done, by the time that a whole one takes. */
static struct store_op *half_a_put(struct store *s, const char *key, const char *large,
                                   struct answer *a)
{
    struct answer whole;
    int64_t began = clock_monotonic();
    begin_put(s, "whole", (struct str){large, LARGE}, &whole);
    wait_for(&whole.came);
    must(&whole.err, "put");
    int64_t end = clock_monotonic() + (clock_monotonic() - began) / 2;
    struct store_op *op = begin_put(s, key, (struct str){large, LARGE}, a);
    while (clock_monotonic() < end)
        loop_turn(loop, 10);
    assert_false(a->came);
    return op;
}

static void a_cancelled_upload_leaves_nothing(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_CURL);
    char *large = large_object(7);
    struct answer a, c = {0};
    struct store_op *op = half_a_put(s, "cut/large", large, &a);
    store_cancel(op);
    /* The abort goes out by itself. */
    int64_t end = clock_monotonic() + 3 * CLOCK_SECOND;
    while (clock_monotonic() < end)
        loop_turn(loop, 100);
    assert_false(a.came);
    store_clean(s, "cut/", -CLOCK_HOUR, &c, on_clean);
    wait_for(&c.came);
    must(&c.err, "clean");
    assert_int_equal(c.removed, 0);
    expect_list(s, "cut/", false, NULL, 0, "");
    free(large);
    store_free(s);
}

static void a_killed_upload_is_cleaned(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_CURL);
    char *large = large_object(8);
    struct answer a, c = {0};
    half_a_put(s, "cut/b c+d", large, &a);
    store_free(s);
    free(large);
    s = open_s3(STORE_CLIENT_CURL);
    store_clean(s, "cut/", CLOCK_HOUR, &c, on_clean);
    wait_for(&c.came);
    must(&c.err, "clean");
    assert_int_equal(c.removed, 0);
    c.came = false;
    store_clean(s, "cut/", -CLOCK_HOUR, &c, on_clean);
    wait_for(&c.came);
    must(&c.err, "clean");
    assert_int_equal(c.removed, 1);
    store_free(s);
}

static void a_probe_leaves_nothing(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_CURL);
    struct answer a = {0};
    assert_non_null(store_probe(s, "probe/", &a, on_plain));
    wait_for(&a.came);
    must(&a.err, "probe");
    a.came = false;
    store_clean(s, "probe/", -CLOCK_HOUR, &a, on_clean);
    wait_for(&a.came);
    must(&a.err, "clean");
    assert_int_equal(a.removed, 0);
    expect_list(s, "probe/", false, NULL, 0, "");
    store_free(s);
}

/* ---- what is wrong ---- */

static void wrong_settings_are_named(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *s = try_s3(STORE_CLIENT_CURL, "eu-nowhere-9", NULL, &err);
    must(&err, "open");
    err = get(s, "x", 10, NULL);
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.what, env("KB_S3_REGION")));
    assert_non_null(strstr(err.mend, env("KB_S3_REGION")));
    store_free(s);
    struct store_conf conf = {.url = "s3://no-such-bucket-here/x",
                              .client = STORE_CLIENT_CURL,
                              .endpoint = env("KB_S3_ENDPOINT")};
    static const enum store_client clients[] = {STORE_CLIENT_CURL, STORE_CLIENT_LIBS3};
    for (int i = 0; i < 2; i++) {
        conf.client = clients[i];
        s = store_open(http, &conf, &err);
        err = get(s, "x", 10, NULL);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.what, "NoSuchBucket"));
        store_free(s);
    }
    char *kept = mem_dup(env("AWS_SECRET_ACCESS_KEY"));
    setenv("AWS_SECRET_ACCESS_KEY", "wrong", 1);
    for (int i = 0; i < 2; i++) {
        s = try_s3(clients[i], NULL, NULL, &err);
        err = put(s, "x", str_of("y"));
        assert_int_equal(err.kind, ERR_DENIED);
        assert_non_null(strstr(err.what, "SignatureDoesNotMatch"));
        assert_non_null(strstr(err.mend, "AWS_SECRET_ACCESS_KEY"));
        store_free(s);
    }
    setenv("AWS_SECRET_ACCESS_KEY", kept, 1);
    free(kept);
}

static void chooses_libs3_for_plain_http(void **state)
{
    (void)state;
    struct buf words;
    buf_init(&words, 1000);
    struct store *s = open_s3(STORE_CLIENT_AUTO);
    store_describe(s, &words);
    assert_non_null(strstr(buf_text(&words), "S3 by libs3"));
    must_put(s, "auto", str_of("x"));
    expect(s, "auto", str_of("x"));
    buf_free(&words);
    store_free(s);
}

/* A server that knows version 4 only: 2.x is told so, in our words. */
static void libs3_names_the_mend(void **state)
{
    (void)state;
    struct store *s = open_s3(STORE_CLIENT_LIBS3);
    if (LIBS3_MAJOR >= 4) {
        suite(s, true);
    } else {
        struct err err = put(s, "x", str_of("y"));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.what, "AWS4-HMAC-SHA256"));
        assert_non_null(strstr(err.mend, "client: curl"));
    }
    store_free(s);
}

/* With a token, a role or https. Version 4 takes them, but no CA of one's own. */
static void libs3_2_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    struct conn tls = {.ca_file = is_case("tls") ? (char *)(uintptr_t)env("KB_S3_CA") : NULL};
    struct store *s = try_s3(STORE_CLIENT_LIBS3, NULL, &tls, &err);
    if (LIBS3_MAJOR >= 4 && !is_case("tls")) {
        must(&err, "open");
        if (is_case("token"))
            suite(s, true);
        store_free(s);
        return;
    }
    assert_null(s);
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.mend, "client: curl"));
    print_message("%s\n", err.what);
}

static void a_wrong_token_is_named(void **state)
{
    (void)state;
    struct err err = {0};
    char *kept = mem_dup(env("AWS_SESSION_TOKEN"));
    setenv("AWS_SESSION_TOKEN", "nonsense", 1);
    struct store *s = try_s3(STORE_CLIENT_CURL, NULL, NULL, &err);
    err = get(s, "x", 10, NULL);
    assert_int_equal(err.kind, ERR_DENIED);
    assert_non_null(strstr(err.mend, "AWS_SESSION_TOKEN"));
    store_free(s);
    setenv("AWS_SESSION_TOKEN", kept, 1);
    free(kept);
}

static void an_unknown_ca_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *s = try_s3(STORE_CLIENT_CURL, NULL, NULL, &err);
    must(&err, "open");
    err = get(s, "x", 10, NULL);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    assert_non_null(strstr(err.mend, "ca_file"));
    store_free(s);
    struct conn insecure = {.insecure = true};
    s = try_s3(STORE_CLIENT_CURL, NULL, &insecure, &err);
    must_put(s, "insecure", str_of("x"));
    struct buf words;
    buf_init(&words, 1000);
    store_describe(s, &words);
    assert_non_null(strstr(buf_text(&words), "NOT verified"));
    buf_free(&words);
    store_free(s);
}

/* ---- a role: STS gives keys whose token has expired, then good ones ---- */

static int sts_asked;

static void serve_sts(void *context, struct server_request *r)
{
    char body[1200];
    const char *which = sts_asked++ ? "2" : "1";
    (void)context;
    assert_string_equal(server_query(r, "Action"), "AssumeRoleWithWebIdentity");
    assert_string_equal(server_query(r, "WebIdentityToken"), "the-pods-own-token");
    snprintf(
        body, sizeof body,
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>KBROLE%s</AccessKeyId>"
        "<SecretAccessKey>rolesecret/+%s</SecretAccessKey><SessionToken>roletoken/+=%s"
        "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
        "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        which, which, which);
    server_reply(r, 200, "text/xml", NULL, str_of(body));
}

static void renews_once(enum store_client client)
{
    static struct answer answers[10];
    struct store *s = open_s3(client);
    sts_asked = 0;
    for (int i = 0; i < 10; i++) {
        char key[20];
        snprintf(key, sizeof key, "role/%d", i);
        begin_put(s, key, str_of("by a role"), &answers[i]);
    }
    for (int i = 0; i < 10; i++) {
        wait_for(&answers[i].came);
        must(&answers[i].err, "put");
    }
    assert_int_equal(sts_asked, 2);
    expect(s, "role/7", str_of("by a role"));
    suite(s, true);
    assert_int_equal(sts_asked, 2);
    store_free(s);
}

static void an_expired_token_is_renewed_once(void **state)
{
    (void)state;
    struct err err;
    char url[64];
    struct server_conf conf = {.listen = "127.0.0.1:0", .handle = serve_sts};
    struct server *sts = server_new(loop, &conf, &err);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", server_port(sts));
    setenv("AWS_ENDPOINT_URL_STS", url, 1);
    renews_once(STORE_CLIENT_CURL);
    if (LIBS3_MAJOR >= 4)
        renews_once(STORE_CLIENT_LIBS3);
    server_free(sts);
}

static int set_up(void **state)
{
    (void)state;
    loop = loop_new();
    http = http_new(loop);
    snprintf(run, sizeof run, "run-%s-%d", env("KB_CASE"), (int)getpid());
    return temporary_make(folder, "conformance") ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    int64_t end = clock_monotonic() + 200 * CLOCK_MS;
    while (clock_monotonic() < end)
        loop_turn(loop, 10);
    http_free(http);
    loop_free(loop);
    temporary_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest plain[] = {
        cmocka_unit_test(folder_conforms),
        cmocka_unit_test(curl_conforms),
        cmocka_unit_test(libs3_conforms),
        cmocka_unit_test(each_reads_what_the_others_wrote),
        cmocka_unit_test(takes_a_spool),
        cmocka_unit_test(lists_more_than_a_page),
        cmocka_unit_test(a_cancelled_upload_leaves_nothing),
        cmocka_unit_test(a_killed_upload_is_cleaned),
        cmocka_unit_test(a_probe_leaves_nothing),
        cmocka_unit_test(wrong_settings_are_named),
        cmocka_unit_test(chooses_libs3_for_plain_http),
    };
    const struct CMUnitTest v4only[] = {
        cmocka_unit_test(curl_conforms),
        cmocka_unit_test(libs3_names_the_mend),
    };
    const struct CMUnitTest token[] = {
        cmocka_unit_test(curl_conforms),
        cmocka_unit_test(libs3_2_is_refused),
        cmocka_unit_test(a_wrong_token_is_named),
    };
    const struct CMUnitTest role[] = {
        cmocka_unit_test(libs3_2_is_refused),
        cmocka_unit_test(an_expired_token_is_renewed_once),
    };
    const struct CMUnitTest tls[] = {
        cmocka_unit_test(curl_conforms),
        cmocka_unit_test(an_unknown_ca_is_refused),
        cmocka_unit_test(libs3_2_is_refused),
    };
    if (is_case("plain"))
        return cmocka_run_group_tests(plain, set_up, tear_down);
    if (is_case("v4only"))
        return cmocka_run_group_tests(v4only, set_up, tear_down);
    if (is_case("token"))
        return cmocka_run_group_tests(token, set_up, tear_down);
    if (is_case("sts"))
        return cmocka_run_group_tests(role, set_up, tear_down);
    if (is_case("tls"))
        return cmocka_run_group_tests(tls, set_up, tear_down);
    fprintf(stderr, "KB_CASE must be plain, v4only, token, sts or tls\n");
    return 2;
}
