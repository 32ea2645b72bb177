/* What S3 says when it refuses. */
#include "help.h"

#include "store/s3/s3_error.h"

#define XML(code, message, more)                                                                   \
    "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>" code "</Code><Message>" message        \
    "</Message>" more "<RequestId>tx1</RequestId></Error>"

static struct err fill(int status, const char *body)
{
    struct s3_error e;
    struct err err = {0};
    s3_error_read(&e, str_of(body));
    s3_error_fill(&err, status, &e, "s3://b/k");
    assert_string_equal(err.where, "s3://b/k");
    assert_int_equal(err.http, status);
    return err;
}

static void names_the_cause(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body, *what, *mend;
        enum err_kind kind;
    } cases[] = {
        {403, XML("SignatureDoesNotMatch", "no", "<StringToSign>x</StringToSign>"),
         "SignatureDoesNotMatch: no", "AWS_SECRET_ACCESS_KEY", ERR_DENIED},
        {403, XML("AccessDenied", "Access Denied", ""), "AccessDenied", "s3:PutObject", ERR_DENIED},
        {403, XML("RequestTimeTooSkewed", "x", ""), "Skewed", "clock", ERR_DENIED},
        {404, XML("NoSuchKey", "gone", ""), "NoSuchKey", "", ERR_NOT_FOUND},
        {404, XML("NoSuchBucket", "gone", ""), "NoSuchBucket", "make the bucket", ERR_CONFIG},
        {404, "", "404", "", ERR_NOT_FOUND},
        {503, XML("SlowDown", "Reduce", ""), "SlowDown", "", ERR_AWAY},
        {500, "<html><body>oops<br></body></html>", "500", "", ERR_AWAY},
        {400, "<html><h1>Bad Request", "400", "", ERR_REFUSED},
        {400, XML("RequestTimeout", "idle", ""), "RequestTimeout", "", ERR_AWAY},
        {400, XML("InvalidRequest", "Please use AWS4-HMAC-SHA256.", ""), "AWS4", "client: curl",
         ERR_CONFIG},
        {400, XML("AuthorizationHeaderMalformed", "x", "<Region>eu-west-3</Region>"), "eu-west-3",
         "store.s3.region: eu-west-3", ERR_CONFIG},
        {418, XML("Teapot", "short", ""), "Teapot: short", "", ERR_REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = fill(cases[i].status, cases[i].body);
        assert_int_equal(err.kind, cases[i].kind);
        assert_non_null(strstr(err.what, cases[i].what));
        assert_non_null(strstr(err.mend, cases[i].mend));
    }
}

static void keeps_retry_after(void **state)
{
    struct s3_error e;
    struct err err = {.retry_after_ms = 7000};
    (void)state;
    s3_error_read(&e, str_of(XML("SlowDown", "", "")));
    s3_error_fill(&err, 503, &e, "x");
    assert_int_equal(err.retry_after_ms, 7000);
    assert_true(err_is_transient(&err));
}

static void knows_expired_tokens(void **state)
{
    struct s3_error e;
    (void)state;
    assert_true(s3_error_read(&e, str_of(XML("ExpiredToken", "", ""))));
    assert_true(s3_error_is_expired(&e));
    assert_true(s3_error_read(&e, str_of(XML("InvalidToken", "", ""))));
    assert_false(s3_error_is_expired(&e));
    assert_true(s3_error_is_about_keys(&e, 400));
    assert_true(s3_error_read(&e, str_of(XML("InvalidRequest", "", ""))));
    assert_false(s3_error_is_about_keys(&e, 400));
    assert_false(s3_error_read(&e, str_of("no xml")));
    assert_string_equal(e.code, "");
    assert_true(s3_error_is_about_keys(&e, 400));
    assert_false(s3_error_is_about_keys(&e, 403));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_cause),
        cmocka_unit_test(keeps_retry_after),
        cmocka_unit_test(knows_expired_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
