#include "base/digest.h"
#include "s3_bench.h"

#define KEY "/kubeboard-raw/big"
enum { LARGE = 5 << 20 };

static char *begin(struct s3_bench *b, const char *path)
{
    char ask[200];
    snprintf(ask, sizeof ask, "%s?uploads=", path);
    assert_int_equal(s3_bench_ask(b, "POST", ask, "", "x-amz-meta-who: me"), 200);
    char *id = serving_between(&b->serving, "<UploadId>", "<");
    assert_true(*id);
    return id;
}

static int put_part(struct s3_bench *b, const char *id, const char *number, struct str body)
{
    char path[200];
    snprintf(path, sizeof path, KEY "?partNumber=%s&uploadId=%s", number, id);
    return serving_ask(&b->serving, &(struct serving_ask){.method = "PUT",
                                                          .path = path,
                                                          .body = body,
                                                          .id = S3_BENCH_ID,
                                                          .secret = S3_BENCH_SECRET});
}

static int complete(struct s3_bench *b, const char *id, const char *parts)
{
    char path[200], body[2000];
    snprintf(path, sizeof path, KEY "?uploadId=%s", id);
    snprintf(body, sizeof body, "<CompleteMultipartUpload>%s</CompleteMultipartUpload>", parts);
    return s3_bench_ask(b, "POST", path, body, NULL);
}

static void hex_of(struct str bytes, char hex[DIGEST_HEX])
{
    unsigned char digest[DIGEST_MD5];
    digest_md5(bytes, digest);
    digest_hex(digest, DIGEST_MD5, hex);
}

#define PART "<Part><PartNumber>%d</PartNumber><ETag>\"%s\"</ETag></Part>"

static void parts_become_an_object(void **state)
{
    struct s3_bench *b = *state;
    char *id = begin(b, KEY), *large = mem_alloc(LARGE), list[600], one[DIGEST_HEX],
         two[DIGEST_HEX];
    memset(large, 'L', LARGE);
    hex_of((struct str){large, LARGE}, one);
    hex_of(str_of("tail"), two);
    assert_int_equal(put_part(b, id, "7", str_of("tail")), 200);
    assert_int_equal(put_part(b, id, "2", str_of("a part that is put again")), 200);
    assert_int_equal(put_part(b, id, "2", (struct str){large, LARGE}), 200);
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, NULL), 404);
    snprintf(list, sizeof list, PART PART, 2, one, 7, two);
    assert_int_equal(complete(b, id, list), 200);
    assert_true(serving_has(&b->serving, "-2&quot;</ETag></CompleteMultipartUploadResult>"));
    b->serving.wanted = "x-amz-meta-who";
    assert_int_equal(s3_bench_ask(b, "GET", KEY, NULL, NULL), 200);
    assert_string_equal(b->serving.header, "me");
    assert_int_equal(b->serving.body.n, LARGE + 4);
    assert_memory_equal(b->serving.body.p, large, LARGE);
    assert_string_equal(b->serving.body.p + LARGE, "tail");
    complete(b, id, list);
    s3_bench_expect(b, 404, "NoSuchUpload");
    assert_int_equal(s3_bench_ask(b, "DELETE", KEY, NULL, NULL), 204);
    assert_int_equal(s3d_bytes(b->s3d), 0);
    free(id);
    free(large);
}

/* md5 of the parts' binary digests: by Python's hashlib. */
static void the_etag_is_s3s(void **state)
{
    struct s3_bench *b = *state;
    char *id = begin(b, KEY), list[600], one[DIGEST_HEX];
    hex_of(str_of("hello"), one);
    put_part(b, id, "1", str_of("hello"));
    snprintf(list, sizeof list, PART, 1, one);
    assert_int_equal(complete(b, id, list), 200);
    assert_true(serving_has(&b->serving, "&quot;62109206880d38a4010a98e11243924a-1&quot;"));
    free(id);
}

static void lists_that_do_not_fit(void **state)
{
    struct s3_bench *b = *state;
    char *id = begin(b, KEY), list[600], one[DIGEST_HEX], two[DIGEST_HEX];
    hex_of(str_of("one"), one);
    hex_of(str_of("two"), two);
    put_part(b, id, "1", str_of("one"));
    put_part(b, id, "2", str_of("two"));
    snprintf(list, sizeof list, PART PART, 2, two, 1, one);
    complete(b, id, list);
    s3_bench_expect(b, 400, "InvalidPartOrder");
    snprintf(list, sizeof list, PART PART, 1, one, 2, two);
    complete(b, id, list);
    s3_bench_expect(b, 400, "EntityTooSmall");
    snprintf(list, sizeof list, PART, 1, two);
    complete(b, id, list);
    s3_bench_expect(b, 400, "InvalidPart");
    snprintf(list, sizeof list, PART, 3, one);
    complete(b, id, list);
    s3_bench_expect(b, 400, "InvalidPart");
    complete(b, id, "");
    s3_bench_expect(b, 400, "MalformedXML");
    complete(b, id, "<Part><ETag>x</ETag></Part>");
    s3_bench_expect(b, 400, "MalformedXML");
    complete(b, id, "<Part>");
    s3_bench_expect(b, 400, "MalformedXML");
    snprintf(list, sizeof list, PART, 2, two);
    assert_int_equal(complete(b, id, list), 200);
    s3_bench_ask(b, "GET", KEY, NULL, NULL);
    assert_string_equal(buf_text(&b->serving.body), "two");
    free(id);
}

static void bad_parts(void **state)
{
    struct s3_bench *b = *state;
    char *id = begin(b, KEY), path[200];
    put_part(b, id, "0", str_of("x"));
    s3_bench_expect(b, 400, "InvalidArgument");
    put_part(b, id, "10001", str_of("x"));
    s3_bench_expect(b, 400, "InvalidArgument");
    put_part(b, "other", "1", str_of("x"));
    s3_bench_expect(b, 404, "NoSuchUpload");
    snprintf(path, sizeof path, KEY "2?partNumber=1&uploadId=%s", id);
    s3_bench_ask(b, "PUT", path, "x", NULL);
    s3_bench_expect(b, 404, "NoSuchUpload");
    size_t held = b->s3d->bytes;
    b->s3d->bytes = S3D_BYTES_MAX - 2;
    put_part(b, id, "1", str_of("x"));
    s3_bench_expect(b, 403, "QuotaExceeded");
    s3_bench_ask(b, "POST", KEY "3?uploads=", "", NULL);
    s3_bench_expect(b, 403, "QuotaExceeded");
    b->s3d->bytes = held;
    free(id);
}

static void aborted(void **state)
{
    struct s3_bench *b = *state;
    char *id = begin(b, KEY), path[200];
    put_part(b, id, "1", str_of("some bytes"));
    snprintf(path, sizeof path, KEY "?uploadId=%s", id);
    assert_int_equal(s3_bench_ask(b, "DELETE", path, NULL, NULL), 204);
    s3_bench_ask(b, "DELETE", path, NULL, NULL);
    s3_bench_expect(b, 404, "NoSuchUpload");
    assert_int_equal(s3d_bytes(b->s3d), 0);
    free(id);
}

static void uploads_are_listed(void **state)
{
    struct s3_bench *b = *state;
    char *one = begin(b, "/kubeboard-raw/b%20b"), *two = begin(b, "/kubeboard-raw/a");
    char *three = begin(b, "/kubeboard-raw/b%20b"), path[300];
    assert_int_equal(
        s3_bench_ask(b, "GET", "/kubeboard-raw?encoding-type=url&uploads=", NULL, NULL), 200);
    const char *text = buf_text(&b->serving.body);
    const char *first = strstr(text, two), *second = strstr(text, one),
               *third = strstr(text, three);
    assert_true(first && second && third && first < second && second < third);
    assert_true(serving_has(&b->serving, "<Key>b+b</Key>"));
    s3_bench_ask(b, "GET", "/kubeboard-raw?max-uploads=2&uploads=", NULL, NULL);
    assert_true(serving_has(&b->serving, "<IsTruncated>true"));
    assert_true(serving_has(&b->serving, "<NextKeyMarker>b b</NextKeyMarker>"));
    assert_false(serving_has(&b->serving, three));
    snprintf(path, sizeof path,
             "/kubeboard-raw?key-marker=b%%20b&max-uploads=2&upload-id-marker=%s&uploads=", one);
    s3_bench_ask(b, "GET", path, NULL, NULL);
    assert_true(serving_has(&b->serving, three));
    assert_true(serving_has(&b->serving, "<IsTruncated>false"));
    s3_bench_ask(b, "GET", "/kubeboard-raw?prefix=b&uploads=", NULL, NULL);
    assert_false(serving_has(&b->serving, two));
    s3_bench_ask(b, "GET", "/kubeboard-raw?key-marker=b%20b&uploads=", NULL, NULL);
    assert_false(serving_has(&b->serving, "<Upload>"));
    free(one);
    free(two);
    free(three);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, s3_bench_setup, s3_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(parts_become_an_object),
        TEST(the_etag_is_s3s),
        TEST(lists_that_do_not_fit),
        TEST(bad_parts),
        TEST(aborted),
        TEST(uploads_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
