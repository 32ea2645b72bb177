/* Keys from STS, the container's agent and the instance's metadata, by a server of our own on loopback. */
#include "help.h"

#include "base/file.h"
#include "net/server.h"
#include "store/aws/aws_credentials.h"

struct stub {
    struct help *help;
    struct server *server;
    char url[64];
    int asked, fail_first; /* answers 503 so often */
    int status;            /* not 0: always this, with `body` */
    char body[800];
    int64_t lives; /* ns from now until the keys end; 0: no Expiration */
    char last_token[100], last_form[2000];
    int refuse_token; /* so often: ExpiredTokenException */
};

static void text_reply(struct server_request *r, int status, const char *body)
{
    server_reply(r, status, "text/plain", NULL, str_of(body));
}

static void give_keys(struct stub *s, struct server_request *r, bool xml)
{
    char expires[CLOCK_TEXT] = "", body[1000];
    if (s->lives)
        clock_rfc3339(clock_now() + s->lives, false, expires);
    if (xml)
        snprintf(body, sizeof body,
                 "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
                 "<SessionToken>TOKEN%d</SessionToken><SecretAccessKey>S&amp;CRET</SecretAccessKey>"
                 "<Expiration>%s</Expiration><AccessKeyId>ID%d</AccessKeyId></Credentials>"
                 "<AssumedRoleUser><Arn>x</Arn></AssumedRoleUser></AssumeRoleWithWebIdentityResult>"
                 "</AssumeRoleWithWebIdentityResponse>",
                 s->asked, expires, s->asked);
    else
        snprintf(body, sizeof body,
                 "{\"Code\":\"Success\",\"AccessKeyId\":\"ID%d\",\"SecretAccessKey\":\"S\","
                 "\"Token\":\"TOKEN%d\",\"Expiration\":\"%s\"}",
                 s->asked, s->asked, expires);
    text_reply(r, 200, body);
}

static void serve_instance(struct stub *s, struct server_request *r)
{
    const char *path = server_path(r), *token = server_header(r, "X-aws-ec2-metadata-token");
    if (!strcmp(path, "/latest/api/token") && !strcmp(server_method(r), "PUT")) {
        assert_non_null(server_header(r, "X-aws-ec2-metadata-token-ttl-seconds"));
        text_reply(r, 200, "METATOKEN==");
    } else if (!token || strcmp(token, "METATOKEN==") != 0) {
        text_reply(r, 401, "");
    } else if (!strcmp(path, "/latest/meta-data/iam/security-credentials/")) {
        text_reply(r, 200, "node-role\n");
    } else if (!strcmp(path, "/latest/meta-data/iam/security-credentials/node-role")) {
        give_keys(s, r, false);
    } else {
        text_reply(r, 404, "");
    }
}

static void serve(void *context, struct server_request *r)
{
    struct stub *s = context;
    const char *auth = server_header(r, "Authorization");
    s->asked++;
    str_copy(s->last_token, sizeof s->last_token, auth ? auth : "");
    if (s->status) {
        text_reply(r, s->status, s->body);
    } else if (s->fail_first > 0) {
        s->fail_first--;
        text_reply(r, 503, "busy");
    } else if (!strncmp(server_path(r), "/latest", 7)) {
        serve_instance(s, r);
    } else if (!strcmp(server_method(r), "POST")) {
        const char *token = server_query(r, "WebIdentityToken");
        snprintf(s->last_form, sizeof s->last_form, "%s|%s|%s|%s", server_query(r, "Action"),
                 server_query(r, "RoleArn"), server_query(r, "RoleSessionName"), token);
        if (s->refuse_token > 0) {
            s->refuse_token--;
            text_reply(r, 400,
                       "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException"
                       "</Code><Message>Token expired</Message></Error></ErrorResponse>");
        } else {
            give_keys(s, r, true);
        }
    } else {
        give_keys(s, r, false);
    }
}

static int set_up(void **state)
{
    struct stub *s = mem_alloc(sizeof *s);
    void *help = NULL;
    static const char *const variables[] = {"AWS_ACCESS_KEY_ID",
                                            "AWS_SECRET_ACCESS_KEY",
                                            "AWS_SESSION_TOKEN",
                                            "AWS_ROLE_ARN",
                                            "AWS_WEB_IDENTITY_TOKEN_FILE",
                                            "AWS_PROFILE",
                                            "AWS_REGION",
                                            "AWS_ENDPOINT_URL_STS",
                                            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                            "AWS_ROLE_SESSION_NAME",
                                            "http_proxy"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    if (help_set_up(&help) != 0)
        return -1;
    s->help = help;
    s->lives = CLOCK_HOUR;
    setenv("HOME", s->help->folder, 1);
    struct server_conf conf = {.listen = "127.0.0.1:0", .context = s, .handle = serve};
    s->server = server_new(s->help->loop, &conf, NULL);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", server_port(s->server));
    *state = s;
    return s->server ? 0 : -1;
}

static int tear_down(void **state)
{
    struct stub *s = *state;
    void *help = s->help;
    clock_freeze(0);
    server_free(s->server);
    free(s);
    return help_tear_down(&help);
}

static char *secret_file(struct stub *s, const char *text)
{
    char *path = mem_printf("%s/token", s->help->folder);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    return path;
}

static void use_web_identity(struct stub *s)
{
    char *path = secret_file(s, "web.token+/=&\n");
    setenv("AWS_ROLE_ARN", "arn:aws:iam::123:role/kubeboard", 1);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    setenv("AWS_ENDPOINT_URL_STS", s->url, 1);
    free(path);
}

static struct err wait_for(struct stub *s, struct aws_credentials *c)
{
    struct answer a = {0};
    aws_credentials_wait(c, &a, on_plain);
    assert_false(a.came);
    help_wait(s->help, &a.came);
    return a.err;
}

static void takes_a_web_identity(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    setenv("AWS_ROLE_SESSION_NAME", "me@here", 1);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    assert_null(aws_credentials_now(c));
    /* Many wait for one request. */
    struct answer many[50] = {0};
    for (int i = 0; i < 50; i++)
        aws_credentials_wait(c, &many[i], on_plain);
    for (int i = 0; i < 50; i++)
        help_wait(s->help, &many[i].came);
    assert_int_equal(s->asked, 1);
    assert_string_equal(s->last_form, "AssumeRoleWithWebIdentity|arn:aws:iam::123:role/kubeboard|"
                                      "me@here|web.token+/=&");
    assert_string_equal(s->last_token, "");
    const struct aws_keys *k = aws_credentials_now(c);
    assert_string_equal(k->id, "ID1");
    assert_string_equal(k->secret, "S&CRET");
    assert_string_equal(k->token, "TOKEN1");
    assert_true(k->expires > clock_now() + 59 * CLOCK_MINUTE);
    aws_credentials_close(c);
}

static void renews_before_the_end(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    int64_t start = clock_now();
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    clock_freeze(start + 44 * CLOCK_MINUTE);
    assert_string_equal(aws_credentials_now(c)->id, "ID1");
    help_run_for(s->help, 50);
    assert_int_equal(s->asked, 1);
    /* 14 minutes before the end: the old ones serve while new ones are fetched. */
    clock_freeze(start + 46 * CLOCK_MINUTE);
    assert_string_equal(aws_credentials_now(c)->id, "ID1");
    help_run_for(s->help, 100);
    assert_int_equal(s->asked, 2);
    assert_string_equal(aws_credentials_now(c)->id, "ID2");
    /* 5 minutes before the end they are waited for; when that fails, the old ones are better than none. */
    clock_freeze(start + 46 * CLOCK_MINUTE + 55 * CLOCK_MINUTE);
    s->status = 403;
    assert_null(aws_credentials_now(c));
    assert_int_equal(wait_for(s, c).kind, ERR_DENIED);
    assert_string_equal(aws_credentials_now(c)->id, "ID2");
    clock_freeze(start + 46 * CLOCK_MINUTE + 61 * CLOCK_MINUTE);
    assert_null(aws_credentials_now(c));
    s->status = 0;
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_non_null(aws_credentials_now(c));
    aws_credentials_close(c);
}

/* An agent gives out what it has until shortly before the end: that serves, and is not asked for at each request. */
static void keys_that_end_soon_serve(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    s->lives = 5 * CLOCK_MINUTE;
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    for (int i = 0; i < 20; i++) {
        assert_non_null(aws_credentials_now(c));
        help_run_for(s->help, 5);
    }
    assert_int_equal(s->asked, 1);
    aws_credentials_close(c);
}

static void keys_that_have_ended_are_none(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    s->lives = -CLOCK_MINUTE;
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    struct err err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_AWAY);
    assert_non_null(strstr(err.mend, "clock"));
    assert_null(aws_credentials_now(c));
    aws_credentials_close(c);
}

static void what_was_refused_is_not_given_again(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    unsigned old = aws_credentials_now(c)->serial;
    aws_credentials_expired(c, old);
    assert_null(aws_credentials_now(c));
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_string_equal(aws_credentials_now(c)->id, "ID2");
    /* Another request that was signed with the old ones changes nothing. */
    aws_credentials_expired(c, old);
    assert_string_equal(aws_credentials_now(c)->id, "ID2");
    aws_credentials_close(c);
}

static void tries_again(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    s->fail_first = 1;
    s->refuse_token = 1;
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_int_equal(s->asked, 3);
    aws_credentials_close(c);
}

static void says_what_sts_says(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    s->status = 403;
    str_copy(
        s->body, sizeof s->body,
        "<ErrorResponse xmlns='x'><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not "
        "authorized</Message></Error></ErrorResponse>");
    struct err err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_DENIED);
    assert_non_null(strstr(err.what, "AccessDenied: Not authorized"));
    assert_non_null(strstr(err.what, "role/kubeboard"));
    assert_non_null(strstr(err.mend, "trust policy"));
    assert_null(strstr(err.what, "web.token"));
    str_copy(s->body, sizeof s->body, "<html>");
    s->status = 200;
    err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    aws_credentials_close(c);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token", 1);
    c = aws_credentials_open(s->help->http, NULL);
    err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.where, "/nowhere/token");
    aws_credentials_close(c);
}

static void takes_a_containers_keys(void **state)
{
    struct stub *s = *state;
    char *path = secret_file(s, "pod-token"), *url = mem_printf("%s/v1/credentials", s->url);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_string_equal(aws_credentials_now(c)->token, "TOKEN1");
    assert_string_equal(s->last_token, "pod-token");
    /* The file is read again each time. */
    free(secret_file(s, "newer"));
    aws_credentials_expired(c, aws_credentials_now(c)->serial);
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_string_equal(s->last_token, "newer");
    aws_credentials_close(c);
    free(secret_file(s, "two\nlines"));
    c = aws_credentials_open(s->help->http, NULL);
    assert_int_equal(wait_for(s, c).kind, ERR_CONFIG);
    aws_credentials_close(c);
    static const char *const bad[] = {"http://example.com/x", "http://127.0.0.1.evil.com/",
                                      "http://169.254.170.2@evil.com/", "ftp://127.0.0.1/",
                                      "http://169.254.170.234/"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", bad[i], 1);
        c = aws_credentials_open(s->help->http, NULL);
        assert_int_equal(wait_for(s, c).kind, ERR_CONFIG);
        aws_credentials_close(c);
    }
    free(path);
    free(url);
}

static void takes_an_instances_keys(void **state)
{
    struct stub *s = *state;
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", s->url, 1);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    assert_string_equal(aws_credentials_now(c)->id, "ID3");
    aws_credentials_close(c);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1);
    c = aws_credentials_open(s->help->http, NULL);
    struct err err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_AWAY);
    assert_non_null(strstr(err.mend, "not on EC2?"));
    aws_credentials_close(c);
}

static void static_keys_are_there_at_once(void **state)
{
    struct stub *s = *state;
    setenv("AWS_ACCESS_KEY_ID", "A", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "B", 1);
    setenv("AWS_SESSION_TOKEN", "C", 1);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    struct aws_credentials *same = aws_credentials_open(s->help->http, NULL);
    assert_ptr_equal(c, same);
    assert_string_equal(aws_credentials_now(c)->token, "C");
    assert_int_equal(wait_for(s, c).kind, ERR_NONE);
    aws_credentials_expired(c, aws_credentials_now(c)->serial);
    assert_null(aws_credentials_now(c));
    struct err err = wait_for(s, c);
    assert_int_equal(err.kind, ERR_DENIED);
    assert_non_null(strstr(err.what, "expired"));
    aws_credentials_close(same);
    aws_credentials_close(c);
}

static void may_be_closed_while_it_fetches(void **state)
{
    struct stub *s = *state;
    use_web_identity(s);
    struct aws_credentials *c = aws_credentials_open(s->help->http, NULL);
    struct answer a = {0}, b = {0};
    aws_credentials_wait(c, &a, on_plain);
    struct aws_credentials_wait *w = aws_credentials_wait(c, &b, on_plain);
    loop_turn(s->help->loop, 0);
    aws_credentials_cancel(w);
    aws_credentials_close(c);
    help_run_for(s->help, 50);
    assert_int_equal(a.times + b.times, 0);
}

#define WITH_STUB(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STUB(takes_a_web_identity),
        WITH_STUB(renews_before_the_end),
        WITH_STUB(keys_that_end_soon_serve),
        WITH_STUB(keys_that_have_ended_are_none),
        WITH_STUB(what_was_refused_is_not_given_again),
        WITH_STUB(tries_again),
        WITH_STUB(says_what_sts_says),
        WITH_STUB(takes_a_containers_keys),
        WITH_STUB(takes_an_instances_keys),
        WITH_STUB(static_keys_are_there_at_once),
        WITH_STUB(may_be_closed_while_it_fetches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
