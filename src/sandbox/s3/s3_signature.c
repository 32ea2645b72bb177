/*
 * Both versions sign a text made from the request. Version 2 leaves the path as it came and takes
 * only the sub-resources of the query; version 4 decodes path and query and encodes them anew, so
 * that only a client that encodes by the rules agrees. The text is made here from the documents
 * alone, not by the code that signs: a mistake there must show.
 */
#include "sandbox/s3/s3_signature.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"
#include "net/conn.h"
#include "sandbox/s3/s3_date.h"

enum { TEXT_MAX = 1 << 20, PAIRS_MAX = 1000 };

#define ALGORITHM "AWS4-HMAC-SHA256"

struct pair {
    const char *name, *value;
};

/* ---- what the Authorization header says ---- */

static bool read_v2(struct s3_signature *s, struct str rest)
{
    rest = str_trim(rest);
    s->version = S3_SIGNATURE_V2;
    if (!memchr(rest.p, ':', rest.n) || !str_cut(&rest, ':', &s->key_id))
        return false;
    s->signature = rest;
    return s->key_id.n && s->signature.n;
}

/* KEY/20130524/us-east-1/s3/aws4_request */
static bool read_credential(struct s3_signature *s, struct str text)
{
    struct str end;
    return str_cut(&text, '/', &s->key_id) && str_cut(&text, '/', &s->day) &&
           str_cut(&text, '/', &s->region) && str_cut(&text, '/', &s->service) &&
           str_cut(&text, '/', &end) && str_is(end, "aws4_request") && !text.n && s->key_id.n;
}

static bool read_v4(struct s3_signature *s, struct str rest)
{
    struct str part, name;
    bool credential = false;
    s->version = S3_SIGNATURE_V4;
    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        struct str value = part;
        str_cut(&value, '=', &name);
        if (str_is(name, "Credential"))
            credential = read_credential(s, value);
        else if (str_is(name, "SignedHeaders"))
            s->headers = value;
        else if (str_is(name, "Signature"))
            s->signature = value;
        else
            return false;
    }
    return credential && s->headers.n && s->signature.n;
}

bool s3_signature_read(struct s3_signature *s, const char *authorization, bool *version_known)
{
    struct str text = str_of(authorization), word;
    *s = (struct s3_signature){0};
    *version_known = false;
    if (!str_cut(&text, ' ', &word))
        return false;
    *version_known = str_is(word, "AWS") || str_is(word, ALGORITHM);
    if (!*version_known || !text.n)
        return false;
    return str_is(word, "AWS") ? read_v2(s, text) : read_v4(s, text);
}

const char *s3_signature_header(const struct s3_signature_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (strcasecmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return NULL;
}

bool s3_signature_time(const struct s3_signature_request *r, int64_t *out)
{
    const char *text = s3_signature_header(r, "x-amz-date");
    return s3_date_read(text ? text : s3_signature_header(r, "Date"), out);
}

bool s3_signature_same(struct str a, struct str b)
{
    unsigned char difference = 0;
    for (size_t i = 0; a.n == b.n && i < a.n; i++)
        difference |= (unsigned char)a.p[i] ^ (unsigned char)b.p[i];
    return a.n == b.n && !difference;
}

/* ---- parts that both need ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Adds the text percent-decoded; a broken escape stays as it is. */
static void add_decoded(struct buf *out, struct str text, bool plus_is_blank)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        int high = c == '%' && text.n - i > 2 ? hex_value(text.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.p[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        buf_addc(out, c);
    }
}

static const char *decoded(struct arena *a, struct str text, bool encode)
{
    struct buf plain, out;
    buf_init(&plain, TEXT_MAX);
    buf_init(&out, TEXT_MAX);
    add_decoded(&plain, text, true);
    if (encode && plain.n)
        conn_escape(&out, plain.p, plain.n, false);
    const char *kept = arena_dup(a, buf_str(encode ? &out : &plain));
    buf_free(&plain);
    buf_free(&out);
    return kept;
}

static int by_name(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->value, y->value);
}

static struct str path_of(const char *target)
{
    return (struct str){target, strcspn(target, "?")};
}

/* The query's pairs, sorted. */
static size_t read_query(struct arena *a, const char *target, bool encode, struct pair **list)
{
    struct str rest = str_of(strchr(target, '?')), part, name;
    size_t count = 0, cap = 0;
    *list = NULL;
    if (rest.n) {
        rest.p++;
        rest.n--;
    }
    while (count < PAIRS_MAX && str_cut(&rest, '&', &part)) {
        if (!part.n)
            continue;
        struct str value = part;
        str_cut(&value, '=', &name);
        mem_grow(list, &cap, count + 1, sizeof **list);
        (*list)[count].name = decoded(a, name, encode);
        (*list)[count++].value = decoded(a, value, encode);
    }
    if (count)
        qsort(*list, count, sizeof **list, by_name);
    return count;
}

static bool is_named(const struct s3_signature_header *h, struct str name)
{
    return strlen(h->name) == name.n && strncasecmp(h->name, name.p, name.n) == 0;
}

static bool came(const struct s3_signature_request *r, struct str name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (is_named(&r->headers[i], name))
            return true;
    return false;
}

/* A header's values: trimmed, runs of blanks as one, several by commas. */
static void add_header_value(struct buf *out, const struct s3_signature_request *r, struct str name)
{
    bool found = false;
    for (size_t i = 0; i < r->header_count; i++) {
        if (!is_named(&r->headers[i], name))
            continue;
        if (found)
            buf_addc(out, ',');
        found = true;
        struct str value = str_trim(str_of(r->headers[i].value));
        for (size_t k = 0; k < value.n; k++) {
            bool blank = strchr(" \t\r\n", value.p[k]) != NULL;
            if (!blank)
                buf_addc(out, value.p[k]);
            else if (!strchr(" \t\r\n", value.p[k + 1]))
                buf_addc(out, ' ');
        }
    }
}

/* ---- version 2 ---- */

static bool is_sub_resource(const char *name)
{
    static const char *const names[] = {"acl",
                                        "cors",
                                        "delete",
                                        "lifecycle",
                                        "location",
                                        "logging",
                                        "notification",
                                        "partNumber",
                                        "policy",
                                        "requestPayment",
                                        "response-cache-control",
                                        "response-content-disposition",
                                        "response-content-encoding",
                                        "response-content-language",
                                        "response-content-type",
                                        "response-expires",
                                        "restore",
                                        "tagging",
                                        "torrent",
                                        "uploadId",
                                        "uploads",
                                        "versionId",
                                        "versioning",
                                        "versions",
                                        "website"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void add_amz_headers(struct buf *out, struct arena *a, const struct s3_signature_request *r)
{
    struct pair *list = mem_array(r->header_count + 1, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        if (strncasecmp(r->headers[i].name, "x-amz-", 6) != 0)
            continue;
        char *name = arena_dup(a, str_of(r->headers[i].name));
        for (char *c = name; *c; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
        list[count++] = (struct pair){name, ""};
    }
    if (count)
        qsort(list, count, sizeof *list, by_name);
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(list[i].name, list[i - 1].name) == 0)
            continue;
        buf_printf(out, "%s:", list[i].name);
        add_header_value(out, r, str_of(list[i].name));
        buf_addc(out, '\n');
    }
    free(list);
}

static void add_resource(struct buf *out, struct arena *a, const struct s3_signature_request *r)
{
    struct pair *list;
    size_t count = read_query(a, r->target, false, &list);
    struct str path = path_of(r->target);
    char separator = '?';
    if (r->bucket)
        buf_printf(out, "/%s", r->bucket);
    buf_add(out, path.p, path.n);
    for (size_t i = 0; i < count; i++) {
        if (!is_sub_resource(list[i].name))
            continue;
        buf_printf(out, "%c%s", separator, list[i].name);
        if (*list[i].value)
            buf_printf(out, "=%s", list[i].value);
        separator = '&';
    }
    free(list);
}

static void add_line(struct buf *out, const struct s3_signature_request *r, const char *name)
{
    add_header_value(out, r, str_of(name));
    buf_addc(out, '\n');
}

static void work_out_v2(const struct s3_signature_request *r, struct arena *a, const char *secret,
                        struct s3_signature_proof *proof)
{
    struct buf *out = &proof->to_sign, text;
    unsigned char digest[DIGEST_SHA1];
    buf_printf(out, "%s\n", r->method);
    add_line(out, r, "Content-MD5");
    add_line(out, r, "Content-Type");
    if (s3_signature_header(r, "x-amz-date"))
        buf_addc(out, '\n');
    else
        add_line(out, r, "Date");
    add_amz_headers(out, a, r);
    add_resource(out, a, r);
    digest_hmac_sha1(str_of(secret), buf_str(out), digest);
    buf_init(&text, sizeof proof->signature);
    base64_encode(&text, (struct str){(char *)digest, sizeof digest});
    str_copy(proof->signature, sizeof proof->signature, buf_text(&text));
    buf_free(&text);
}

/* ---- version 4 ---- */

static void add_canonical(struct buf *out, struct arena *a, const struct s3_signature *s,
                          const struct s3_signature_request *r)
{
    struct buf path;
    struct pair *list;
    struct str rest = s->headers, name;
    const char *hash = s3_signature_header(r, "x-amz-content-sha256");
    buf_init(&path, TEXT_MAX);
    add_decoded(&path, path_of(r->target), false);
    buf_printf(out, "%s\n", r->method);
    conn_escape(out, buf_text(&path), path.n, true);
    buf_addc(out, '\n');
    buf_free(&path);
    size_t count = read_query(a, r->target, true, &list);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%s=%s", i ? "&" : "", list[i].name, list[i].value);
    buf_addc(out, '\n');
    free(list);
    while (str_cut(&rest, ';', &name)) {
        /* One that is signed but did not come must not pass for an empty one. */
        if (!came(r, name))
            continue;
        buf_printf(out, "%.*s:", (int)name.n, name.p);
        add_header_value(out, r, name);
        buf_addc(out, '\n');
    }
    buf_printf(out, "\n%.*s\n%s", (int)s->headers.n, s->headers.p, hash ? hash : "");
}

static void work_out_v4(const struct s3_signature *s, const struct s3_signature_request *r,
                        struct arena *a, const char *secret, struct s3_signature_proof *proof)
{
    static const char end[] = "aws4_request";
    unsigned char digest[DIGEST_SHA256];
    char hex[DIGEST_HEX], date[S3_DATE_TEXT] = "";
    struct str key = {(char *)digest, sizeof digest};
    int64_t time;
    if (s3_signature_time(r, &time))
        s3_date_basic(time, date);
    add_canonical(&proof->canonical, a, s, r);
    digest_sha256(buf_str(&proof->canonical), digest);
    buf_printf(&proof->to_sign, ALGORITHM "\n%s\n%.*s/%.*s/%.*s/%s\n%s", date, (int)s->day.n,
               s->day.p, (int)s->region.n, s->region.p, (int)s->service.n, s->service.p, end,
               digest_hex(digest, DIGEST_SHA256, hex));
    char *first = mem_printf("AWS4%s", secret);
    digest_hmac_sha256(str_of(first), s->day, digest);
    mem_free_secret(first);
    digest_hmac_sha256(key, s->region, digest);
    digest_hmac_sha256(key, s->service, digest);
    digest_hmac_sha256(key, str_of(end), digest);
    digest_hmac_sha256(key, buf_str(&proof->to_sign), digest);
    str_copy(proof->signature, sizeof proof->signature, digest_hex(digest, DIGEST_SHA256, hex));
}

bool s3_signature_check(const struct s3_signature *s, const struct s3_signature_request *r,
                        const char *secret, struct s3_signature_proof *proof)
{
    struct arena a;
    arena_init(&a);
    buf_init(&proof->canonical, TEXT_MAX);
    buf_init(&proof->to_sign, TEXT_MAX);
    if (s->version == S3_SIGNATURE_V2)
        work_out_v2(r, &a, secret, proof);
    else
        work_out_v4(s, r, &a, secret, proof);
    arena_free(&a);
    return !proof->canonical.over && !proof->to_sign.over &&
           s3_signature_same(s->signature, str_of(proof->signature));
}

void s3_signature_proof_free(struct s3_signature_proof *proof)
{
    buf_free(&proof->canonical);
    buf_free(&proof->to_sign);
}
