#include "store/s3/s3_place.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/aws/aws_credentials.h"
#include "store/s3/s3_error.h"
#include "store/s3/s3_refusal.h"
#include "store/store_key.h"

enum { PART_LEAST = 5 << 20, PART_USUAL = 16 << 20 };

/* ---- bucket and prefix ---- */

static bool bucket_ok(struct str bucket)
{
    for (size_t i = 0; i < bucket.n; i++)
        if (!isalnum((unsigned char)bucket.p[i]) && !strchr("._-", bucket.p[i]))
            return false;
    return bucket.n >= 3 && bucket.n <= 255 && isalnum((unsigned char)bucket.p[0]);
}

static bool read_url(struct s3_place *p, const char *url, struct err *err)
{
    const char *mend = "write it as s3://bucket/prefix";
    struct str rest = str_of(url + strlen("s3://")), bucket;
    p->url = mem_dup(url);
    if (!str_cut(&rest, '/', &bucket) || !bucket_ok(bucket))
        return err_set(err, ERR_CONFIG, url, mend, "it names no bucket");
    p->bucket = mem_dup_n(bucket.p, bucket.n);
    while (rest.n && rest.p[rest.n - 1] == '/')
        rest.n--;
    char *prefix = mem_dup_n(rest.p, rest.n);
    struct err why;
    bool ok = !rest.n || (rest.n < 200 && store_key_check(prefix, &why));
    p->prefix = rest.n ? mem_printf("%s/", prefix) : mem_dup("");
    free(prefix);
    return ok || err_set(err, ERR_CONFIG, url, mend, "its prefix is no beginning of a key");
}

/* ---- endpoint and region ---- */

static bool is_amazon(const char *host)
{
    size_t n = strcspn(host, ":");
    static const char *const ends[] = {".amazonaws.com", ".amazonaws.com.cn"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (n > strlen(ends[i]) &&
            !strncasecmp(host + n - strlen(ends[i]), ends[i], strlen(ends[i])))
            return true;
    return false;
}

/* "s3.eu-west-1.amazonaws.com", "s3.dualstack.eu-west-1…", "s3-eu-west-1…", "s3.amazonaws.com": the
 * region, or NULL. */
static char *region_of_host(const char *host)
{
    struct str rest = {host, strcspn(host, ":")}, part;
    ptrdiff_t end = str_find(rest, str_of(".amazonaws.com"));
    if (end < 0)
        return NULL;
    rest.n = (size_t)end;
    struct str last = {NULL, 0};
    while (str_cut(&rest, '.', &part))
        last = part;
    if (str_is(last, "s3"))
        return mem_dup("us-east-1");
    if (str_starts(last, "s3-"))
        last = (struct str){last.p + 3, last.n - 3};
    return mem_dup_n(last.p, last.n);
}

static bool read_region(struct s3_place *p, const struct store_conf *conf,
                        const struct aws_settings *s, struct err *err)
{
    if (conf->region && *conf->region) {
        for (const char *c = conf->region; *c; c++)
            if (!isalnum((unsigned char)*c) && *c != '-')
                return err_set(err, ERR_CONFIG, "store.s3.region", "", "'%.60s' is no region",
                               conf->region);
        p->region = mem_dup(conf->region);
        p->region_from = mem_dup("the configuration");
    } else if (s->region) {
        p->region = mem_dup(s->region);
        p->region_from = mem_dup(s->region_from);
    }
    return true;
}

/* What is signed when nobody named a region. */
static void fall_back_on_region(struct s3_place *p)
{
    if (p->region)
        return;
    p->region = p->amazon ? region_of_host(p->host) : mem_dup("us-east-1");
    p->region_from = mem_dup(p->amazon ? "the endpoint" : "by default");
}

static bool read_endpoint(struct s3_place *p, const struct store_conf *conf,
                          const struct aws_settings *s, struct err *err)
{
    const char *given = conf->endpoint && *conf->endpoint ? conf->endpoint : s->s3_endpoint;
    p->endpoint_given = given != NULL;
    if (!given && !p->region)
        return err_set(err, ERR_CONFIG, p->url, "set store.s3.region or AWS_REGION",
                       "the bucket's region is not known");
    if (given && !conn_check_url(given, "store.s3.endpoint", err))
        return false;
    p->endpoint = given ? mem_dup(given)
                        : mem_printf("https://s3.%s.amazonaws.com%s", p->region,
                                     !strncmp(p->region, "cn-", 3) ? ".cn" : "");
    size_t n = strlen(p->endpoint);
    while (n && p->endpoint[n - 1] == '/')
        p->endpoint[--n] = '\0';
    const char *host = strstr(p->endpoint, "://") + 3;
    p->host = mem_dup_n(host, strcspn(host, "/?#"));
    p->https = !strncmp(p->endpoint, "https", 5);
    p->amazon = is_amazon(p->host);
    if (strpbrk(host, "?#") || strchr(p->host, '@'))
        return err_set(err, ERR_CONFIG, "store.s3.endpoint", "write it as https://host:port",
                       "it holds more than a host and a path");
    return true;
}

static bool is_address(const char *host)
{
    char bare[256];
    unsigned char address[16];
    str_copy(bare, sizeof bare, host);
    if (bare[0] == '[')
        return true;
    bare[strcspn(bare, ":")] = '\0';
    return inet_pton(AF_INET, bare, address) == 1 || !strcmp(bare, "localhost");
}

/* Whether bucket.host is a host name that a certificate for *.host covers. */
static bool bucket_is_label(const char *bucket)
{
    for (const char *p = bucket; *p; p++)
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
            return false;
    return strlen(bucket) <= 63;
}

static void make_base(struct s3_place *p, bool path_style)
{
    p->path_style = path_style || is_address(p->host) || !bucket_is_label(p->bucket);
    const char *host = strstr(p->endpoint, "://") + 3;
    if (p->path_style)
        p->base = mem_printf("%s/%s", p->endpoint, p->bucket);
    else
        p->base = mem_printf("%s://%s.%s", p->https ? "https" : "http", p->bucket, host);
}

/* ---- the client ---- */

static bool choose(struct s3_place *p, const struct store_conf *conf, const struct aws_settings *s,
                   int libs3, struct err *err)
{
    struct err refusal;
    err_clear(&refusal);
    bool can = s3_refusal_check(p, s, libs3, &refusal);
    bool plain = !p->https && !p->region && s3_refusal_keys_are_static(s);
    p->client = conf->client;
    if (conf->client == STORE_CLIENT_LIBS3) {
        p->why = mem_dup("as configured");
        if (!can)
            *err = refusal;
        return can;
    }
    if (conf->client == STORE_CLIENT_CURL) {
        p->why = mem_dup("as configured");
        return true;
    }
    p->client = can && (libs3 >= 4 || plain) ? STORE_CLIENT_LIBS3 : STORE_CLIENT_CURL;
    if (p->client == STORE_CLIENT_LIBS3)
        p->why = mem_dup(libs3 >= 4 ? "auto: this build's libs3 is 4 or newer"
                                    : "auto: http with static keys, no token and no region");
    else if (libs3 >= 4)
        p->why = mem_printf("auto: libs3 cannot: %s", refusal.what);
    else
        p->why = mem_dup("auto: this build's libs3 signs version 2 only");
    return true;
}

bool s3_place_resolve(struct s3_place *p, const struct store_conf *conf,
                      const struct aws_settings *s, int libs3, struct err *err)
{
    p->encryption = mem_dup(conf->encryption);
    p->timeout_ms = conf->timeout_ms;
    p->part_size = conf->part_size;
    if (conf->tls)
        conn_copy(&p->tls, conf->tls);
    if (p->part_size && p->part_size < PART_LEAST)
        return err_set(err, ERR_CONFIG, conf->url, "", "parts are at least 5 MiB");
    if (p->encryption && strcmp(p->encryption, "AES256") != 0 &&
        strncmp(p->encryption, "aws:kms", 7) != 0)
        return err_set(err, ERR_CONFIG, conf->url, "AES256, aws:kms or aws:kms:KEY",
                       "'%.60s' is no encryption", p->encryption);
    if (!read_url(p, conf->url, err) || !read_region(p, conf, s, err) ||
        !read_endpoint(p, conf, s, err))
        return false;
    make_base(p, conf->path_style);
    if (!choose(p, conf, s, libs3, err))
        return false;
    if (p->client == STORE_CLIENT_CURL || libs3 >= 4)
        fall_back_on_region(p);
    p->part_size = p->part_size ? p->part_size : PART_USUAL;
    return true;
}

struct s3_place *s3_place_open(struct http *h, const struct store_conf *conf,
                               const struct store_guard *guard, struct err *err)
{
    struct s3_place *p = mem_alloc(sizeof *p);
    p->references = 1;
    p->http = h;
    p->guard = guard;
    p->credentials = aws_credentials_open(h, err);
    if (p->credentials &&
        s3_place_resolve(p, conf, aws_credentials_settings(p->credentials), LIBS3_MAJOR, err))
        return p;
    s3_place_drop(p);
    return NULL;
}

void s3_place_hold(void *place)
{
    struct s3_place *p = place;
    p->references++;
}

void s3_place_drop(void *place)
{
    struct s3_place *p = place;
    if (--p->references)
        return;
    char *texts[] = {p->url,  p->bucket, p->prefix,      p->endpoint,   p->host,
                     p->base, p->region, p->region_from, p->encryption, p->why};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    conn_free_inner(&p->tls);
    aws_credentials_close(p->credentials);
    free(p);
}

void s3_place_close(void *place)
{
    struct s3_place *p = place;
    aws_credentials_close(p->credentials);
    p->credentials = NULL;
    p->guard = NULL;
    s3_place_drop(p);
}

bool s3_place_renew(struct s3_place *p, const struct s3_error *e, int status, unsigned serial)
{
    bool fixed = aws_credentials_settings(p->credentials)->source == AWS_SETTINGS_STATIC;
    if (!s3_error_is_expired(e) && (fixed || !s3_error_is_about_keys(e, status)))
        return false;
    aws_credentials_expired(p->credentials, serial);
    return true;
}

char *s3_place_key(const struct s3_place *p, const char *key)
{
    return mem_printf("%s%s", p->prefix, key);
}

char *s3_place_where(const struct s3_place *p, const char *key, char *out, size_t size)
{
    snprintf(out, size, "s3://%s/%s%s", p->bucket, p->prefix, key);
    return out;
}

const char *s3_place_relative(const struct s3_place *p, const char *full)
{
    size_t n = strlen(p->prefix);
    return strncmp(full, p->prefix, n) == 0 ? full + n : NULL;
}

void s3_place_describe(const struct s3_place *p, const char *library, struct buf *out)
{
    buf_printf(out, "S3 by %s (%s), %s, ", library, p->why, p->base);
    if (p->region)
        buf_printf(out, "region %s (%s), ", p->region, p->region_from);
    buf_printf(out, "credentials: %s", aws_credentials_settings(p->credentials)->words);
    if (p->tls.insecure && p->https)
        buf_adds(out, ", certificate NOT verified");
}
