#include "store/s3/s3_error.h"

#include <stddef.h>
#include <string.h>

#include "net/http.h"
#include "store/s3/s3_xml.h"

struct meaning {
    const char *code;
    enum err_kind kind;
    const char *mend;
};

#define SECRET_MEND "check AWS_SECRET_ACCESS_KEY, and that the secret belongs to this key id"
#define CURL_MEND "set store.s3.client: curl (it signs version 4)"

static const struct meaning meanings[] = {
    {"AccessDenied", ERR_DENIED,
     "the role or user needs s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and "
     "s3:DeleteObject "
     "on its keys (and the KMS key's use where it encrypts)"},
    {"AllAccessDisabled", ERR_DENIED, ""},
    {"InvalidAccessKeyId", ERR_DENIED, "check AWS_ACCESS_KEY_ID"},
    {"SignatureDoesNotMatch", ERR_DENIED, SECRET_MEND},
    {"RequestTimeTooSkewed", ERR_DENIED, "set this machine's clock"},
    {"ExpiredToken", ERR_DENIED, "the session token has ended: get new credentials"},
    {"TokenRefreshRequired", ERR_DENIED, "the session token has ended: get new credentials"},
    {"InvalidToken", ERR_DENIED, "check AWS_SESSION_TOKEN: it belongs to one key pair"},
    {"NoSuchBucket", ERR_CONFIG, "make the bucket, or mend the store's URL"},
    {"InvalidBucketName", ERR_CONFIG, "mend the store's URL"},
    {"NoSuchKey", ERR_NOT_FOUND, ""},
    {"NotImplemented", ERR_REFUSED, "this server has no such thing: is store.s3.encryption set?"},
    {"NoSuchUpload", ERR_CONFLICT, ""},
    {"PermanentRedirect", ERR_CONFIG, "set store.s3.region and endpoint to the bucket's"},
    {"TemporaryRedirect", ERR_CONFIG, "set store.s3.region and endpoint to the bucket's"},
    {"AuthorizationHeaderMalformed", ERR_CONFIG, "set store.s3.region"},
    {"IllegalLocationConstraintException", ERR_CONFIG, "set store.s3.region"},
    {"EntityTooLarge", ERR_LIMIT, ""},
    {"QuotaExceeded", ERR_LIMIT, "raise the quota, or shorten collector.retain"},
    {"SlowDown", ERR_AWAY, ""},
    {"InternalError", ERR_AWAY, ""},
    {"ServiceUnavailable", ERR_AWAY, ""},
    {"RequestTimeout", ERR_AWAY, ""},
    {"Throttling", ERR_AWAY, ""},
    {"ThrottlingException", ERR_AWAY, ""},
    {"RequestLimitExceeded", ERR_AWAY, ""},
    {"BandwidthLimitExceeded", ERR_AWAY, ""},
    {"OperationAborted", ERR_AWAY, ""},
    {"BadDigest", ERR_AWAY, ""},
    {"XAmzContentSHA256Mismatch", ERR_AWAY, ""},
    {"IncompleteBody", ERR_AWAY, ""},
};

static void keep(char *to, size_t size, struct str text)
{
    size_t n = text.n < size ? text.n : size - 1;
    memcpy(to, text.p, n);
    to[n] = '\0';
}

static bool take_element(void *context, const char *path, struct str text)
{
    struct s3_error *e = context;
    text = str_trim(text);
    if (!strcmp(path, "Error/Code"))
        keep(e->code, sizeof e->code, text);
    else if (!strcmp(path, "Error/Message"))
        keep(e->message, sizeof e->message, text);
    else if (!strcmp(path, "Error/Region"))
        keep(e->region, sizeof e->region, text);
    return true;
}

bool s3_error_read(struct s3_error *e, struct str body)
{
    struct s3_error read = {"", "", ""};
    bool ok = s3_xml_scan(body, &read, take_element, NULL) && read.code[0];
    *e = ok ? read : (struct s3_error){"", "", ""};
    return ok;
}

bool s3_error_is_expired(const struct s3_error *e)
{
    return !strcmp(e->code, "ExpiredToken") || !strcmp(e->code, "TokenRefreshRequired") ||
           !strcmp(e->code, "ExpiredTokenException");
}

bool s3_error_is_about_keys(const struct s3_error *e, int status)
{
    static const char *const codes[] = {"InvalidAccessKeyId", "InvalidClientTokenId",
                                        "SignatureDoesNotMatch", "InvalidToken"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(e->code, codes[i]))
            return true;
    return !e->code[0] && status == 400;
}

static bool is_about_region(const struct s3_error *e)
{
    return !strcmp(e->code, "AuthorizationHeaderMalformed") ||
           !strcmp(e->code, "PermanentRedirect") || !strcmp(e->code, "TemporaryRedirect") ||
           !strcmp(e->code, "IllegalLocationConstraintException") || !e->code[0];
}

void s3_error_fill(struct err *err, int status, const struct s3_error *e, const char *where)
{
    if (!status && !e->code[0])
        return;
    int64_t retry = err->retry_after_ms;
    if (status)
        http_status_err(err, status, where, str_of(""));
    else
        err_set(err, ERR_REFUSED, where, "", "%s", e->code);
    err->retry_after_ms = retry;
    if (e->code[0]) {
        enum err_kind kind = err->kind;
        const char *mend = err->mend;
        for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
            if (!strcmp(meanings[i].code, e->code)) {
                kind = meanings[i].kind;
                mend = meanings[i].mend;
            }
        }
        if (strstr(e->message, "AWS4-HMAC-SHA256")) {
            kind = ERR_CONFIG;
            mend = CURL_MEND;
        }
        char kept[sizeof err->mend];
        str_copy(kept, sizeof kept, mend);
        err_set(err, kind, where, kept, "%s: %s", e->code, e->message);
        err->http = status;
        err->retry_after_ms = retry;
    }
    if (e->region[0] && is_about_region(e)) {
        char mend[120] = "set store.s3.region: ";
        size_t n = strlen(mend);
        str_copy(mend + n, sizeof mend - n, e->region);
        err_set(err, ERR_CONFIG, where, mend,
                "the bucket is in region %s, and not where it was asked", e->region);
        err->http = status;
    }
}
