#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/s3/s3_date.h"
#include "sandbox/s3/s3d_internal.h"

/* ---- get ---- */

/* Whether a list of quoted ETags (or *) has this one. */
static bool has_etag(const char *list, const char *etag)
{
    struct str rest = str_of(list), part;
    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        if (str_is(part, "*"))
            return true;
        if (str_starts(part, "W/")) {
            part.p += 2;
            part.n -= 2;
        }
        if (part.n >= 2 && part.p[0] == '"' && part.p[part.n - 1] == '"')
            part = (struct str){part.p + 1, part.n - 2};
        if (str_is(part, etag))
            return true;
    }
    return false;
}

enum range { WHOLE, PART, UNSATISFIABLE };

/* One range of bytes; what is not understood, and several ranges, mean the whole (as S3 does). */
static enum range read_range(const char *text, size_t size, size_t *from, size_t *n)
{
    struct str rest = str_of(text), first;
    int64_t a, b = INT64_MAX;
    if (!str_starts(rest, "bytes=") || memchr(rest.p, ',', rest.n) || !memchr(rest.p, '-', rest.n))
        return WHOLE;
    rest.p += 6;
    rest.n -= 6;
    str_cut(&rest, '-', &first);
    if (!first.n) {
        if (!str_to_int(rest, &b) || b < 0)
            return WHOLE;
        a = (uint64_t)b < size ? (int64_t)size - b : 0;
        if (!b)
            return UNSATISFIABLE;
        b = INT64_MAX;
    } else if (!str_to_int(first, &a) || a < 0 || (rest.n && (!str_to_int(rest, &b) || b < a))) {
        return WHOLE;
    }
    if ((uint64_t)a >= size)
        return UNSATISFIABLE;
    *from = (size_t)a;
    *n = (uint64_t)b < size ? (size_t)(b - a) + 1 : size - (size_t)a;
    return PART;
}

static void answer_object(struct s3d_call *c, const struct s3d_object *o, int status,
                          const char *range, struct str body)
{
    char id[64], etag[S3D_ETAG + 16], modified[S3_DATE_TEXT + 20], date[S3_DATE_TEXT];
    const char *list[S3D_HEADERS_MAX + 8];
    size_t n = 0;
    snprintf(etag, sizeof etag, "ETag: \"%s\"", o->etag);
    snprintf(modified, sizeof modified, "Last-Modified: %s", s3_date_http(o->modified, date));
    list[n++] = s3d_request_id(c, id, sizeof id);
    list[n++] = etag;
    list[n++] = modified;
    list[n++] = "Accept-Ranges: bytes";
    if (range)
        list[n++] = range;
    for (char **h = o->headers; h && *h; h++)
        list[n++] = *h;
    list[n] = NULL;
    reply_body(c->p, status, status == 304 ? NULL : o->type, list, body);
}

void s3d_object_get(struct s3d_call *c)
{
    const struct s3d_object *o = s3d_bucket_find(c->bucket, c->key);
    const char *none = s3d_header(c, "If-None-Match"), *match = s3d_header(c, "If-Match");
    const char *range = s3d_header(c, "Range");
    char text[100];
    size_t from = 0, n = o ? o->size : 0;
    if (!o) {
        s3d_error(c, S3D_ERROR_NO_SUCH_KEY, NULL,
                  (const struct s3d_error_field[]){{"Key", c->key}, {NULL, NULL}});
        return;
    }
    if (match && !has_etag(match, o->etag)) {
        s3d_error(c, S3D_ERROR_PRECONDITION_FAILED, NULL,
                  (const struct s3d_error_field[]){{"Condition", "If-Match"}, {NULL, NULL}});
        return;
    }
    if (none && has_etag(none, o->etag)) {
        answer_object(c, o, 304, NULL, str_of(""));
        return;
    }
    switch (range ? read_range(range, o->size, &from, &n) : WHOLE) {
    case WHOLE:
        answer_object(c, o, 200, NULL, (struct str){o->body, o->size});
        break;
    case PART:
        snprintf(text, sizeof text, "Content-Range: bytes %zu-%zu/%zu", from, from + n - 1,
                 o->size);
        answer_object(c, o, 206, text, (struct str){o->body + from, n});
        break;
    case UNSATISFIABLE:
        snprintf(text, sizeof text, "%zu", o->size);
        s3d_error(c, S3D_ERROR_INVALID_RANGE, NULL,
                  (const struct s3d_error_field[]){
                      {"RangeRequested", range}, {"ActualObjectSize", text}, {NULL, NULL}});
    }
}

/* ---- put ---- */

static bool is_kept(const char *name)
{
    static const char *const names[] = {"Cache-Control",
                                        "Content-Disposition",
                                        "Content-Encoding",
                                        "Content-Language",
                                        "Expires",
                                        "x-amz-server-side-encryption",
                                        "x-amz-server-side-encryption-aws-kms-key-id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return strncasecmp(name, "x-amz-meta-", 11) == 0;
}

bool s3d_object_take_headers(struct s3d_call *c, char ***headers, char **type)
{
    const char *given = s3d_header(c, "Content-Type");
    size_t count = 0, meta = 0;
    *headers = mem_array(c->request.header_count + 1, sizeof **headers);
    for (size_t i = 0; i < c->request.header_count; i++) {
        const struct s3_signature_header *h = &c->headers[i];
        if (!is_kept(h->name))
            continue;
        (*headers)[count++] = mem_printf("%s: %s", h->name, h->value);
        if (strncasecmp(h->name, "x-amz-meta-", 11) == 0)
            meta += strlen(h->name) - 11 + strlen(h->value);
    }
    if (meta > S3D_META_MAX) {
        s3d_bucket_free_headers(*headers);
        s3d_error(c, S3D_ERROR_METADATA_TOO_LARGE, NULL, NULL);
        return false;
    }
    *type = mem_dup(given ? given : "binary/octet-stream");
    return true;
}

static bool check_md5(struct s3d_call *c)
{
    const char *given = s3d_header(c, "Content-MD5");
    unsigned char digest[DIGEST_MD5];
    struct buf expected, calculated;
    if (!given)
        return true;
    buf_init(&expected, 64);
    buf_init(&calculated, 64);
    digest_md5(server_body(c->p->r), digest);
    base64_encode(&calculated, (struct str){(char *)digest, sizeof digest});
    bool valid = base64_decode(&expected, str_of(given)) && expected.n == DIGEST_MD5;
    bool same = valid && memcmp(expected.p, digest, DIGEST_MD5) == 0;
    if (!valid)
        s3d_error(c, S3D_ERROR_INVALID_DIGEST, NULL,
                  (const struct s3d_error_field[]){{"Content-MD5", given}, {NULL, NULL}});
    else if (!same)
        s3d_error(c, S3D_ERROR_BAD_DIGEST, NULL,
                  (const struct s3d_error_field[]){{"ExpectedDigest", given},
                                                   {"CalculatedDigest", buf_text(&calculated)},
                                                   {NULL, NULL}});
    buf_free(&expected);
    buf_free(&calculated);
    return same;
}

static bool check_sha256(struct s3d_call *c)
{
    const char *given = s3d_header(c, "x-amz-checksum-sha256");
    unsigned char digest[DIGEST_SHA256];
    struct buf calculated;
    if (!given)
        return true;
    buf_init(&calculated, 64);
    digest_sha256(server_body(c->p->r), digest);
    base64_encode(&calculated, (struct str){(char *)digest, sizeof digest});
    bool same = strcmp(given, buf_text(&calculated)) == 0;
    buf_free(&calculated);
    if (!same)
        s3d_error(c, S3D_ERROR_BAD_DIGEST,
                  "The SHA256 you specified did not match the calculated checksum.", NULL);
    return same;
}

bool s3d_object_check_body(struct s3d_call *c)
{
    if (!s3d_header(c, "Content-Length")) {
        s3d_error(c, S3D_ERROR_NO_LENGTH, NULL, NULL);
        return false;
    }
    return check_md5(c) && check_sha256(c);
}

/* If-None-Match: * as AWS has it; the other conditions of a write are not built here. */
static bool may_write(struct s3d_call *c)
{
    const char *none = s3d_header(c, "If-None-Match");
    if (s3d_header(c, "If-Match") || (none && strcmp(none, "*") != 0)) {
        s3d_error(c, S3D_ERROR_NOT_IMPLEMENTED, NULL,
                  (const struct s3d_error_field[]){{"Header", none ? "If-None-Match" : "If-Match"},
                                                   {NULL, NULL}});
        return false;
    }
    if (none && s3d_bucket_find(c->bucket, c->key)) {
        s3d_error(c, S3D_ERROR_PRECONDITION_FAILED, NULL,
                  (const struct s3d_error_field[]){{"Condition", "If-None-Match"}, {NULL, NULL}});
        return false;
    }
    return true;
}

void s3d_object_store(struct s3d_call *c)
{
    unsigned char digest[DIGEST_MD5];
    char etag[S3D_ETAG + 16];
    const char *headers[4] = {etag};
    struct str body = server_body(c->p->r);
    struct s3d_object *o = mem_alloc(sizeof *o);
    if (!s3d_object_check_body(c) || !may_write(c) ||
        !s3d_object_take_headers(c, &o->headers, &o->type)) {
        free(o);
        return;
    }
    o->key = mem_dup(c->key);
    o->body = mem_dup_n(body.n ? body.p : "", body.n);
    o->size = body.n;
    o->modified = c->now;
    digest_md5(body, digest);
    digest_hex(digest, DIGEST_MD5, o->etag);
    snprintf(etag, sizeof etag, "ETag: \"%s\"", o->etag);
    if (!s3d_bucket_put(c->s3d, c->bucket, o)) {
        s3d_error(c, S3D_ERROR_QUOTA_EXCEEDED, NULL, NULL);
        return;
    }
    size_t n = 1;
    for (char **h = o->headers; *h && n < 3; h++)
        if (strncasecmp(*h, "x-amz-server-side-encryption", 28) == 0)
            headers[n++] = *h;
    s3d_answer_empty(c, 200, headers);
}

/* ---- delete ---- */

void s3d_object_delete(struct s3d_call *c)
{
    s3d_bucket_remove(c->s3d, c->bucket, c->key);
    s3d_answer_empty(c, 204, NULL);
}

struct deletion {
    struct arena arena;
    const char *keys[S3D_PAGE];
    size_t count;
    bool quiet;
};

static bool take_deletion(void *context, const char *path, struct str text)
{
    struct deletion *d = context;
    if (strcmp(path, "Delete/Object/Key") == 0) {
        if (d->count == S3D_PAGE || !text.n)
            return false;
        d->keys[d->count++] = arena_dup(&d->arena, text);
    } else if (strcmp(path, "Delete/Quiet") == 0) {
        d->quiet = str_is(str_trim(text), "true");
    } else if (strcmp(path, "Delete/Object") != 0 && strcmp(path, "Delete") != 0) {
        return false;
    }
    return true;
}

static void delete_all(struct s3d_call *c, const struct deletion *d)
{
    struct buf b;
    buf_init(&b, S3D_ANSWER_MAX);
    s3d_xml_begin(&b, "DeleteResult");
    for (size_t i = 0; i < d->count; i++) {
        s3d_bucket_remove(c->s3d, c->bucket, d->keys[i]);
        if (d->quiet)
            continue;
        buf_adds(&b, "<Deleted>");
        s3d_xml_text(&b, "Key", d->keys[i]);
        buf_adds(&b, "</Deleted>");
    }
    buf_adds(&b, "</DeleteResult>");
    s3d_answer_xml(c, &b);
    buf_free(&b);
}

void s3d_object_delete_many(struct s3d_call *c)
{
    if (!s3d_header(c, "Content-MD5") && !s3d_header(c, "x-amz-checksum-sha256")) {
        s3d_error(c, S3D_ERROR_NO_MD5, NULL, NULL);
        return;
    }
    if (!s3d_object_check_body(c))
        return;
    struct deletion *d = mem_alloc(sizeof *d);
    arena_init(&d->arena);
    if (s3d_xml_read(server_body(c->p->r), take_deletion, d) && d->count)
        delete_all(c, d);
    else
        s3d_error(c, S3D_ERROR_MALFORMED_XML, NULL, NULL);
    arena_free(&d->arena);
    free(d);
}
