#include "sandbox/s3/stsd.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/s3/access_keys.h"
#include "sandbox/s3/s3_signature.h"

enum { ANSWER_MAX = 16 << 10, DURATION = 3600, DURATION_MIN = 900, DURATION_MAX = 43200 };

#define NAME_SPACE "https://sts.amazonaws.com/doc/2011-06-15/"
#define ROLE_ID "AROASANDBOXSANDBOXSAN"

struct stsd {
    struct access_keys *keys;
    struct faults *faults;
    char *web_token, *container_token;
    uint64_t requests;
};

struct stsd *stsd_new(struct access_keys *k, struct faults *f, const char *web_token,
                      const char *container_token)
{
    struct stsd *d = mem_alloc(sizeof *d);
    d->keys = k;
    d->faults = f;
    d->web_token = mem_dup(web_token);
    d->container_token = mem_dup(container_token);
    return d;
}

void stsd_free(struct stsd *d)
{
    if (!d)
        return;
    mem_free_secret(d->web_token);
    mem_free_secret(d->container_token);
    free(d);
}

static int64_t now_of(const struct stsd *d)
{
    return clock_now() + faults_clock(d->faults, SANDBOX_STS);
}

/* A file may end with a line break that its content does not. */
static bool is_token(const char *given, const char *token)
{
    return s3_signature_same(str_trim(str_of(given)), str_of(token));
}

static bool has_expired(const struct stsd *d)
{
    return faults_on(d->faults, FAULTS_EXPIRED_TOKEN, SANDBOX_STS);
}

/* ---- AssumeRoleWithWebIdentity ---- */

/* What may be wrong with a request, as AWS names it. Neither text holds anything of the request. */
struct refusal {
    int status;
    const char *code, *message;
};

static const struct refusal missing_action = {400, "MissingAction",
                                              "Missing Action parameter in the request"};
static const struct refusal invalid_action = {
    400, "InvalidAction", "Could not find this operation for version 2011-06-15"};
static const struct refusal bad_duration = {
    400, "ValidationError", "durationSeconds must be between 900 and 43200 (MaxSessionDuration)"};
static const struct refusal bad_arn = {400, "ValidationError", "Request ARN is invalid or missing"};
static const struct refusal bad_session = {
    400, "ValidationError",
    "roleSessionName must satisfy [\\w+=,.@-]* and have 2 to 64 characters"};
static const struct refusal no_token = {400, "ValidationError",
                                        "webIdentityToken must have 4 characters or more"};
static const struct refusal wrong_token = {
    400, "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
    "Token)"};
static const struct refusal expired_token = {
    400, "ExpiredTokenException",
    "Token expired: current date/time must be before the expiration date/time"};
static const struct refusal other_role = {
    403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"};

static const char *param(const struct reply *p, const char *name)
{
    const char *value = server_query(p->r, name);
    return value ? value : "";
}

static bool is_session_name(const char *name)
{
    size_t n = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_+=,.@-", *c))
            return false;
    return n >= 2 && n <= 64;
}

/* NULL: it may have keys, for so many seconds. */
static const struct refusal *check(const struct stsd *d, const struct reply *p, int64_t *seconds)
{
    const char *action = param(p, "Action"), *duration = param(p, "DurationSeconds");
    const char *role = param(p, "RoleArn");
    *seconds = DURATION;
    if (!*action)
        return &missing_action;
    if (strcmp(action, "AssumeRoleWithWebIdentity") != 0 ||
        strcmp(param(p, "Version"), "2011-06-15") != 0)
        return &invalid_action;
    if (*duration && (!str_to_int(str_of(duration), seconds) || *seconds < DURATION_MIN ||
                      *seconds > DURATION_MAX))
        return &bad_duration;
    if (strncmp(role, "arn:aws:iam::", 13) != 0 || !strstr(role, ":role/"))
        return &bad_arn;
    if (!is_session_name(param(p, "RoleSessionName")))
        return &bad_session;
    if (strlen(param(p, "WebIdentityToken")) < 4)
        return &no_token;
    if (!is_token(param(p, "WebIdentityToken"), d->web_token))
        return &wrong_token;
    if (has_expired(d))
        return &expired_token;
    return strcmp(role, STSD_ROLE) == 0 ? NULL : &other_role;
}

static void end_and_send(struct stsd *d, struct reply *p, int status, struct buf *b,
                         const char *root, bool metadata)
{
    buf_printf(b, "%s<RequestId>sandbox-%llu</RequestId>%s</%s>\n",
               metadata ? "<ResponseMetadata>" : "", (unsigned long long)++d->requests,
               metadata ? "</ResponseMetadata>" : "", root);
    reply_body(p, status, "text/xml", NULL, buf_str(b));
}

static void refuse(struct stsd *d, struct reply *p, const struct refusal *why)
{
    struct buf b;
    buf_init(&b, ANSWER_MAX);
    buf_printf(&b,
               "<ErrorResponse xmlns=\"" NAME_SPACE "\"><Error><Type>Sender</Type>"
               "<Code>%s</Code><Message>%s</Message></Error>",
               why->code, why->message);
    end_and_send(d, p, why->status, &b, "ErrorResponse", false);
    buf_free(&b);
}

static void assume_role(struct stsd *d, struct reply *p)
{
    int64_t seconds;
    const struct refusal *why = check(d, p, &seconds);
    char expires[CLOCK_TEXT];
    struct buf b;
    if (why) {
        refuse(d, p, why);
        return;
    }
    const char *session = param(p, "RoleSessionName");
    const struct access_key *k = access_keys_make(d->keys, now_of(d) + seconds * CLOCK_SECOND);
    buf_init(&b, ANSWER_MAX);
    buf_printf(&b,
               "<AssumeRoleWithWebIdentityResponse xmlns=\"" NAME_SPACE "\">"
               "<AssumeRoleWithWebIdentityResult><Credentials>"
               "<AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>"
               "<SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>",
               k->id, k->secret, k->token, clock_rfc3339(k->expires, false, expires));
    buf_printf(&b,
               "<SubjectFromWebIdentityToken>system:serviceaccount:kubeboard:kubeboard"
               "</SubjectFromWebIdentityToken><Audience>sts.amazonaws.com</Audience>"
               "<AssumedRoleUser><AssumedRoleId>" ROLE_ID ":%s</AssumedRoleId>"
               "<Arn>arn:aws:sts::111122223333:assumed-role/kubeboard-sandbox/%s</Arn>"
               "</AssumedRoleUser></AssumeRoleWithWebIdentityResult>",
               session, session);
    end_and_send(d, p, 200, &b, "AssumeRoleWithWebIdentityResponse", true);
    explicit_bzero(b.p, b.n);
    buf_free(&b);
}

/* ---- the agent of EKS Pod Identity ---- */

static void credentials(struct stsd *d, struct reply *p)
{
    const char *given = server_header(p->r, "Authorization");
    char expires[CLOCK_TEXT];
    struct buf b;
    struct json_out o = {&b, false};
    if (!given || !*given) {
        reply_text(p, 400, "Service account token cannot be empty\n");
    } else if (!is_token(given, d->container_token)) {
        reply_text(p, 400, "InvalidTokenException: the service account token is not valid\n");
    } else if (has_expired(d)) {
        reply_text(p, 400, "ExpiredTokenException: the service account token has expired\n");
    } else {
        const struct access_key *k = access_keys_make(d->keys, now_of(d) + DURATION * CLOCK_SECOND);
        buf_init(&b, ANSWER_MAX);
        json_out_object(&o, NULL);
        json_out_text(&o, "AccessKeyId", k->id);
        json_out_text(&o, "SecretAccessKey", k->secret);
        json_out_text(&o, "Token", k->token);
        json_out_text(&o, "AccountId", "111122223333");
        json_out_text(&o, "Expiration", clock_rfc3339(k->expires, false, expires));
        json_out_end_object(&o);
        reply_json(p, 200, buf_str(&b));
        explicit_bzero(b.p, b.n);
        buf_free(&b);
    }
}

void stsd_handle(struct stsd *d, struct reply *p)
{
    const char *method = server_method(p->r);
    bool get = strcmp(method, "GET") == 0;
    if (strcmp(p->path, "/v1/credentials") == 0) {
        if (get)
            credentials(d, p);
        else
            reply_text(p, 405, "Method Not Allowed\n");
    } else if (strcmp(p->path, "/") == 0 && (get || strcmp(method, "POST") == 0)) {
        assume_role(d, p);
    } else {
        refuse(d, p, &invalid_action);
    }
}
