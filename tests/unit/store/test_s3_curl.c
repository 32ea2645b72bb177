/* What S3 by curl does when the server stumbles, by a server of our own on loopback. That signatures are right is shown by
 * tests/real/test_store.sh on a real one. */
#include "help.h"

#include "net/server.h"

enum { LOG = 64 };

struct stub {
    struct help *help;
    struct server *server;
    struct store *store;
    char *asked[LOG]; /* "GET /bucket/root/key?query" */
    int count;
    /* What to answer; the n-th request, from 0. */
    void (*answer)(struct stub *s, struct server_request *r, int n);
    char headers[2000]; /* of the last request */
};

static void reply(struct server_request *r, int status, const char *body)
{
    server_reply(r, status, "application/xml", NULL, str_of(body));
}

static void reply_error(struct server_request *r, int status, const char *code, const char *more)
{
    char *body =
        mem_printf("<?xml version='1.0'?><Error><Code>%s</Code><Message>said so</Message>%s"
                   "</Error>",
                   code, more);
    reply(r, status, body);
    free(body);
}

static void note_header(void *context, const char *name, const char *value)
{
    struct stub *s = context;
    size_t n = strlen(s->headers);
    snprintf(s->headers + n, sizeof s->headers - n, "%s: %s\n", name, value);
}

static void serve(void *context, struct server_request *r)
{
    struct stub *s = context;
    int n = s->count++;
    if (n < LOG)
        s->asked[n] = mem_printf("%s %s", server_method(r), server_raw_target(r));
    s->headers[0] = '\0';
    server_headers(r, note_header, s);
    s->answer(s, r, n);
}

static int set_up(void **state)
{
    struct stub *s = mem_alloc(sizeof *s);
    void *help = NULL;
    if (help_set_up(&help) != 0)
        return -1;
    s->help = help;
    setenv("HOME", s->help->folder, 1);
    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "SECRET", 1);
    unsetenv("AWS_SESSION_TOKEN");
    unsetenv("AWS_REGION");
    struct server_conf conf = {
        .listen = "127.0.0.1:0", .max_body = 64 << 20, .context = s, .handle = serve};
    s->server = server_new(s->help->loop, &conf, NULL);
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", server_port(s->server));
    struct store_conf store = {.url = "s3://bucket/root",
                               .client = STORE_CLIENT_CURL,
                               .endpoint = endpoint,
                               .region = "eu-west-1",
                               .encryption = "aws:kms:key/1",
                               .part_size = 5 << 20};
    s->store = store_open(s->help->http, &store, NULL);
    *state = s;
    return s->store ? 0 : -1;
}

static int tear_down(void **state)
{
    struct stub *s = *state;
    void *help = s->help;
    store_free(s->store);
    server_free(s->server);
    for (int i = 0; i < LOG; i++)
        free(s->asked[i]);
    free(s);
    return help_tear_down(&help);
}

static void busy_twice(struct stub *s, struct server_request *r, int n)
{
    (void)s;
    if (n == 0)
        reply_error(r, 503, "SlowDown", "");
    else if (n == 1)
        server_reply(r, 500, "text/html", NULL, str_of("<html>oops<br></html>"));
    else
        reply(r, 200, "bytes");
}

static void tries_again_when_busy(void **state)
{
    struct stub *s = *state;
    s->answer = busy_twice;
    help_expect(s->help, s->store, "a b/ü", str_of("bytes"));
    assert_int_equal(s->count, 3);
    assert_string_equal(s->asked[2], "GET /bucket/root/a%20b/%C3%BC");
    assert_non_null(strstr(s->headers, "Credential=KEY/"));
    assert_non_null(strstr(s->headers, "/eu-west-1/s3/aws4_request"));
    assert_null(strstr(s->headers, "SECRET"));
}

static void busy_for_ever(struct stub *s, struct server_request *r, int n)
{
    (void)s;
    (void)n;
    reply_error(r, 503, "SlowDown", "");
}

static void gives_up_in_the_end(void **state)
{
    struct stub *s = *state;
    struct answer a;
    s->answer = busy_for_ever;
    int64_t start = clock_monotonic();
    help_get(s->help, s->store, "x", &a);
    assert_int_equal(a.err.kind, ERR_AWAY);
    assert_non_null(strstr(a.err.what, "SlowDown"));
    assert_string_equal(a.err.where, "s3://bucket/root/x");
    assert_int_equal(s->count, 5);
    assert_true(clock_monotonic() - start > 4 * CLOCK_SECOND);
    answer_free(&a);
}

static void cut_off(struct stub *s, struct server_request *r, int n)
{
    (void)s;
    if (n == 0) {
        server_stream(r, 200, "text/plain", NULL);
        server_stream_add(r, str_of("hal"));
        server_stream_end(r, true);
    } else if (n == 1) {
        server_drop(r);
    } else {
        reply(r, 200, "half no more");
    }
}

static void a_cut_body_is_read_again(void **state)
{
    struct stub *s = *state;
    s->answer = cut_off;
    help_expect(s->help, s->store, "x", str_of("half no more"));
    assert_int_equal(s->count, 3);
}

static void cut_once(struct stub *s, struct server_request *r, int n)
{
    cut_off(s, r, n ? 2 : 0);
}

static void a_cut_spool_begins_anew(void **state)
{
    struct stub *s = *state;
    s->answer = cut_once;
    help_expect_spooled(s->help, s->store, "x", str_of("half no more"));
    assert_int_equal(s->count, 2);
}

static bool first_try_only(void *context)
{
    struct stub *s = context;
    return s->count == 0;
}

/* It is asked at each try: the process may have been stopped between two. */
static void a_guard_stops_what_writes(void **state)
{
    struct stub *s = *state;
    struct answer a = {0};
    s->answer = busy_for_ever;
    store_guard(s->store, first_try_only, s);
    assert_int_equal(help_put(s->help, s->store, "x", str_of("y")), ERR_CONFLICT);
    assert_int_equal(s->count, 1);
    store_delete(s->store, "x", &a, on_plain);
    help_wait(s->help, &a.came);
    assert_int_equal(a.err.kind, ERR_CONFLICT);
    assert_int_equal(s->count, 1);
    s->answer = cut_once;
    help_expect(s->help, s->store, "x", str_of("half no more"));
    store_guard(s->store, NULL, NULL);
    assert_int_equal(help_put(s->help, s->store, "x", str_of("y")), ERR_NONE);
}

static void refuse(struct stub *s, struct server_request *r, int n)
{
    (void)s;
    static const char *const region[] = {"x-amz-bucket-region: ap-south-1", NULL};
    if (n == 0)
        reply_error(r, 403, "AccessDenied", "");
    else if (n == 1)
        reply_error(r, 301, "PermanentRedirect",
                    "<Endpoint>x</Endpoint><Region>ap-south-1</Region>");
    else if (n == 2)
        server_reply(r, 400, "text/plain", region, str_of(""));
    else if (n == 3)
        server_reply(r, 400, "text/html", NULL, str_of("<html>&nbsp;</html>"));
    else
        reply_error(r, 400, "ExpiredToken", "");
}

static void refusals_are_final(void **state)
{
    struct stub *s = *state;
    struct answer a;
    s->answer = refuse;
    help_get(s->help, s->store, "x", &a);
    assert_int_equal(a.err.kind, ERR_DENIED);
    assert_non_null(strstr(a.err.mend, "s3:GetObject"));
    answer_free(&a);
    help_get(s->help, s->store, "x", &a);
    assert_int_equal(a.err.kind, ERR_CONFIG);
    assert_string_equal(a.err.mend, "set store.s3.region: ap-south-1");
    answer_free(&a);
    store_head(s->store, "x", &a, on_head);
    help_wait(s->help, &a.came);
    assert_int_equal(a.err.kind, ERR_CONFIG);
    assert_non_null(strstr(a.err.what, "ap-south-1"));
    answer_free(&a);
    help_get(s->help, s->store, "x", &a);
    assert_int_equal(a.err.kind, ERR_REFUSED);
    answer_free(&a);
    /* Static keys cannot be renewed: once told, the same error comes without asking. */
    help_get(s->help, s->store, "x", &a);
    assert_int_equal(a.err.kind, ERR_DENIED);
    assert_non_null(strstr(a.err.what, "expired"));
    answer_free(&a);
    assert_int_equal(s->count, 5);
}

static void in_a_circle(struct stub *s, struct server_request *r, int n)
{
    (void)s;
    (void)n;
    reply(r, 200,
          "<ListBucketResult><Contents><Key>root/a</Key><Size>1</Size></Contents>"
          "<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>"
          "</ListBucketResult>");
}

static void a_list_ends(void **state)
{
    struct stub *s = *state;
    struct answer a;
    s->answer = in_a_circle;
    help_list(s->help, s->store, "a b", true, "a", 1, &a);
    assert_int_equal(a.err.kind, ERR_PROTOCOL);
    assert_int_equal(a.count, 0);
    assert_string_equal(s->asked[0],
                        "GET /bucket?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1"
                        "&prefix=root%2Fa%20b&start-after=root%2Fa");
    assert_string_equal(s->asked[1],
                        "GET /bucket?continuation-token=same&delimiter=%2F&encoding-type=url"
                        "&list-type=2&max-keys=1&prefix=root%2Fa%20b");
    answer_free(&a);
}

static void take_parts(struct stub *s, struct server_request *r, int n)
{
    static const char *const etag[] = {"ETag: \"tag\"", NULL};
    (void)s;
    if (n == 0)
        reply(r, 200,
              "<InitiateMultipartUploadResult><UploadId>id/1</UploadId>"
              "</InitiateMultipartUploadResult>");
    else if (!strcmp(server_method(r), "PUT"))
        server_reply(r, 200, NULL, etag, str_of(""));
    else if (!strcmp(server_method(r), "DELETE"))
        reply(r, 204, "");
    else
        reply(r, 200, "<Error><Code>InternalError</Code><Message>late</Message></Error>");
}

static void an_upload_that_fails_late_is_aborted(void **state)
{
    struct stub *s = *state;
    s->answer = take_parts;
    char *large = mem_alloc(11 << 20);
    assert_int_equal(help_put(s->help, s->store, "big", (struct str){large, 11 << 20}), ERR_AWAY);
    help_run_for(s->help, 200);
    assert_int_equal(s->count, 6);
    assert_string_equal(s->asked[0], "POST /bucket/root/big?uploads=");
    assert_string_equal(s->asked[1], "PUT /bucket/root/big?partNumber=1&uploadId=id%2F1");
    assert_string_equal(s->asked[3], "PUT /bucket/root/big?partNumber=3&uploadId=id%2F1");
    assert_string_equal(s->asked[4], "POST /bucket/root/big?uploadId=id%2F1");
    assert_string_equal(s->asked[5], "DELETE /bucket/root/big?uploadId=id%2F1");
    free(large);
}

static void a_cancelled_upload_is_aborted(void **state)
{
    struct stub *s = *state;
    s->answer = take_parts;
    struct answer a = {0};
    struct buf body;
    buf_init(&body, 16 << 20);
    memset(buf_room(&body, 11 << 20), 'x', 11 << 20);
    buf_added(&body, 11 << 20);
    struct store_op *op = store_put(s->store, "big", "text/plain", &body, &a, on_plain);
    for (int i = 0; i < 500 && s->count < 2; i++)
        help_run_for(s->help, 5);
    assert_true(store_settled(s->store));
    store_cancel(op);
    assert_false(store_settled(s->store));
    for (int i = 0; i < 500 && !store_settled(s->store); i++)
        help_run_for(s->help, 5);
    assert_true(store_settled(s->store));
    assert_string_equal(s->asked[s->count - 1], "DELETE /bucket/root/big?uploadId=id%2F1");
    assert_int_equal(a.times, 0);
}

static void take_one(struct stub *s, struct server_request *r, int n)
{
    (void)n;
    struct str body = server_body(r);
    assert_true(str_is(body, "hello"));
    assert_non_null(strstr(s->headers, "x-amz-server-side-encryption: aws:kms\n"));
    assert_non_null(strstr(s->headers, "x-amz-server-side-encryption-aws-kms-key-id: key/1\n"));
    assert_non_null(strstr(s->headers,
                           "x-amz-content-sha256: "
                           "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"));
    assert_non_null(strstr(s->headers, "x-amz-checksum-sha256: "
                                       "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\n"));
    assert_null(strstr(s->headers, "security-token"));
    reply(r, 200, "");
}

static void a_put_carries_its_headers(void **state)
{
    struct stub *s = *state;
    s->answer = take_one;
    assert_int_equal(help_put(s->help, s->store, "x", str_of("hello")), ERR_NONE);
}

static void never(struct stub *s, struct server_request *r, int n)
{
    (void)n;
    (void)s;
    (void)r;
}

static void what_hangs_can_be_cancelled(void **state)
{
    struct stub *s = *state;
    struct answer a = {0};
    s->answer = never;
    struct store_op *op = store_get(s->store, "x", 10, &a, on_bytes);
    help_run_for(s->help, 100);
    assert_int_equal(s->count, 1);
    store_cancel(op);
    for (int i = 0; i < 20; i++)
        store_get(s->store, "y", 10, &a, on_bytes);
    help_run_for(s->help, 100);
    /* Eight at once. */
    assert_int_equal(s->count, 9);
    assert_int_equal(a.times, 0);
}

#define WITH_STUB(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STUB(tries_again_when_busy),
        WITH_STUB(gives_up_in_the_end),
        WITH_STUB(a_cut_body_is_read_again),
        WITH_STUB(a_cut_spool_begins_anew),
        WITH_STUB(a_guard_stops_what_writes),
        WITH_STUB(refusals_are_final),
        WITH_STUB(a_list_ends),
        WITH_STUB(an_upload_that_fails_late_is_aborted),
        WITH_STUB(a_cancelled_upload_is_aborted),
        WITH_STUB(a_put_carries_its_headers),
        WITH_STUB(what_hangs_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
