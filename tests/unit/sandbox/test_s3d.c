#include "sandbox/s3/s3d.h"

#include "base/base64.h"
#include "base/digest.h"
#include "s3_bench.h"
#include "sandbox/s3/s3_date.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define KEY "/kubeboard-raw/errors/a.txt"

static int ask(struct s3_bench *b, struct serving_ask a)
{
    return serving_ask(&b->serving, &a);
}

/* ---- objects ---- */

static void put_get_head_delete(void **state)
{
    struct s3_bench *b = *state;
    b->serving.wanted = "ETag";
    assert_int_equal(s3_bench_ask(b, "PUT", KEY, "hello", NULL), 200);
    assert_string_equal(b->serving.header, "\"5d41402abc4b2a76b9719d911017c592\"");
    b->serving.wanted = "Content-Type";
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, NULL), 200);
    assert_string_equal(buf_text(&b->serving.body), "hello");
    assert_string_equal(b->serving.header, "text/plain");
    b->serving.wanted = "Content-Length";
    assert_int_equal(s3_bench_ask(b, "HEAD", KEY, NULL, NULL), 200);
    assert_string_equal(b->serving.header, "5");
    assert_int_equal(b->serving.body.n, 0);
    s3_bench_put(b, KEY, "again");
    s3_bench_ask(b, "GET", KEY, NULL, NULL);
    assert_string_equal(buf_text(&b->serving.body), "again");
    assert_int_equal(s3_bench_ask(b, "DELETE", KEY, NULL, NULL), 204);
    assert_int_equal(s3_bench_ask(b, "DELETE", KEY, NULL, NULL), 204);
    s3_bench_ask(b, "GET", KEY, NULL, NULL);
    s3_bench_expect(b, 404, "NoSuchKey");
    assert_true(serving_has(&b->serving, "<Key>errors/a.txt</Key>"));
    assert_int_equal(s3_bench_ask(b, "HEAD", KEY, NULL, NULL), 404);
    assert_int_equal(b->serving.body.n, 0);
    assert_int_equal(s3d_bytes(b->s3d), 0);
}

static void odd_keys_are_kept_apart(void **state)
{
    struct s3_bench *b = *state;
    static const char *const paths[] = {
        "/kubeboard-raw/a%20b",  "/kubeboard-raw/a%2Bb",           "/kubeboard-raw/a//b",
        "/kubeboard-raw/a/../b", "/kubeboard-raw/%EA%B0%80%3F%23", "/kubeboard-raw/%25%3C%26%3E%22",
        "/kubeboard-raw/a%0Db"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        s3_bench_put(b, paths[i], paths[i]);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(s3_bench_ask(b, "GET", paths[i], NULL, NULL), 200);
        assert_string_equal(buf_text(&b->serving.body), paths[i]);
    }
    s3_bench_ask(b, "GET", "/kubeboard-raw/%FF", NULL, NULL);
    s3_bench_expect(b, 400, "InvalidURI");
    char path[1100] = "/kubeboard-raw/";
    memset(path + 15, 'k', 1025);
    s3_bench_ask(b, "PUT", path, "", NULL);
    s3_bench_expect(b, 400, "KeyTooLongError");
}

static void check_range(struct s3_bench *b, const char *range, int status, const char *body,
                        const char *content_range)
{
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, range), status);
    assert_string_equal(b->serving.header, content_range);
    if (body)
        assert_string_equal(buf_text(&b->serving.body), body);
}

static void ranges(void **state)
{
    struct s3_bench *b = *state;
    s3_bench_put(b, KEY, "0123456789");
    b->serving.wanted = "Content-Range";
    check_range(b, "Range: bytes=0-3", 206, "0123", "bytes 0-3/10");
    check_range(b, "Range: bytes=9-", 206, "9", "bytes 9-9/10");
    check_range(b, "Range: bytes=5-5000", 206, "56789", "bytes 5-9/10");
    check_range(b, "Range: bytes=-3", 206, "789", "bytes 7-9/10");
    check_range(b, "Range: bytes=-30", 206, "0123456789", "bytes 0-9/10");
    check_range(b, "Range: bytes=10-", 416, NULL, "");
    s3_bench_expect(b, 416, "InvalidRange");
    check_range(b, "Range: bytes=-0", 416, NULL, "");
    check_range(b, "Range: bytes=5-3", 200, "0123456789", "");
    check_range(b, "Range: bytes=0-1,3-4", 200, "0123456789", "");
    check_range(b, "Range: bytes=5", 200, "0123456789", "");
    check_range(b, "Range: lines=0-1", 200, "0123456789", "");
    s3_bench_put(b, KEY, "");
    check_range(b, "Range: bytes=0-", 416, NULL, "");
}

static void conditions(void **state)
{
    struct s3_bench *b = *state;
    s3_bench_put(b, KEY, "hello");
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL,
                                  "If-None-Match: \"x\", \"5d41402abc4b2a76b9719d911017c592\""),
                     304);
    assert_int_equal(b->serving.body.n, 0);
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, "If-None-Match: *"), 304);
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, "If-None-Match: \"x\""), 200);
    s3_bench_ask(b, "GET", KEY, NULL, "If-Match: \"x\"");
    s3_bench_expect(b, 412, "PreconditionFailed");
    s3_bench_ask(b, "PUT", KEY, "other", "If-None-Match: *");
    s3_bench_expect(b, 412, "PreconditionFailed");
    assert_int_equal(s3_bench_ask(b, "PUT", KEY "2", "new", "If-None-Match: *"), 200);
    s3_bench_ask(b, "PUT", KEY, "other", "If-Match: \"x\"");
    s3_bench_expect(b, 501, "NotImplemented");
}

static void headers_come_back(void **state)
{
    struct s3_bench *b = *state;
    assert_int_equal(
        ask(b, (struct serving_ask){.method = "PUT",
                                    .path = KEY,
                                    .body = str_of("x"),
                                    .content_type = "application/gzip",
                                    .headers = {"x-amz-meta-who: me", "Cache-Control: no-cache",
                                                "X-Other: no"},
                                    .id = S3_BENCH_ID,
                                    .secret = S3_BENCH_SECRET}),
        200);
    b->serving.wanted = "x-amz-meta-who";
    s3_bench_ask(b, "GET", KEY, NULL, NULL);
    assert_string_equal(b->serving.header, "me");
    b->serving.wanted = "Cache-Control";
    s3_bench_ask(b, "HEAD", KEY, NULL, NULL);
    assert_string_equal(b->serving.header, "no-cache");
    b->serving.wanted = "X-Other";
    s3_bench_ask(b, "HEAD", KEY, NULL, NULL);
    assert_string_equal(b->serving.header, "");
    char *much = mem_alloc(3000);
    memset(much, 'm', 2500);
    memcpy(much, "x-amz-meta-m: ", 14);
    s3_bench_ask(b, "PUT", KEY, "x", much);
    s3_bench_expect(b, 400, "MetadataTooLarge");
    free(much);
}

static void bodies_are_checked(void **state)
{
    struct s3_bench *b = *state;
    s3_bench_ask(b, "PUT", KEY, "hello", "Content-MD5: XUFAKrxLKna5cZ2REBfFkg==");
    assert_int_equal(b->serving.status, 200);
    s3_bench_ask(b, "PUT", KEY, "hellO", "Content-MD5: XUFAKrxLKna5cZ2REBfFkg==");
    s3_bench_expect(b, 400, "BadDigest");
    s3_bench_ask(b, "PUT", KEY, "hello", "Content-MD5: nothing");
    s3_bench_expect(b, 400, "InvalidDigest");
    s3_bench_ask(b, "PUT", KEY, "hello",
                 "x-amz-checksum-sha256: LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    assert_int_equal(b->serving.status, 200);
    s3_bench_ask(b, "PUT", KEY, "hellO",
                 "x-amz-checksum-sha256: LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    s3_bench_expect(b, 400, "BadDigest");
    struct serving_ask a = {.method = "PUT",
                            .path = KEY,
                            .body = str_of("hello"),
                            .id = S3_BENCH_ID,
                            .secret = S3_BENCH_SECRET,
                            .hash = EMPTY};
    ask(b, a);
    s3_bench_expect(b, 400, "BadDigest");
    a.hash = "UNSIGNED-PAYLOAD";
    assert_int_equal(ask(b, a), 200);
    a.hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    ask(b, a);
    s3_bench_expect(b, 501, "NotImplemented");
}

static void memory_is_bounded(void **state)
{
    struct s3_bench *b = *state;
    s3_bench_put(b, KEY, "hello");
    size_t held = s3d_bytes(b->s3d);
    b->s3d->bytes = S3D_BYTES_MAX - 5;
    s3_bench_ask(b, "PUT", KEY "2", "hello", NULL);
    s3_bench_expect(b, 403, "QuotaExceeded");
    s3_bench_put(b, KEY, "hello 5678");
    s3_bench_ask(b, "PUT", KEY, "hello 56789", NULL);
    s3_bench_expect(b, 403, "QuotaExceeded");
    assert_int_equal(s3d_bytes(b->s3d), S3D_BYTES_MAX);
    b->s3d->bytes = held + 5;
    s3_bench_ask(b, "DELETE", KEY, NULL, NULL);
    assert_int_equal(s3d_bytes(b->s3d), 0);
}

static void delete_many(void **state)
{
    struct s3_bench *b = *state;
    char header[200];
    struct buf md5;
    unsigned char digest[DIGEST_MD5];
    const char *body = "<?xml version=\"1.0\"?>\n<Delete xmlns=\"http://s3\"><Object><Key>a&amp;"
                       "&#x62;</Key></Object> <Object><Key>missing</Key></Object></Delete>";
    s3_bench_put(b, "/kubeboard-raw/a%26b", "x");
    s3_bench_put(b, "/kubeboard-raw/left", "x");
    s3_bench_ask(b, "POST", "/kubeboard-raw?delete=", body, NULL);
    s3_bench_expect(b, 400, "InvalidRequest");
    buf_init(&md5, 64);
    digest_md5(str_of(body), digest);
    base64_encode(&md5, (struct str){(char *)digest, sizeof digest});
    snprintf(header, sizeof header, "Content-MD5: %s", buf_text(&md5));
    buf_free(&md5);
    assert_int_equal(s3_bench_ask(b, "POST", "/kubeboard-raw?delete=", body, header), 200);
    assert_true(serving_has(&b->serving, "<Deleted><Key>a&amp;b</Key></Deleted>"
                                         "<Deleted><Key>missing</Key></Deleted>"));
    assert_int_equal(s3_bench_ask(b, "HEAD", "/kubeboard-raw/a%26b", NULL, NULL), 404);
    assert_int_equal(s3_bench_ask(b, "HEAD", "/kubeboard-raw/left", NULL, NULL), 200);
}

static void broken_xml_deletes_nothing(void **state)
{
    struct s3_bench *b = *state;
    static const char *const bad[] = {
        "",
        "x",
        "<Delete></Delete>",
        "<Delete><Object><Key>left</Key></Object>",
        "<Delete><Object><Key>left</Key></Delete></Object>",
        "<Delete><Object><Key>left</Key></Object></Delete>x",
        "<Delete><Object><Key>&bad;</Key></Object></Delete>",
        "<Delete><Object><Key>left</Key></Object><Other/></Delete>",
        "<Delete><Object><Key>left</Key></Object></Delete><!--",
        "<Delete><Object><Key></Key></Object></Delete>",
    };
    s3_bench_put(b, "/kubeboard-raw/left", "x");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct serving_ask a = {.method = "POST",
                                .path = "/kubeboard-raw?delete=",
                                .body = str_of(bad[i]),
                                .content_type = "application/xml",
                                .id = S3_BENCH_ID,
                                .secret = S3_BENCH_SECRET};
        struct buf sum;
        unsigned char digest[DIGEST_SHA256];
        char header[100];
        buf_init(&sum, 64);
        digest_sha256(a.body, digest);
        base64_encode(&sum, (struct str){(char *)digest, sizeof digest});
        snprintf(header, sizeof header, "x-amz-checksum-sha256: %s", buf_text(&sum));
        buf_free(&sum);
        a.headers[0] = header;
        ask(b, a);
        s3_bench_expect(b, 400, "MalformedXML");
    }
    assert_int_equal(s3_bench_ask(b, "HEAD", "/kubeboard-raw/left", NULL, NULL), 200);
}

/* ---- buckets ---- */

static void buckets(void **state)
{
    struct s3_bench *b = *state;
    assert_int_equal(s3_bench_ask(b, "HEAD", "/kubeboard-raw", NULL, NULL), 200);
    assert_int_equal(s3_bench_ask(b, "HEAD", "/kubeboard-errors/", NULL, NULL), 200);
    assert_int_equal(s3_bench_ask(b, "GET", "/", NULL, NULL), 200);
    assert_true(serving_has(&b->serving, "<Name>kubeboard-raw</Name>"));
    s3_bench_ask(b, "GET", "/kubeboard-raw?location=", NULL, NULL);
    assert_true(serving_has(&b->serving, "<LocationConstraint "));
    s3_bench_ask(b, "GET", "/other/key", NULL, NULL);
    s3_bench_expect(b, 404, "NoSuchBucket");
    assert_true(serving_has(&b->serving, "<BucketName>other</BucketName>"));
    s3_bench_ask(b, "PUT", "/kubeboard-raw", NULL, NULL);
    s3_bench_expect(b, 405, "MethodNotAllowed");
    s3_bench_ask(b, "GET", "/kubeboard-raw?versioning=", NULL, NULL);
    s3_bench_expect(b, 501, "NotImplemented");
    s3_bench_ask(b, "PUT", KEY, "x", "x-amz-copy-source: /kubeboard-raw/left");
    s3_bench_expect(b, 501, "NotImplemented");
}

static void virtual_hosts(void **state)
{
    struct s3_bench *b = *state;
    int port = server_port(b->serving.server);
    static const struct {
        const char *host, *path;
        int status;
    } cases[] = {{"kubeboard-raw.localhost:%d", "/errors/a.txt", 200},
                 {"kubeboard-raw.s3.example.com", "/errors/a.txt", 200},
                 {"s3.example.com", "/kubeboard-raw/errors/a.txt", 200},
                 {"other.localhost:%d", "/errors/a.txt", 404},
                 {"localhost:%d", "/kubeboard-raw/errors/a.txt", 200},
                 {"[::1]:%d", "/kubeboard-raw/errors/a.txt", 200}};
    s3_bench_put(b, KEY, "hello");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[100], number[12];
        struct str host = str_of(cases[i].host);
        snprintf(number, sizeof number, "%d", port);
        bool with = str_ends(host, "%d");
        snprintf(header, sizeof header, "Host: %.*s%s", (int)host.n - 2 * with, host.p,
                 with ? number : "");
        assert_int_equal(s3_bench_ask(b, "GET", cases[i].path, NULL, header), cases[i].status);
    }
    s3_bench_ask(b, "GET", "/errors/a.txt", NULL, "Host: other.localhost");
    s3_bench_expect(b, 404, "NoSuchBucket");
}

/* ---- who may ---- */

static void wrong_keys_of_version_4(void **state)
{
    struct s3_bench *b = *state;
    struct serving_ask a = {
        .method = "GET", .path = KEY, .id = S3_BENCH_ID, .secret = S3_BENCH_SECRET};
    ask(b, (struct serving_ask){.method = "GET", .path = KEY});
    s3_bench_expect(b, 403, "AccessDenied");
    ask(b,
        (struct serving_ask){.method = "GET", .path = KEY, .headers = {"Authorization: Bearer x"}});
    s3_bench_expect(b, 400, "InvalidArgument");
    ask(b, (struct serving_ask){
               .method = "GET", .path = KEY, .headers = {"Authorization: AWS4-HMAC-SHA256 x"}});
    s3_bench_expect(b, 400, "AuthorizationHeaderMalformed");
    a.secret = "wrong";
    ask(b, a);
    s3_bench_expect(b, 403, "SignatureDoesNotMatch");
    assert_true(serving_has(&b->serving, "<StringToSign>AWS4-HMAC-SHA256\n20"));
    assert_true(serving_has(&b->serving, "<CanonicalRequest>GET\n" KEY "\n\nhost:127."));
    assert_false(serving_has(&b->serving, "wrong"));
    assert_false(serving_has(&b->serving, S3_BENCH_SECRET));
    a.secret = S3_BENCH_SECRET;
    a.id = "nobody";
    ask(b, a);
    s3_bench_expect(b, 403, "InvalidAccessKeyId");
    a.id = S3_BENCH_ID;
    a.region = "ap-northeast-2";
    ask(b, a);
    s3_bench_expect(b, 400, "AuthorizationHeaderMalformed");
    assert_true(serving_has(&b->serving, "<Region>us-east-1</Region>"));
}

static void clocks(void **state)
{
    struct s3_bench *b = *state;
    serving_fault(&b->serving, "wrong-clock=s3:14m");
    assert_int_equal(s3_bench_ask(b, "GET", "/kubeboard-raw", NULL, NULL), 200);
    serving_fault(&b->serving, "wrong-clock=s3:16m");
    s3_bench_ask(b, "GET", "/kubeboard-raw", NULL, NULL);
    s3_bench_expect(b, 403, "RequestTimeTooSkewed");
    assert_true(serving_has(&b->serving, "<MaxAllowedSkewMilliseconds>900000"));
}

static void tokens(void **state)
{
    struct s3_bench *b = *state;
    const struct access_key *k = access_keys_make(b->keys, clock_now() + CLOCK_HOUR);
    const struct access_key *old = access_keys_make(b->keys, clock_now() - 1);
    struct serving_ask a = {.method = "GET",
                            .path = "/kubeboard-raw",
                            .id = k->id,
                            .secret = k->secret,
                            .token = k->token};
    assert_int_equal(ask(b, a), 200);
    serving_fault(&b->serving, "expired-token");
    ask(b, a);
    s3_bench_expect(b, 400, "ExpiredToken");
    assert_int_equal(s3_bench_ask(b, "GET", "/kubeboard-raw", NULL, NULL), 200);
    serving_fault(&b->serving, "clear=all");
    a.token = NULL;
    ask(b, a);
    s3_bench_expect(b, 400, "InvalidToken");
    a.token = old->token;
    ask(b, a);
    s3_bench_expect(b, 400, "InvalidToken");
    ask(b, (struct serving_ask){.method = "GET",
                                .path = "/kubeboard-raw",
                                .id = old->id,
                                .secret = old->secret,
                                .token = old->token});
    s3_bench_expect(b, 400, "ExpiredToken");
    ask(b, (struct serving_ask){.method = "GET",
                                .path = "/kubeboard-raw",
                                .id = S3_BENCH_ID,
                                .secret = S3_BENCH_SECRET,
                                .token = "x"});
    s3_bench_expect(b, 400, "InvalidToken");
}

/* Version 2, signed here from a text written by hand. */
static int ask_v2(struct s3_bench *b, const char *path, const char *text, const char *secret,
                  const char *const *headers)
{
    struct serving_ask a = {.method = "GET", .path = path};
    struct buf line;
    unsigned char digest[DIGEST_SHA1];
    size_t n = 0;
    digest_hmac_sha1(str_of(secret), str_of(text), digest);
    buf_init(&line, 400);
    buf_adds(&line, "Authorization: AWS " S3_BENCH_ID ":");
    base64_encode(&line, (struct str){(char *)digest, sizeof digest});
    for (; headers[n]; n++)
        a.headers[n] = headers[n];
    a.headers[n] = buf_text(&line);
    int status = ask(b, a);
    buf_free(&line);
    return status;
}

static void version_2(void **state)
{
    struct s3_bench *b = *state;
    char date[S3_DATE_TEXT], header[80], amz[80], text[400];
    s3_bench_put(b, "/kubeboard-raw/a%20b", "hello");
    s3_date_http(clock_now(), date);
    snprintf(header, sizeof header, "Date: %s", date);
    snprintf(amz, sizeof amz, "x-amz-date: %s", date);
    const char *const dated[] = {header, NULL}, *const both[] = {header, amz, NULL};
    snprintf(text, sizeof text, "GET\n\n\n%s\n/kubeboard-raw/a%%20b", date);
    assert_int_equal(ask_v2(b, "/kubeboard-raw/a%20b", text, S3_BENCH_SECRET, dated), 200);
    assert_string_equal(buf_text(&b->serving.body), "hello");
    assert_int_equal(ask_v2(b, "/kubeboard-raw/a%20c", text, S3_BENCH_SECRET, dated), 403);
    assert_int_equal(ask_v2(b, "/kubeboard-raw/a%20b", text, "wrong", dated), 403);
    s3_bench_expect(b, 403, "SignatureDoesNotMatch");
    assert_false(serving_has(&b->serving, "<CanonicalRequest>"));
    snprintf(text, sizeof text, "GET\n\n\n\nx-amz-date:%s\n/kubeboard-raw/?uploads", date);
    assert_int_equal(ask_v2(b, "/kubeboard-raw/?prefix=a&uploads", text, S3_BENCH_SECRET, both),
                     200);
    snprintf(text, sizeof text, "GET\n\n\n\n/kubeboard-raw/a%%20b");
    ask_v2(b, "/kubeboard-raw/a%20b", text, S3_BENCH_SECRET, (const char *const[]){NULL});
    s3_bench_expect(b, 403, "AccessDenied");
}

/* What version 4 must sign. */
static void headers_that_are_not_signed(void **state)
{
    struct s3_bench *b = *state;
    char date[S3_DATE_TEXT], amz[80], authorization[300];
    s3_date_basic(clock_now(), date);
    snprintf(amz, sizeof amz, "x-amz-date: %s", date);
    snprintf(authorization, sizeof authorization,
             "Authorization: AWS4-HMAC-SHA256 Credential=" S3_BENCH_ID
             "/%.8s/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
             date);
    struct serving_ask a = {.method = "GET",
                            .path = KEY,
                            .headers = {amz, authorization, "x-amz-content-sha256: " EMPTY}};
    ask(b, a);
    s3_bench_expect(b, 403, "AccessDenied");
    assert_true(serving_has(&b->serving, "<HeadersNotSigned>x-amz-content-sha256</"));
    a.headers[2] = NULL;
    ask(b, a);
    s3_bench_expect(b, 400, "InvalidRequest");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, s3_bench_setup, s3_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(put_get_head_delete),
        TEST(odd_keys_are_kept_apart),
        TEST(ranges),
        TEST(conditions),
        TEST(headers_come_back),
        TEST(bodies_are_checked),
        TEST(memory_is_bounded),
        TEST(delete_many),
        TEST(broken_xml_deletes_nothing),
        TEST(buckets),
        TEST(virtual_hosts),
        TEST(wrong_keys_of_version_4),
        TEST(clocks),
        TEST(tokens),
        TEST(version_2),
        TEST(headers_that_are_not_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
