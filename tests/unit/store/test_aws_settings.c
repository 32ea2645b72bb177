/* The order of the SDKs, and the profile files. */
#include "help.h"

#include "base/file.h"
#include "store/aws/aws_profile.h"
#include "store/aws/aws_settings.h"

static const char *const variables[] = {"AWS_ACCESS_KEY_ID",
                                        "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",
                                        "AWS_ROLE_ARN",
                                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                                        "AWS_ROLE_SESSION_NAME",
                                        "AWS_PROFILE",
                                        "AWS_DEFAULT_PROFILE",
                                        "AWS_SHARED_CREDENTIALS_FILE",
                                        "AWS_CONFIG_FILE",
                                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                        "AWS_EC2_METADATA_DISABLED",
                                        "AWS_REGION",
                                        "AWS_DEFAULT_REGION",
                                        "AWS_ENDPOINT_URL",
                                        "AWS_ENDPOINT_URL_S3",
                                        "AWS_ENDPOINT_URL_STS",
                                        "AWS_STS_REGIONAL_ENDPOINTS",
                                        "AWS_EC2_METADATA_SERVICE_ENDPOINT"};

static int clear(void **state)
{
    int failed = help_set_up(state);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    setenv("HOME", ((struct help *)*state)->folder, 1);
    return failed;
}

static void write_file(struct help *h, const char *name, const char *text)
{
    char *path = mem_printf("%s/.aws/%s", h->folder, name);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

static void check_source(enum aws_settings_source source)
{
    struct err err;
    struct aws_settings *s = aws_settings_read(&err);
    if (!s)
        fail_msg("%s: %s", err.where, err.what);
    assert_int_equal(s->source, source);
    aws_settings_free(s);
}

static void check_bad(const char *what)
{
    struct err err;
    struct aws_settings *s = aws_settings_read(&err);
    assert_null(s);
    assert_int_equal(err.kind, ERR_CONFIG);
    if (!strstr(err.what, what))
        fail_msg("'%s' does not say '%s'", err.what, what);
}

static void the_first_configured_source_counts(void **state)
{
    struct help *h = *state;
    check_source(AWS_SETTINGS_INSTANCE);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    check_source(AWS_SETTINGS_NONE);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials", 1);
    check_source(AWS_SETTINGS_CONTAINER);
    write_file(h, "credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
    check_source(AWS_SETTINGS_PROFILE);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/x", 1);
    check_source(AWS_SETTINGS_PROFILE);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere", 1);
    check_source(AWS_SETTINGS_WEB_IDENTITY);
    setenv("AWS_ACCESS_KEY_ID", "A", 1);
    check_bad("only one of");
    setenv("AWS_SECRET_ACCESS_KEY", "B", 1);
    check_source(AWS_SETTINGS_STATIC);
}

static void reads_profiles(void **state)
{
    struct help *h = *state;
    struct err err;
    write_file(h, "credentials",
               "# comment\r\n[other]\naws_access_key_id=O\naws_secret_access_key=P\n"
               "[ shop ]\naws_access_key_id = KEY # note\r\n"
               "AWS_SECRET_ACCESS_KEY = se#cret/+=\naws_session_token = tok==\n[last]\nx=1");
    write_file(h, "config",
               "[shop]\nregion = wrong\n[default]\nregion = us-west-2\n"
               "[profile shop]\nregion = eu-central-1\naws_access_key_id = LATER\n"
               "s3 =\n  region = nested\nendpoint_url = http://localhost:9/\n");
    setenv("AWS_PROFILE", "shop", 1);
    struct aws_settings *s = aws_settings_read(&err);
    assert_non_null(s);
    assert_string_equal(s->id, "KEY");
    assert_string_equal(s->secret, "se#cret/+=");
    assert_string_equal(s->token, "tok==");
    assert_string_equal(s->region, "eu-central-1");
    assert_string_equal(s->s3_endpoint, "http://localhost:9");
    assert_non_null(strstr(s->words, "shop"));
    write_file(h, "credentials", "[shop]\naws_access_key_id = N\naws_secret_access_key = M\n");
    assert_true(aws_settings_reread(s, &err));
    assert_string_equal(s->id, "N");
    assert_null(s->token);
    write_file(h, "credentials", "[shop]\n");
    write_file(h, "config", "[profile shop]\n");
    assert_false(aws_settings_reread(s, &err));
    aws_settings_free(s);
    setenv("AWS_PROFILE", "nobody", 1);
    check_bad("nobody");
}

static void a_profile_may_name_a_role(void **state)
{
    struct help *h = *state;
    struct err err;
    write_file(h, "config",
               "[default]\nrole_arn = arn:aws:iam::1:role/x\n"
               "web_identity_token_file = /t\nrole_session_name = me\n");
    struct aws_settings *s = aws_settings_read(&err);
    assert_non_null(s);
    assert_int_equal(s->source, AWS_SETTINGS_WEB_IDENTITY);
    assert_string_equal(s->token_file, "/t");
    assert_string_equal(s->session_name, "me");
    aws_settings_free(s);
}

static void names_what_it_does_not_follow(void **state)
{
    struct help *h = *state;
    static const char *const settings[] = {"sso_session", "credential_process", "source_profile",
                                           "credential_source"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char *text = mem_printf("[default]\nrole_arn = x\n%s = y\n", settings[i]);
        write_file(h, "config", text);
        check_bad(settings[i]);
        free(text);
    }
    write_file(h, "config", "[default]\naws_access_key_id = x\n");
    check_bad("half");
}

static void unreadable_files_are_named(void **state)
{
    struct help *h = *state;
    struct err err;
    char *path = mem_printf("%s/.aws/credentials/x", h->folder);
    assert_true(file_make_folders(path, 0755, NULL));
    assert_null(aws_settings_read(&err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.where, ".aws/credentials"));
    free(path);
}

static void finds_regions_and_endpoints(void **state)
{
    struct err err;
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "A", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "B", 1);
    static const struct {
        const char *name, *value, *sts, *s3, *region;
    } steps[] = {
        {"AWS_EC2_METADATA_DISABLED", "false", "https://sts.amazonaws.com", NULL, NULL},
        {"AWS_DEFAULT_REGION", "eu-west-1", "https://sts.eu-west-1.amazonaws.com", NULL,
         "eu-west-1"},
        {"AWS_REGION", "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn", NULL, "cn-north-1"},
        {"AWS_STS_REGIONAL_ENDPOINTS", "legacy", "https://sts.amazonaws.com", NULL, "cn-north-1"},
        {"AWS_ENDPOINT_URL", "http://all:1/", "http://all:1", "http://all:1", "cn-north-1"},
        {"AWS_ENDPOINT_URL_S3", "http://s3:1", "http://all:1", "http://s3:1", "cn-north-1"},
        {"AWS_ENDPOINT_URL_STS", "http://sts:1", "http://sts:1", "http://s3:1", "cn-north-1"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        setenv(steps[i].name, steps[i].value, 1);
        struct aws_settings *s = aws_settings_read(&err);
        assert_non_null(s);
        assert_string_equal(s->sts_url, steps[i].sts);
        assert_string_equal(s->s3_endpoint ? s->s3_endpoint : "", steps[i].s3 ? steps[i].s3 : "");
        assert_string_equal(s->region ? s->region : "", steps[i].region ? steps[i].region : "");
        aws_settings_free(s);
    }
    setenv("AWS_REGION", "x.evil.com/", 1);
    check_bad("no region");
}

#define WITH_HELP(test) cmocka_unit_test_setup_teardown(test, clear, help_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HELP(the_first_configured_source_counts), WITH_HELP(reads_profiles),
        WITH_HELP(a_profile_may_name_a_role),          WITH_HELP(names_what_it_does_not_follow),
        WITH_HELP(unreadable_files_are_named),         WITH_HELP(finds_regions_and_endpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
