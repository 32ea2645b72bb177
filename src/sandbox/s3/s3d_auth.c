/* Who may: the signature, the keys and their token, the clock, the region, the body's hash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/s3/access_keys.h"
#include "sandbox/s3/s3_date.h"
#include "sandbox/s3/s3d_internal.h"

#define SKEW_MAX (15 * CLOCK_MINUTE)
#define UNSIGNED "UNSIGNED-PAYLOAD"

static bool fail(struct s3d_call *c, enum s3d_error_id id, const char *message,
                 const struct s3d_error_field *fields)
{
    s3d_error(c, id, message, fields);
    return false;
}

static bool read_header(struct s3d_call *c, struct s3_signature *s)
{
    const char *text = s3d_header(c, "Authorization");
    bool known;
    if (!text)
        return fail(c, S3D_ERROR_ACCESS_DENIED, NULL, NULL);
    if (s3_signature_read(s, text, &known))
        return true;
    if (known)
        return fail(c, S3D_ERROR_HEADER_MALFORMED, NULL, NULL);
    return fail(c, S3D_ERROR_INVALID_ARGUMENT, "Unsupported Authorization Type",
                (const struct s3d_error_field[]){{"ArgumentName", "Authorization"}, {NULL, NULL}});
}

/* What AWS and the notes' server say: no token, a wrong one, one too many: InvalidToken. */
static bool check_token(struct s3d_call *c, const struct access_key *key)
{
    const char *token = s3d_header(c, "x-amz-security-token");
    bool same = token && key->token && s3_signature_same(str_of(token), str_of(key->token));
    if ((token || key->token) && !same)
        return fail(c, S3D_ERROR_INVALID_TOKEN, NULL, NULL);
    bool forced = key->token && faults_on(c->s3d->faults, FAULTS_EXPIRED_TOKEN, SANDBOX_S3);
    if (forced || c->now >= key->expires)
        return fail(c, S3D_ERROR_EXPIRED_TOKEN, NULL, NULL);
    return true;
}

static bool check_time(struct s3d_call *c, int64_t *time)
{
    char asked[S3_DATE_TEXT], now[S3_DATE_TEXT];
    if (!s3_signature_time(&c->request, time))
        return fail(c, S3D_ERROR_NO_DATE, NULL, NULL);
    if (c->now - *time <= SKEW_MAX && *time - c->now <= SKEW_MAX)
        return true;
    return fail(c, S3D_ERROR_TOO_SKEWED, NULL,
                (const struct s3d_error_field[]){{"RequestTime", s3_date_basic(*time, asked)},
                                                 {"ServerTime", clock_rfc3339(c->now, false, now)},
                                                 {"MaxAllowedSkewMilliseconds", "900000"},
                                                 {NULL, NULL}});
}

static bool check_scope(struct s3d_call *c, const struct s3_signature *s, int64_t time)
{
    char message[300], day[S3_DATE_TEXT];
    s3_date_basic(time, day);
    day[8] = '\0';
    if (!str_is(s->service, "s3")) {
        snprintf(message, sizeof message,
                 "The authorization header is malformed; incorrect service \"%.*s\". This endpoint "
                 "belongs to \"s3\".",
                 s->service.n > 60 ? 60 : (int)s->service.n, s->service.p);
    } else if (!str_is(s->day, day)) {
        snprintf(message, sizeof message,
                 "The authorization header is malformed; Invalid credential date \"%.*s\". This "
                 "date is not the same as X-Amz-Date: \"%s\".",
                 s->day.n > 20 ? 20 : (int)s->day.n, s->day.p, day);
    } else if (!str_is(s->region, S3D_REGION)) {
        snprintf(message, sizeof message,
                 "The authorization header is malformed; the region '%.*s' is wrong; expecting "
                 "'" S3D_REGION "'",
                 s->region.n > 60 ? 60 : (int)s->region.n, s->region.p);
        return fail(c, S3D_ERROR_HEADER_MALFORMED, message,
                    (const struct s3d_error_field[]){{"Region", S3D_REGION}, {NULL, NULL}});
    } else {
        return true;
    }
    return fail(c, S3D_ERROR_HEADER_MALFORMED, message, NULL);
}

static bool is_signed(const struct s3_signature *s, const char *name)
{
    struct str rest = s->headers, part;
    while (str_cut(&rest, ';', &part))
        if (part.n == strlen(name) && strncasecmp(part.p, name, part.n) == 0)
            return true;
    return false;
}

/* Version 4: the host and all of x-amz-* must be signed; and which hash the body has. */
static bool check_headers(struct s3d_call *c, const struct s3_signature *s)
{
    for (size_t i = 0; i < c->request.header_count; i++) {
        const char *name = c->headers[i].name;
        bool must = strcasecmp(name, "host") == 0 || strncasecmp(name, "x-amz-", 6) == 0;
        if (must && !is_signed(s, name))
            return fail(c, S3D_ERROR_NOT_SIGNED, NULL,
                        (const struct s3d_error_field[]){{"HeadersNotSigned", name}, {NULL, NULL}});
    }
    const char *hash = s3d_header(c, "x-amz-content-sha256");
    if (!hash)
        return fail(c, S3D_ERROR_NO_SHA256, NULL, NULL);
    if (strncmp(hash, "STREAMING-", 10) == 0)
        return fail(
            c, S3D_ERROR_NOT_IMPLEMENTED, NULL,
            (const struct s3d_error_field[]){{"Header", "x-amz-content-sha256"}, {NULL, NULL}});
    if (strcmp(hash, UNSIGNED) != 0 && strspn(hash, "0123456789abcdef") != 2 * DIGEST_SHA256)
        return fail(c, S3D_ERROR_INVALID_ARGUMENT,
                    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.", NULL);
    return true;
}

static bool check_body(struct s3d_call *c)
{
    unsigned char digest[DIGEST_SHA256];
    char hex[DIGEST_HEX];
    const char *hash = s3d_header(c, "x-amz-content-sha256");
    if (!hash || strcmp(hash, UNSIGNED) == 0)
        return true;
    digest_sha256(server_body(c->p->r), digest);
    if (strcmp(hash, digest_hex(digest, DIGEST_SHA256, hex)) == 0)
        return true;
    return fail(c, S3D_ERROR_BAD_SHA256, NULL,
                (const struct s3d_error_field[]){{"ClientComputedContentSHA256", hash},
                                                 {"S3ComputedContentSHA256", hex},
                                                 {NULL, NULL}});
}

static char *hex_bytes(struct str text)
{
    char *out = mem_alloc(3 * text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        snprintf(out + 3 * i, 4, i + 1 < text.n ? "%02x " : "%02x", (unsigned char)text.p[i]);
    return out;
}

static bool check_signature(struct s3d_call *c, const struct s3_signature *s,
                            const struct access_key *key)
{
    struct s3_signature_proof proof;
    bool good = s3_signature_check(s, &c->request, key->secret, &proof);
    if (!good) {
        char *provided = mem_dup_n(s->signature.p, s->signature.n);
        char *bytes = hex_bytes(buf_str(&proof.to_sign));
        char *canonical_bytes = hex_bytes(buf_str(&proof.canonical));
        bool four = s->version == S3_SIGNATURE_V4;
        s3d_error(c, S3D_ERROR_SIGNATURE, NULL,
                  (const struct s3d_error_field[]){
                      {"AWSAccessKeyId", key->id},
                      {"StringToSign", buf_text(&proof.to_sign)},
                      {"SignatureProvided", provided},
                      {"StringToSignBytes", bytes},
                      {four ? "CanonicalRequest" : NULL, buf_text(&proof.canonical)},
                      {"CanonicalRequestBytes", canonical_bytes},
                      {NULL, NULL}});
        free(provided);
        free(bytes);
        free(canonical_bytes);
    }
    s3_signature_proof_free(&proof);
    return good;
}

static bool find_key(struct s3d_call *c, const struct s3_signature *s,
                     const struct access_key **key)
{
    *key = access_keys_find(c->s3d->keys, s->key_id);
    if (*key)
        return true;
    char *id = mem_dup_n(s->key_id.p, s->key_id.n);
    fail(c, S3D_ERROR_INVALID_ACCESS_KEY, NULL,
         (const struct s3d_error_field[]){{"AWSAccessKeyId", id}, {NULL, NULL}});
    free(id);
    return false;
}

bool s3d_auth(struct s3d_call *c)
{
    struct s3_signature s;
    const struct access_key *key;
    int64_t time;
    if (!read_header(c, &s) || !find_key(c, &s, &key) || !check_time(c, &time))
        return false;
    if (s.version == S3_SIGNATURE_V4 && (!check_scope(c, &s, time) || !check_headers(c, &s)))
        return false;
    return check_token(c, key) && check_signature(c, &s, key) && check_body(c);
}
