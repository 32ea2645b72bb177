/* The examples that AWS publishes, with the requests that they print:
 * version 2: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 * version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
#include "sandbox/s3/s3_signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KEY_ID "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define WELCOME "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
enum { HEADERS = 12 };

struct example {
    const char *method, *target, *bucket;
    struct s3_signature_header headers[HEADERS];
    const char *signed_headers, *signature; /* version 2: no signed headers */
    const char *to_sign_ends;
};

/* Whether the signature is right; with `secret` and the request as given. */
static bool check(const struct example *e, const char *secret, const char **why)
{
    struct s3_signature s;
    struct s3_signature_proof proof;
    struct s3_signature_request r = {e->method, e->target, e->bucket, e->headers, 0};
    struct buf authorization;
    bool known;
    while (r.header_count < HEADERS && e->headers[r.header_count].name)
        r.header_count++;
    buf_init(&authorization, 2000);
    if (e->signed_headers)
        buf_printf(&authorization,
                   "AWS4-HMAC-SHA256 Credential=" KEY_ID "/20130524/us-east-1/s3/aws4_request,"
                   "SignedHeaders=%s, Signature=%s",
                   e->signed_headers, e->signature);
    else
        buf_printf(&authorization, "AWS " KEY_ID ":%s", e->signature);
    assert_true(s3_signature_read(&s, buf_text(&authorization), &known));
    assert_true(known);
    assert_true(str_is(s.key_id, KEY_ID));
    bool good = s3_signature_check(&s, &r, secret, &proof);
    if (e->to_sign_ends)
        assert_true(str_ends(buf_str(&proof.to_sign), e->to_sign_ends));
    s3_signature_proof_free(&proof);
    buf_free(&authorization);
    *why = e->signature;
    return good;
}

#define HOST4                                                                                      \
    {"Host", "examplebucket.s3.amazonaws.com"},                                                    \
    {                                                                                              \
        "x-amz-date", "20130524T000000Z"                                                           \
    }

static const struct example fours[] = {
    {"GET",
     "/test.txt",
     NULL,
     {HOST4, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", EMPTY}},
     "host;range;x-amz-content-sha256;x-amz-date",
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
     "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972"},
    {"PUT",
     "/test$file.text",
     NULL,
     {HOST4,
      {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
      {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
      {"X-Amz-Content-Sha256", WELCOME}},
     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
     "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d"},
    {"GET",
     "/?lifecycle",
     NULL,
     {HOST4, {"x-amz-content-sha256", EMPTY}},
     "host;x-amz-content-sha256;x-amz-date",
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
     NULL},
    {"GET",
     "/?prefix=J&max-keys=2",
     NULL,
     {HOST4, {"x-amz-content-sha256", EMPTY}},
     "host;x-amz-content-sha256;x-amz-date",
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
     NULL},
};

static const struct example twos[] = {
    {"GET",
     "/photos/puppy.jpg",
     "johnsmith",
     {{"Host", "johnsmith.s3.amazonaws.com"}, {"Date", "Tue, 27 Mar 2007 19:36:42 +0000"}},
     NULL,
     "bWq2s1WEIj+Ydj0vQ697zp+IXMU=",
     "/johnsmith/photos/puppy.jpg"},
    {"PUT",
     "/photos/puppy.jpg",
     "johnsmith",
     {{"Content-Type", "image/jpeg"},
      {"Content-Length", "94328"},
      {"Date", "Tue, 27 Mar 2007 21:15:45 +0000"}},
     NULL,
     "MyyxeRY7whkBe+bq8fHCL/2kKUg=",
     NULL},
    {"GET",
     "/?prefix=photos&max-keys=50&marker=puppy",
     "johnsmith",
     {{"User-Agent", "Mozilla/5.0"}, {"Date", "Tue, 27 Mar 2007 19:42:41 +0000"}},
     NULL,
     "htDYFYduRNen8P9ZfE/s9SuKy0U=",
     "+0000\n/johnsmith/"},
    {"GET",
     "/?acl",
     "johnsmith",
     {{"Date", "Tue, 27 Mar 2007 19:44:46 +0000"}},
     NULL,
     "c2WLPFtWHVgbEmeEG93a4cG37dM=",
     "/johnsmith/?acl"},
    {"DELETE",
     "/johnsmith/photos/puppy.jpg",
     NULL,
     {{"Host", "s3.amazonaws.com"}, {"Date", "Tue, 27 Mar 2007 21:20:26 +0000"}},
     NULL,
     "lx3byBScXR6KzyMaifNkardMwNk=",
     NULL},
    {"PUT",
     "/db-backup.dat.gz",
     "static.johnsmith.net",
     {{"Date", "Tue, 27 Mar 2007 21:06:08 +0000"},
      {"x-amz-acl", "public-read"},
      {"content-type", "application/x-download"},
      {"Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="},
      {"X-Amz-Meta-ReviewedBy", "joe@johnsmith.net"},
      {"X-Amz-Meta-ReviewedBy", "jane@johnsmith.net"},
      {"X-Amz-Meta-FileChecksum", "0x02661779"},
      {"X-Amz-Meta-ChecksumAlgorithm", "crc32"},
      {"Content-Disposition", "attachment; filename=database.dat"}},
     NULL,
     "ilyl83RwaSoYIEdixDQcA4OnAnc=",
     "/static.johnsmith.net/db-backup.dat.gz"},
    {"GET",
     "/",
     NULL,
     {{"Date", "Wed, 28 Mar 2007 01:29:59 +0000"}},
     NULL,
     "qGdzdERIC03wnaRNKh6OqZehG9s=",
     NULL},
    {"GET",
     "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
     NULL,
     {{"Date", "Wed, 28 Mar 2007 01:49:49 +0000"}},
     NULL,
     "DNEZGsoieTZ92F3bUfSPQcbGmlM=",
     NULL},
};

static void check_all(const struct example *list, size_t count)
{
    const char *why = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!check(&list[i], SECRET, &why))
            fail_msg("%s is not what came out", why);
        assert_false(check(&list[i], "another secret", &why));
        struct example other = list[i];
        other.method = "POST";
        other.to_sign_ends = NULL;
        assert_false(check(&other, SECRET, &why));
    }
}

static void published_examples_of_version_4(void **state)
{
    (void)state;
    check_all(fours, sizeof fours / sizeof *fours);
}

static void published_examples_of_version_2(void **state)
{
    (void)state;
    check_all(twos, sizeof twos / sizeof *twos);
}

static void a_changed_request_is_found_out(void **state)
{
    (void)state;
    const char *why;
    struct example e = fours[0];
    e.to_sign_ends = NULL;
    e.target = "/test.txt?a=";
    assert_false(check(&e, SECRET, &why));
    e = fours[0];
    e.to_sign_ends = NULL;
    e.headers[2].value = "bytes=0-8";
    assert_false(check(&e, SECRET, &why));
    e = fours[0];
    e.to_sign_ends = NULL;
    e.headers[2].name = "Ranges"; /* signed, but did not come */
    assert_false(check(&e, SECRET, &why));
    e = twos[0];
    e.bucket = "johnsmit";
    e.to_sign_ends = NULL;
    assert_false(check(&e, SECRET, &why));
}

/* The path is decoded and encoded anew: %2e and %2F are . and /, a plus is a plus. */
static void the_same_path_written_otherwise(void **state)
{
    (void)state;
    const char *why;
    struct example e = fours[1];
    e.target = "/test%24file%2etext";
    assert_true(check(&e, SECRET, &why));
    e = fours[3];
    e.target = "/?max-keys=%32&&prefix=J";
    assert_true(check(&e, SECRET, &why));
}

static void broken_headers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool known;
    } cases[] = {
        {"", false},
        {"Bearer x", false},
        {"AWS", true},
        {"AWS id", true},
        {"AWS :sig", true},
        {"AWS4-HMAC-SHA256 Credential=a/b/c", true},
        {"AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request, Signature=1", true},
        {"AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request/x, SignedHeaders=host, Signature=1",
         true},
        {"AWS4-HMAC-SHA256 Other=1", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct s3_signature s;
        bool known;
        assert_false(s3_signature_read(&s, cases[i].text, &known));
        assert_int_equal(known, cases[i].known);
    }
    struct s3_signature s;
    bool known;
    assert_false(s3_signature_read(&s, NULL, &known));
}

static void moments(void **state)
{
    (void)state;
    static const struct s3_signature_header headers[] = {{"Date", "Tue, 27 Mar 2007 21:20:27 GMT"},
                                                         {"X-Amz-Date", "20130524T000000Z"}};
    struct s3_signature_request r = {"GET", "/", NULL, headers, 2};
    int64_t t;
    assert_true(s3_signature_time(&r, &t));
    assert_int_equal(t, INT64_C(1369353600000000000));
    r.header_count = 1;
    assert_true(s3_signature_time(&r, &t));
    assert_int_equal(t, INT64_C(1175030427000000000));
    r.header_count = 0;
    assert_false(s3_signature_time(&r, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_of_version_4),
        cmocka_unit_test(published_examples_of_version_2),
        cmocka_unit_test(a_changed_request_is_found_out),
        cmocka_unit_test(the_same_path_written_otherwise),
        cmocka_unit_test(broken_headers),
        cmocka_unit_test(moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
