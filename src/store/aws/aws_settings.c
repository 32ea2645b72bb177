#include "store/aws/aws_settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/aws/aws_profile.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static char *env_copy(const char *name)
{
    return mem_dup(env(name));
}

static const char *profile_name(void)
{
    const char *name = env("AWS_PROFILE");
    return name ? name : env("AWS_DEFAULT_PROFILE");
}

/* Region names go into host names. */
static bool region_ok(const char *region)
{
    for (const char *p = region; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '-')
            return false;
    return *region && strlen(region) <= 40;
}

static bool read_region(struct aws_settings *s, const struct aws_profile *p, struct err *err)
{
    static const char *const names[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !s->region; i++) {
        s->region = env_copy(names[i]);
        s->region_from = s->region ? mem_dup(names[i]) : NULL;
    }
    if (!s->region && p->region) {
        s->region = mem_dup(p->region);
        s->region_from = mem_dup("the AWS profile");
    }
    if (s->region && !region_ok(s->region))
        return err_set(err, ERR_CONFIG, s->region_from, "", "'%.60s' is no region", s->region);
    return true;
}

/* URLs are joined with paths that begin with a slash. free() it; NULL gives NULL. */
static char *without_slash(const char *url)
{
    size_t n = url ? strlen(url) : 0;
    while (n && url[n - 1] == '/')
        n--;
    return url ? mem_dup_n(url, n) : NULL;
}

static void read_endpoints(struct aws_settings *s, const struct aws_profile *p)
{
    const char *all = env("AWS_ENDPOINT_URL") ? env("AWS_ENDPOINT_URL") : p->endpoint_url;
    const char *s3 = env("AWS_ENDPOINT_URL_S3"), *sts = env("AWS_ENDPOINT_URL_STS");
    const char *kind = env("AWS_STS_REGIONAL_ENDPOINTS");
    const char *metadata = env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    s->s3_endpoint = without_slash(s3 ? s3 : all);
    if (sts || all)
        s->sts_url = without_slash(sts ? sts : all);
    else if (!s->region || (kind && !strcmp(kind, "legacy")))
        s->sts_url = mem_dup("https://sts.amazonaws.com");
    else
        s->sts_url = mem_printf("https://sts.%s.amazonaws.com%s", s->region,
                                !strncmp(s->region, "cn-", 3) ? ".cn" : "");
    s->metadata_url = without_slash(metadata ? metadata : "http://169.254.169.254");
    s->ca_bundle = env_copy("AWS_CA_BUNDLE");
}

static bool set_source(struct aws_settings *s, enum aws_settings_source source, const char *words)
{
    s->source = source;
    s->words = mem_dup(words);
    return true;
}

static bool static_keys(struct aws_settings *s, struct err *err)
{
    if (!env("AWS_ACCESS_KEY_ID") || !env("AWS_SECRET_ACCESS_KEY"))
        return err_set(err, ERR_CONFIG, "environment", "set both, or neither",
                       "only one of "
                       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    s->id = env_copy("AWS_ACCESS_KEY_ID");
    s->secret = env_copy("AWS_SECRET_ACCESS_KEY");
    s->token = env_copy("AWS_SESSION_TOKEN");
    return set_source(s, AWS_SETTINGS_STATIC,
                      s->token ? "static keys with a session token (AWS_ACCESS_KEY_ID)"
                               : "static keys (AWS_ACCESS_KEY_ID)");
}

static void take_keys(struct aws_settings *s, const struct aws_profile *p)
{
    mem_free_secret(s->id);
    mem_free_secret(s->secret);
    mem_free_secret(s->token);
    s->id = mem_dup(p->aws_access_key_id);
    s->secret = mem_dup(p->aws_secret_access_key);
    s->token = mem_dup(p->aws_session_token);
}

/* Whether the profile is a source; false and *err when it names one that cannot be used. */
static bool from_profile(struct aws_settings *s, const struct aws_profile *p, const char *name,
                         struct err *err)
{
    const char *mend = "export keys (aws configure export-credentials --format env), or set "
                       "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE";
    char *words = mem_printf("AWS profile '%s'", name);
    bool ok = true;
    if (p->role_arn && p->web_identity_token_file) {
        s->role_arn = mem_dup(p->role_arn);
        s->token_file = mem_dup(p->web_identity_token_file);
        s->session_name = mem_dup(p->role_session_name);
        set_source(s, AWS_SETTINGS_WEB_IDENTITY, words);
    } else if (p->unsupported[0]) {
        ok = err_set(err, ERR_CONFIG, words, mend, "it uses %s, which kubeboard does not follow",
                     p->unsupported);
    } else if (p->aws_access_key_id && p->aws_secret_access_key) {
        take_keys(s, p);
        set_source(s, AWS_SETTINGS_PROFILE, words);
    } else if (p->aws_access_key_id || p->aws_secret_access_key || p->role_arn) {
        ok = err_set(err, ERR_CONFIG, words, "complete it",
                     "it has only half of a key pair or role");
    }
    free(words);
    return ok;
}

static bool read_source(struct aws_settings *s, const struct aws_profile *p, struct err *err)
{
    const char *relative = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *disabled = env("AWS_EC2_METADATA_DISABLED");
    const char *name = profile_name();
    if (env("AWS_ACCESS_KEY_ID") || env("AWS_SECRET_ACCESS_KEY"))
        return static_keys(s, err);
    if (env("AWS_ROLE_ARN") && env("AWS_WEB_IDENTITY_TOKEN_FILE")) {
        s->role_arn = env_copy("AWS_ROLE_ARN");
        s->token_file = env_copy("AWS_WEB_IDENTITY_TOKEN_FILE");
        s->session_name = env_copy("AWS_ROLE_SESSION_NAME");
        return set_source(s, AWS_SETTINGS_WEB_IDENTITY, "web identity (AWS_ROLE_ARN)");
    }
    if (name && !p->found)
        return err_set(err, ERR_CONFIG, "AWS_PROFILE", "see aws configure list-profiles",
                       "there is no profile '%.60s'", name);
    if (!from_profile(s, p, name ? name : "default", err))
        return false;
    if (s->words)
        return true;
    if (relative || env("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        s->container_url = relative ? mem_printf("http://169.254.170.2%s", relative)
                                    : env_copy("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        s->container_token_file = env_copy("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        s->container_token = env_copy("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        return set_source(s, AWS_SETTINGS_CONTAINER, "container (AWS_CONTAINER_CREDENTIALS)");
    }
    if (disabled && !strcmp(disabled, "true"))
        return set_source(s, AWS_SETTINGS_NONE, "none");
    return set_source(s, AWS_SETTINGS_INSTANCE, "instance metadata (IMDSv2)");
}

struct aws_settings *aws_settings_read(struct err *err)
{
    struct aws_settings *s = mem_alloc(sizeof *s);
    struct aws_profile p;
    const char *name = profile_name();
    bool ok = aws_profile_load(&p, name ? name : "default", err) && read_region(s, &p, err);
    if (ok) {
        read_endpoints(s, &p);
        ok = read_source(s, &p, err);
    }
    aws_profile_free_inner(&p);
    if (ok)
        return s;
    aws_settings_free(s);
    return NULL;
}

bool aws_settings_reread(struct aws_settings *s, struct err *err)
{
    struct aws_profile p;
    const char *name = profile_name();
    bool ok = aws_profile_load(&p, name ? name : "default", err);
    if (ok && (!p.aws_access_key_id || !p.aws_secret_access_key))
        ok = err_set(err, ERR_CONFIG, s->words, "", "it has no keys any more");
    if (ok)
        take_keys(s, &p);
    aws_profile_free_inner(&p);
    return ok;
}

void aws_settings_free(struct aws_settings *s)
{
    if (!s)
        return;
    char *plain[] = {s->words,   s->role_arn,      s->token_file,           s->session_name,
                     s->region,  s->container_url, s->container_token_file, s->metadata_url,
                     s->sts_url, s->region_from,   s->s3_endpoint,          s->ca_bundle};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        free(plain[i]);
    mem_free_secret(s->id);
    mem_free_secret(s->secret);
    mem_free_secret(s->token);
    mem_free_secret(s->container_token);
    free(s);
}
