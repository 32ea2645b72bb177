/* Pages of ListObjectsV2. */
#include "help.h"

#include "store/s3/s3_list.h"

#define HEAD                                                                                       \
    "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult "                                     \
    "xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
#define KEY(name, size)                                                                            \
    "<Contents><Key>" name "</Key><LastModified>2021-08-27T13:00:00.250Z</LastModified>"           \
    "<ETag>&quot;x&quot;</ETag><Size>" size "</Size></Contents>"

static struct s3_place place = {.url = "s3://b/errors", .prefix = "errors/", .bucket = "b"};

static void decodes_keys(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"a", "a"}, {"", ""}, {"a%20b+c%2B%2b", "a b c++"}, {"%ED%95%9C", "한"}, {"%41", "A"}};
    static const char *const bad[] = {"%", "%4", "a%zz", "%00", "x%2"};
    struct arena a;
    char *out;
    arena_init(&a);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(s3_list_decode(&a, str_of(good[i][0]), &out));
        assert_string_equal(out, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(s3_list_decode(&a, str_of(bad[i]), &out));
    arena_free(&a);
}

static void reads_a_page(void **state)
{
    struct s3_list_page page = {0};
    struct err err;
    (void)state;
    /* The console's own "errors/" and a folder mark are no objects of ours; neither is another's key. */
    assert_true(s3_list_read(
        &page, &place,
        str_of(HEAD KEY("errors/", "0") KEY("errors/p/b%2Bc%20d", "12") KEY("errors/p/x/", "0") KEY(
            "other/p/a",
            "1") KEY("errors/p/z",
                     "99999999999") "<CommonPrefixes><Prefix>errors/p/m/</Prefix></CommonPrefixes>"
                                    "<IsTruncated>true</IsTruncated>"
                                    "<NextContinuationToken>t/1=</NextContinuationToken>"
                                    "<EncodingType>url</EncodingType></ListBucketResult>"),
        &err));
    assert_int_equal(page.count, 3);
    assert_string_equal(page.entries[0].key, "p/b+c d");
    assert_int_equal(page.entries[0].size, 12);
    assert_int_equal(page.entries[0].modified, INT64_C(1630069200250) * CLOCK_MS);
    assert_string_equal(page.entries[1].key, "p/m/");
    assert_true(page.entries[1].is_folder);
    assert_string_equal(page.entries[2].key, "p/z");
    assert_true(page.entries[2].size == 99999999999ULL);
    assert_true(page.truncated);
    assert_string_equal(page.token, "t/1=");
    s3_list_page_free(&page);
}

static void takes_plain_keys_when_not_encoded(void **state)
{
    struct s3_list_page page = {0};
    struct err err;
    (void)state;
    assert_true(s3_list_read(
        &page, &place, str_of(HEAD KEY("errors/a%20b+&amp;c", "1") "</ListBucketResult>"), &err));
    assert_int_equal(page.count, 1);
    assert_string_equal(page.entries[0].key, "a%20b+&c");
    assert_false(page.truncated);
    s3_list_page_free(&page);
}

static void refuses_bad_pages(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "<html>", HEAD, HEAD "<IsTruncated>true</IsTruncated></ListBucketResult>",
        HEAD KEY("errors/%zz", "1") "<EncodingType>url</EncodingType></ListBucketResult>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct s3_list_page page = {0};
        struct err err;
        assert_false(s3_list_read(&page, &place, str_of(bad[i]), &err));
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_string_equal(err.where, "s3://b/errors");
        s3_list_page_free(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_keys),
        cmocka_unit_test(reads_a_page),
        cmocka_unit_test(takes_plain_keys_when_not_encoded),
        cmocka_unit_test(refuses_bad_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
