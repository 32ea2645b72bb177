#include "store/s3/s3_refusal.h"

#include <stddef.h>
#include <string.h>

#include "store/aws/aws_settings.h"
#include "store/s3/s3_place.h"

bool s3_refusal_keys_are_static(const struct aws_settings *s)
{
    return (s->source == AWS_SETTINGS_STATIC || s->source == AWS_SETTINGS_PROFILE) && !s->token;
}

static bool needs_token(const struct s3_place *p, const struct aws_settings *s)
{
    (void)p;
    return !s3_refusal_keys_are_static(s);
}

static bool is_amazon(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->amazon;
}

static bool needs_verifying(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->https && !p->tls.insecure;
}

static bool has_own_tls(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->tls.ca_file || p->tls.ca_pem || p->tls.cert_file || p->tls.cert_pem ||
           p->tls.server_name;
}

static bool is_insecure(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->https && p->tls.insecure;
}

static bool has_proxy(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->tls.proxy != NULL;
}

static bool has_time_limit(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->timeout_ms > 0;
}

static bool has_parts(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->part_size > 0;
}

static bool has_encryption(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return p->encryption != NULL;
}

static bool has_path(const struct s3_place *p, const struct aws_settings *s)
{
    (void)s;
    return strchr(strstr(p->endpoint, "://") + 3, '/') != NULL;
}

struct refusal {
    bool (*applies)(const struct s3_place *p, const struct aws_settings *s);
    int from, below; /* for these versions of libs3 */
    const char *what;
};

static const struct refusal refusals[] = {
    {needs_token, 0, 4, "it knows no role and no session token"},
    {is_amazon, 0, 4, "AWS wants signatures of version 4, it makes version 2 only"},
    {needs_verifying, 0, 4, "it verifies no certificate"},
    {has_own_tls, 0, 99, "it takes no CA, client certificate or server name of yours"},
    {is_insecure, 4, 99, "it always verifies the certificate"},
    {has_proxy, 0, 99, "it takes no proxy from the configuration"},
    {has_time_limit, 0, 4, "it knows no time limit"},
    {has_parts, 0, 99, "it does not upload in parts"},
    {has_encryption, 0, 99, "it asks for no encryption"},
    {has_path, 0, 99, "its endpoint has no path"},
};

bool s3_refusal_check(const struct s3_place *p, const struct aws_settings *s, int libs3,
                      struct err *err)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (libs3 >= refusals[i].from && libs3 < refusals[i].below && refusals[i].applies(p, s))
            return err_set(err, ERR_CONFIG, p->url, "set store.s3.client: curl",
                           "libs3 %s cannot do this: %s", libs3 >= 4 ? "4" : "2.x",
                           refusals[i].what);
    return true;
}
