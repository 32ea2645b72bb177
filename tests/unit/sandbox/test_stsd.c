#include "sandbox/s3/stsd.h"

#include "sandbox/s3/access_keys.h"
#include "sandbox/s3/s3d.h"
#include "serving.h"

#define ASSUME                                                                                     \
    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"            \
    "111122223333%3Arole%2Fkubeboard-sandbox&RoleSessionName=kubeboard-1&WebIdentityToken="
#define TOKEN "web.token.of-the-pod"

struct bench {
    struct serving serving, s3; /* the first is STS */
    struct access_keys *keys;
    struct stsd *stsd;
    struct s3d *s3d;
};

static void handle(void *context, struct reply *p)
{
    stsd_handle(context, p);
}

static void handle_s3(void *context, struct reply *p)
{
    s3d_handle(context, p);
}

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->keys = access_keys_new("seed");
    b->stsd = stsd_new(b->keys, &b->serving.faults, TOKEN, "container token");
    b->s3d = s3d_new(b->keys, &b->s3.faults);
    serving_open(&b->serving, SANDBOX_STS, handle, b->stsd);
    serving_open(&b->s3, SANDBOX_S3, handle_s3, b->s3d);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    serving_close(&b->serving);
    serving_close(&b->s3);
    stsd_free(b->stsd);
    s3d_free(b->s3d);
    access_keys_free(b->keys);
    free(b);
    return 0;
}

static int post(struct bench *b, const char *form)
{
    return serving_ask(&b->serving,
                       &(struct serving_ask){.method = "POST",
                                             .path = "/",
                                             .body = str_of(form),
                                             .content_type = "application/x-www-form-urlencoded"});
}

static int list_with(struct bench *b, const char *id, const char *secret, const char *token)
{
    return serving_ask(
        &b->s3,
        &(struct serving_ask){
            .method = "GET", .path = "/kubeboard-raw", .id = id, .secret = secret, .token = token});
}

static void a_role_gives_keys_that_s3_takes(void **state)
{
    struct bench *b = *state;
    int64_t expires, now = clock_now();
    assert_int_equal(post(b, ASSUME TOKEN "%0A&DurationSeconds=900"), 200);
    char *id = serving_between(&b->serving, "<AccessKeyId>", "<");
    char *secret = serving_between(&b->serving, "<SecretAccessKey>", "<");
    char *token = serving_between(&b->serving, "<SessionToken>", "<");
    char *end = serving_between(&b->serving, "<Expiration>", "<");
    assert_true(clock_parse(str_of(end), false, &expires));
    assert_true(expires > now + 898 * CLOCK_SECOND && expires <= now + 901 * CLOCK_SECOND);
    assert_true(serving_has(&b->serving, "<AssumedRoleId>AROASANDBOXSANDBOXSAN:kubeboard-1</"));
    assert_true(serving_has(&b->serving,
                            "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/"
                            "doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult>"));
    assert_int_equal(list_with(b, id, secret, token), 200);
    assert_int_equal(list_with(b, id, secret, NULL), 400);
    assert_int_equal(list_with(b, id, "wrong", token), 403);
    free(id);
    free(secret);
    free(token);
    free(end);
}

static void refusals(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *form;
        int status;
        const char *code;
    } cases[] = {
        {"", 400, "MissingAction"},
        {"Action=GetCallerIdentity&Version=2011-06-15", 400, "InvalidAction"},
        {"Action=AssumeRoleWithWebIdentity&Version=2010-01-01", 400, "InvalidAction"},
        {ASSUME "other", 400, "InvalidIdentityToken"},
        {ASSUME, 400, "ValidationError"},
        {ASSUME TOKEN "&DurationSeconds=60", 400, "ValidationError"},
        {ASSUME TOKEN "&DurationSeconds=x", 400, "ValidationError"},
        {"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=me&RoleSessionName=ab"
         "&WebIdentityToken=" TOKEN,
         400, "ValidationError"},
        {"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" STSD_ROLE
         "&RoleSessionName=a%20b&WebIdentityToken=" TOKEN,
         400, "ValidationError"},
        {"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" STSD_ROLE "2"
         "&RoleSessionName=ab&WebIdentityToken=" TOKEN,
         403, "AccessDenied"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text, "<Error><Type>Sender</Type><Code>%s</Code>", cases[i].code);
        assert_int_equal(post(b, cases[i].form), cases[i].status);
        assert_true(serving_has(&b->serving, text));
        assert_false(serving_has(&b->serving, "<SecretAccessKey>"));
    }
    serving_fault(&b->serving, "expired-token=sts");
    assert_int_equal(post(b, ASSUME TOKEN), 400);
    assert_true(serving_has(&b->serving, "<Code>ExpiredTokenException</Code>"));
}

static int get(struct bench *b, const char *path, const char *header)
{
    return serving_ask(&b->serving,
                       &(struct serving_ask){.method = "GET", .path = path, .headers = {header}});
}

static void the_agent_gives_keys_that_s3_takes(void **state)
{
    struct bench *b = *state;
    assert_int_equal(get(b, "/v1/credentials", "Authorization: container token"), 200);
    char *id = serving_between(&b->serving, "\"AccessKeyId\":\"", "\"");
    char *secret = serving_between(&b->serving, "\"SecretAccessKey\":\"", "\"");
    char *token = serving_between(&b->serving, "\"Token\":\"", "\"");
    assert_true(serving_has(&b->serving, "\"Expiration\":\"2"));
    assert_int_equal(list_with(b, id, secret, token), 200);
    serving_fault(&b->s3, "expired-token");
    assert_int_equal(list_with(b, id, secret, token), 400);
    free(id);
    free(secret);
    free(token);
    assert_int_equal(get(b, "/v1/credentials", NULL), 400);
    assert_int_equal(get(b, "/v1/credentials", "Authorization: other"), 400);
    assert_false(serving_has(&b->serving, "other"));
    serving_fault(&b->serving, "expired-token=sts");
    assert_int_equal(get(b, "/v1/credentials", "Authorization: container token"), 400);
    assert_int_equal(get(b, "/other", NULL), 400);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(a_role_gives_keys_that_s3_takes), TEST(refusals),
                                       TEST(the_agent_gives_keys_that_s3_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
