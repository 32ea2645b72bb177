/* AssumeRoleWithWebIdentity: the token of the pod's service account (IRSA) for an hour of keys. The
 * request is not signed; the token is read again for each, as the kubelet rotates its file.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/conn.h"
#include "store/aws/aws_fetch.h"
#include "store/s3/s3_xml.h"

#define RESULT "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/Credentials/"

static const char *url(const struct aws_settings *s)
{
    return s->sts_url;
}

static void add_value(struct buf *out, const char *name, const char *value)
{
    buf_adds(out, name);
    conn_escape(out, value, strlen(value), false);
}

static bool ask(struct aws_fetch *f, struct err *err)
{
    const struct aws_settings *s = f->settings;
    char *token = file_read_secret(s->token_file, err);
    if (!token) {
        if (err) {
            err->kind = err->kind == ERR_DENIED ? ERR_DENIED : ERR_CONFIG;
            str_copy(err->mend, sizeof err->mend,
                     "does the service account carry eks.amazonaws.com/role-arn?");
        }
        return false;
    }
    char *session = s->session_name
                        ? mem_dup(s->session_name)
                        : mem_printf("kubeboard-%lld", (long long)(clock_now() / CLOCK_SECOND));
    struct buf body;
    buf_init(&body, 3 * 1024 * 1024 + 4096);
    buf_room(&body, 3 * strlen(token) + 1024);
    buf_adds(&body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600");
    add_value(&body, "&RoleArn=", s->role_arn);
    add_value(&body, "&RoleSessionName=", session);
    add_value(&body, "&WebIdentityToken=", token);
    aws_fetch_send(f, "POST", "/", (const char *const[]){"Accept: application/xml", NULL},
                   buf_str(&body), "application/x-www-form-urlencoded");
    explicit_bzero(body.p, body.n);
    buf_free(&body);
    mem_free_secret(token);
    free(session);
    return true;
}

struct answer {
    char *id, *secret, *token, *expires;
};

static bool take_element(void *context, const char *path, struct str text)
{
    struct answer *a = context;
    static const char *const names[] = {RESULT "AccessKeyId", RESULT "SecretAccessKey",
                                        RESULT "SessionToken", RESULT "Expiration"};
    char **const fields[] = {&a->id, &a->secret, &a->token, &a->expires};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(path, names[i]) && !*fields[i])
            *fields[i] = mem_dup_n(text.p, text.n);
    return true;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool take(struct aws_fetch *f, struct str body, struct err *err)
{
    struct answer a = {0};
    bool ok = s3_xml_scan(body, &a, take_element, err);
    if (ok)
        ok = aws_fetch_take_keys(f, or_empty(a.id), or_empty(a.secret), or_empty(a.token),
                                 or_empty(a.expires), err);
    else
        str_copy(err->where, sizeof err->where, f->settings->sts_url);
    mem_free_secret(a.id);
    mem_free_secret(a.secret);
    mem_free_secret(a.token);
    free(a.expires);
    return ok;
}

struct refusal {
    char code[80], message[300];
};

static bool take_refusal(void *context, const char *path, struct str text)
{
    struct refusal *r = context;
    char *to = !strcmp(path, "ErrorResponse/Error/Code")      ? r->code
               : !strcmp(path, "ErrorResponse/Error/Message") ? r->message
                                                              : NULL;
    size_t size = to == r->code ? sizeof r->code : sizeof r->message;
    if (to) {
        size_t n = text.n < size ? text.n : size - 1;
        memcpy(to, text.p, n);
        to[n] = '\0';
    }
    return true;
}

struct meaning {
    const char *code;
    enum err_kind kind;
    const char *mend;
};

static const struct meaning meanings[] = {
    {"AccessDenied", ERR_DENIED,
     "the role's trust policy must name this cluster's OIDC provider and service account"},
    {"InvalidIdentityToken", ERR_DENIED, "is the cluster's OIDC provider registered in IAM?"},
    {"ExpiredTokenException", ERR_DENIED, "is the pod's clock right, its token renewed?"},
    {"IDPCommunicationError", ERR_AWAY, ""},
    {"Throttling", ERR_AWAY, ""},
    {"ThrottlingException", ERR_AWAY, ""},
    {"RegionDisabledException", ERR_CONFIG, "enable STS in this region"},
};

static void explain(struct aws_fetch *f, int status, struct str body, struct err *err)
{
    struct refusal r = {"", ""};
    if (!status || !s3_xml_scan(body, &r, take_refusal, NULL) || !r.code[0])
        return;
    enum err_kind kind = err->kind;
    const char *mend = "";
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (!strcmp(r.code, meanings[i].code)) {
            kind = meanings[i].kind;
            mend = meanings[i].mend;
        }
    }
    /* The kubelet may have renewed the token since we read it: once more. */
    bool stale =
        !strcmp(r.code, "ExpiredTokenException") || !strcmp(r.code, "InvalidIdentityToken");
    if (stale && !f->reread) {
        f->reread = true;
        kind = ERR_AWAY;
    }
    err_set(err, kind, f->settings->sts_url, mend, "role %.120s: %s: %s", f->settings->role_arn,
            r.code, r.message);
    err->http = status;
}

const struct aws_fetch_source aws_sts_source = {
    .tries = 4, .timeout_ms = 10000, .url = url, .ask = ask, .take = take, .explain = explain};
