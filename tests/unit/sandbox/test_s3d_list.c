#include "s3_bench.h"

#define BUCKET "/kubeboard-raw"

static const char *const keys[] = {"a",     "a/",           "a/1",          "a/2", "a/b/3",
                                   "a%20b", "a%2Bb",        "b/1",          "b/2", "c%26%3C%3E",
                                   "c%0Dd", "d%EA%B0%80/1", "e%2A~/%28x%29"};

static int setup(void **state)
{
    s3_bench_setup(state);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char path[100];
        snprintf(path, sizeof path, BUCKET "/%s", keys[i]);
        s3_bench_put(*state, path, "12345");
    }
    return 0;
}

/* All of an element's texts in the answer, a bar before each. */
static char *texts(struct s3_bench *b, const char *element)
{
    char open[40], close[40];
    struct buf out;
    const char *at = buf_text(&b->serving.body);
    snprintf(open, sizeof open, "<%s>", element);
    snprintf(close, sizeof close, "</%s>", element);
    buf_init(&out, 1 << 20);
    while ((at = strstr(at, open))) {
        at += strlen(open);
        const char *end = strstr(at, close);
        assert_non_null(end);
        buf_printf(&out, "|%.*s", (int)(end - at), at);
        at = end;
    }
    char *text = mem_dup(buf_text(&out));
    buf_free(&out);
    return text;
}

static void expect(struct s3_bench *b, const char *query, const char *wanted_keys,
                   const char *wanted_prefixes)
{
    char path[300];
    snprintf(path, sizeof path, BUCKET "?%s", query);
    assert_int_equal(s3_bench_ask(b, "GET", path, NULL, NULL), 200);
    char *found = texts(b, "Key"), *all = texts(b, "Prefix");
    assert_string_equal(found, wanted_keys);
    /* The first is the prefix that was asked for. */
    const char *prefixes = strchr(all + 1, '|');
    assert_string_equal(prefixes ? prefixes : "", wanted_prefixes);
    free(found);
    free(all);
}

static void version_2(void **state)
{
    struct s3_bench *b = *state;
    expect(b, "list-type=2&prefix=a%2F", "|a/|a/1|a/2|a/b/3", "");
    expect(b, "delimiter=%2F&list-type=2&prefix=a%2F", "|a/|a/1|a/2", "|a/b/");
    assert_true(serving_has(&b->serving, "<KeyCount>4</KeyCount>"));
    assert_true(serving_has(&b->serving, "<IsTruncated>false</IsTruncated>"));
    assert_true(serving_has(&b->serving, "<Size>5</Size>"));
    assert_true(
        serving_has(&b->serving, "<ETag>&quot;827ccb0eea8a706c4c34a16891f84e7b&quot;</ETag>"));
    assert_false(serving_has(&b->serving, "<Owner>"));
    expect(b, "list-type=2&prefix=a%2F&start-after=a%2F1", "|a/2|a/b/3", "");
    expect(b, "delimiter=%2F&list-type=2&prefix=b", "", "|b/");
    expect(b, "list-type=2&max-keys=0&prefix=a", "", "");
    assert_true(serving_has(&b->serving, "<IsTruncated>false</IsTruncated>"));
    expect(b, "list-type=2&prefix=zz", "", "");
    expect(b, "fetch-owner=true&list-type=2&prefix=b%2F2", "|b/2", "");
    assert_true(serving_has(&b->serving, "<Owner>"));
}

static void names_are_escaped(void **state)
{
    struct s3_bench *b = *state;
    expect(b, "list-type=2&prefix=c", "|c&#xd;d|c&amp;&lt;&gt;", "");
    expect(b, "encoding-type=url&list-type=2&prefix=c", "|c%0Dd|c%26%3C%3E", "");
    assert_true(serving_has(&b->serving, "<EncodingType>url</EncodingType>"));
    expect(b, "encoding-type=url&list-type=2&start-after=a",
           "|a+b|a%2Bb|a/|a/1|a/2|a/b/3|b/1|b/2|c%0Dd|c%26%3C%3E|d%EA%B0%80/1|e*%7E/%28x%29", "");
    expect(b, "delimiter=%2F&encoding-type=url&list-type=2&prefix=d", "", "|d%EA%B0%80/");
    expect(b, "list-type=2&prefix=a%20", "|a b", "");
}

/* Any size of page gives the same entries, each once. */
static void pages_of_version_2(void **state)
{
    struct s3_bench *b = *state;
    for (int max = 1; max < 10; max++) {
        struct buf found, path;
        char *token = NULL;
        buf_init(&found, 4096);
        buf_init(&path, 4096);
        for (int i = 0; i < 20; i++) {
            buf_clear(&path);
            buf_adds(&path, BUCKET "?");
            if (token) {
                buf_adds(&path, "continuation-token=");
                conn_escape(&path, token, strlen(token), false);
                buf_addc(&path, '&');
            }
            buf_printf(&path, "delimiter=%%2F&list-type=2&max-keys=%d", max);
            assert_int_equal(s3_bench_ask(b, "GET", buf_text(&path), NULL, NULL), 200);
            char *names = texts(b, "Key"), *prefixes = texts(b, "CommonPrefixes");
            buf_printf(&found, "%s%s|", names, prefixes);
            free(names);
            free(prefixes);
            free(token);
            token = serving_between(&b->serving, "<NextContinuationToken>", "<");
            if (!serving_has(&b->serving, "<IsTruncated>true"))
                break;
            assert_true(*token);
        }
        assert_string_equal(token, "");
        free(token);
        static const char *const wanted[] = {"|a|",
                                             "|a b|",
                                             "|a+b|",
                                             "|c&#xd;d|",
                                             "|c&amp;&lt;&gt;|",
                                             "|<Prefix>a/</Prefix>|",
                                             "|<Prefix>b/</Prefix>|",
                                             "|<Prefix>d\xea\xb0\x80/</Prefix>|",
                                             "|<Prefix>e*~/</Prefix>|"};
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            const char *at = strstr(buf_text(&found), wanted[i]);
            assert_non_null(at);
            assert_null(strstr(at + 1, wanted[i]));
        }
        buf_free(&found);
        buf_free(&path);
    }
}

static void version_1(void **state)
{
    struct s3_bench *b = *state;
    expect(b, "marker=a%2F1&max-keys=2&prefix=a%2F", "|a/2|a/b/3", "");
    assert_true(serving_has(&b->serving, "<Owner><ID>"));
    expect(b, "max-keys=2&prefix=a%2F", "|a/|a/1", "");
    assert_true(serving_has(&b->serving, "<IsTruncated>true</IsTruncated>"));
    assert_false(serving_has(&b->serving, "<NextMarker>"));
    expect(b, "delimiter=%2F&max-keys=4", "|a|a b|a+b", "|a/");
    assert_true(serving_has(&b->serving, "<NextMarker>a/</NextMarker>"));
    expect(b, "delimiter=%2F&marker=a%2F&max-keys=2", "|c&#xd;d", "|b/");
}

static void bad_questions(void **state)
{
    struct s3_bench *b = *state;
    static const char *const bad[] = {"list-type=3",
                                      "list-type=2&max-keys=x",
                                      "list-type=2&max-keys=-1",
                                      "continuation-token=x&list-type=2",
                                      "continuation-token=Mi9h&list-type=2",
                                      "encoding-type=html"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char path[100];
        snprintf(path, sizeof path, BUCKET "?%s", bad[i]);
        s3_bench_ask(b, "GET", path, NULL, NULL);
        s3_bench_expect(b, 400, "InvalidArgument");
    }
}

static void no_page_is_larger_than_1000(void **state)
{
    struct s3_bench *b = *state;
    for (int i = 0; i < 1005; i++) {
        char path[100];
        snprintf(path, sizeof path, "/kubeboard-errors/%04d", i);
        s3_bench_put(b, path, "");
    }
    s3_bench_ask(b, "GET", "/kubeboard-errors?list-type=2&max-keys=5000", NULL, NULL);
    assert_true(serving_has(&b->serving, "<KeyCount>1000</KeyCount>"));
    assert_true(serving_has(&b->serving, "<IsTruncated>true"));
    s3_bench_ask(b, "GET", "/kubeboard-errors?list-type=2&start-after=0999", NULL, NULL);
    assert_true(serving_has(&b->serving, "<KeyCount>5</KeyCount>"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, s3_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(version_2), TEST(names_are_escaped), TEST(pages_of_version_2),
        TEST(version_1), TEST(bad_questions),     TEST(no_page_is_larger_than_1000),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
