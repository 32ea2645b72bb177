/*
 * Both versions of the list walk the sorted keys from where the page before ended. Keys that have
 * the delimiter behind the prefix are told once, as a common prefix, which counts as one entry and
 * can be the place where a page ends.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "sandbox/s3/s3_date.h"
#include "sandbox/s3/s3d_internal.h"

#define OWNER "<Owner><ID>sandbox</ID><DisplayName>sandbox</DisplayName></Owner>"
#define TOKEN "1/" /* before the place where a page ended, in its continuation token */

struct listing {
    const char *prefix, *delimiter, *marker;
    size_t max, count;
    bool encoded, owner, truncated;
    struct buf contents, prefixes;
    char *last; /* the last entry told */
};

void s3d_list_encode(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x80 && (isalnum(c) || strchr("-_.*/", c)))
            buf_addc(out, (char)c);
        else if (c == ' ')
            buf_addc(out, '+');
        else
            buf_printf(out, "%%%02X", c);
    }
}

static void add_name(struct buf *out, const char *element, struct str text, bool encoded)
{
    buf_printf(out, "<%s>", element);
    if (encoded)
        s3d_list_encode(out, text);
    else
        s3d_xml_escape(out, text);
    buf_printf(out, "</%s>", element);
}

bool s3d_list_page_size(struct s3d_call *c, const char *name, size_t *out)
{
    const char *text = s3d_param(c, name);
    int64_t n = S3D_PAGE;
    if (text && *text && (!str_to_int(str_of(text), &n) || n < 0 || n > INT32_MAX)) {
        s3d_error(c, S3D_ERROR_INVALID_ARGUMENT,
                  "Provided max-keys not an integer or within integer range",
                  (const struct s3d_error_field[]){
                      {"ArgumentName", name}, {"ArgumentValue", text}, {NULL, NULL}});
        return false;
    }
    *out = n < S3D_PAGE ? (size_t)n : S3D_PAGE;
    return true;
}

bool s3d_list_is_encoded(struct s3d_call *c, bool *out)
{
    const char *text = s3d_param(c, "encoding-type");
    *out = text && strcmp(text, "url") == 0;
    if (!text || !*text || *out)
        return true;
    s3d_error(c, S3D_ERROR_INVALID_ARGUMENT, "Invalid Encoding Method specified in Request",
              (const struct s3d_error_field[]){
                  {"ArgumentName", "encoding-type"}, {"ArgumentValue", text}, {NULL, NULL}});
    return false;
}

/* ---- the walk ---- */

static void add_object(struct listing *l, const struct s3d_object *o)
{
    struct buf *b = &l->contents;
    char date[S3_DATE_TEXT];
    buf_adds(b, "<Contents>");
    add_name(b, "Key", str_of(o->key), l->encoded);
    s3d_xml_text(b, "LastModified", s3_date_listed(o->modified, date));
    buf_printf(b, "<ETag>&quot;%s&quot;</ETag>", o->etag);
    s3d_xml_number(b, "Size", o->size);
    buf_printf(b, "%s<StorageClass>STANDARD</StorageClass></Contents>", l->owner ? OWNER : "");
}

/* How long the common prefix of this key is; 0: it is told as itself. */
static size_t common(const struct listing *l, const char *key)
{
    const char *at = *l->delimiter ? strstr(key + strlen(l->prefix), l->delimiter) : NULL;
    return at ? (size_t)(at - key) + strlen(l->delimiter) : 0;
}

static void walk(struct listing *l, const struct s3d_bucket *b)
{
    const char *begin = strcmp(l->marker, l->prefix) > 0 ? l->marker : l->prefix;
    size_t prefix = strlen(l->prefix), i = s3d_bucket_seek(b, begin);
    while (l->max && i < b->count && strncmp(b->objects[i]->key, l->prefix, prefix) == 0) {
        const char *key = b->objects[i]->key;
        size_t n = common(l, key);
        bool told = n ? strlen(l->marker) == n && strncmp(key, l->marker, n) == 0
                      : *l->marker && strcmp(key, l->marker) == 0;
        if (!told && l->count == l->max) {
            l->truncated = true;
            return;
        }
        if (!told) {
            free(l->last);
            l->last = mem_dup_n(key, n ? n : strlen(key));
            l->count++;
        }
        if (!n) {
            if (!told)
                add_object(l, b->objects[i]);
            i++;
            continue;
        }
        if (!told) {
            buf_adds(&l->prefixes, "<CommonPrefixes>");
            add_name(&l->prefixes, "Prefix", (struct str){key, n}, l->encoded);
            buf_adds(&l->prefixes, "</CommonPrefixes>");
        }
        for (size_t first = i; i < b->count; i++)
            if (strncmp(b->objects[i]->key, b->objects[first]->key, n) != 0)
                break;
    }
}

/* ---- the answers ---- */

static void add_common(struct s3d_call *c, struct buf *b, const struct listing *l)
{
    s3d_xml_text(b, "Name", c->bucket->name);
    add_name(b, "Prefix", str_of(l->prefix), l->encoded);
    if (*l->delimiter)
        add_name(b, "Delimiter", str_of(l->delimiter), l->encoded);
    s3d_xml_number(b, "MaxKeys", l->max);
    if (l->encoded)
        s3d_xml_text(b, "EncodingType", "url");
    s3d_xml_text(b, "IsTruncated", l->truncated ? "true" : "false");
}

static void add_entries(struct buf *b, const struct listing *l)
{
    buf_add(b, l->contents.p, l->contents.n);
    buf_add(b, l->prefixes.p, l->prefixes.n);
    buf_adds(b, "</ListBucketResult>");
}

static void answer_v1(struct s3d_call *c, struct buf *b, struct listing *l)
{
    walk(l, c->bucket);
    add_common(c, b, l);
    add_name(b, "Marker", str_of(l->marker), l->encoded);
    if (l->truncated && *l->delimiter)
        add_name(b, "NextMarker", str_of(l->last), l->encoded);
    add_entries(b, l);
}

static void answer_v2(struct s3d_call *c, struct buf *b, struct listing *l, const char *token)
{
    const char *after = s3d_param(c, "start-after");
    walk(l, c->bucket);
    add_common(c, b, l);
    s3d_xml_number(b, "KeyCount", l->count);
    if (token)
        s3d_xml_text(b, "ContinuationToken", token);
    if (l->truncated) {
        struct buf place;
        buf_init(&place, 2 * S3D_KEY_MAX);
        buf_printf(&place, TOKEN "%s", l->last);
        buf_adds(b, "<NextContinuationToken>");
        base64_encode(b, buf_str(&place));
        buf_adds(b, "</NextContinuationToken>");
        buf_free(&place);
    }
    if (after)
        add_name(b, "StartAfter", str_of(after), l->encoded);
    add_entries(b, l);
}

static bool read_token(struct s3d_call *c, const char *token, struct buf *place)
{
    size_t magic = strlen(TOKEN);
    if (base64_decode(place, str_of(token)) && place->n > magic &&
        memcmp(place->p, TOKEN, magic) == 0)
        return true;
    s3d_error(c, S3D_ERROR_INVALID_ARGUMENT, "The continuation token provided is incorrect",
              (const struct s3d_error_field[]){
                  {"ArgumentName", "continuation-token"}, {"ArgumentValue", token}, {NULL, NULL}});
    return false;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

void s3d_list(struct s3d_call *c)
{
    const char *type = s3d_param(c, "list-type"), *token = s3d_param(c, "continuation-token");
    const char *fetch_owner = or_empty(s3d_param(c, "fetch-owner"));
    struct listing l = {.prefix = or_empty(s3d_param(c, "prefix")),
                        .delimiter = or_empty(s3d_param(c, "delimiter")),
                        .marker = or_empty(s3d_param(c, type ? "start-after" : "marker")),
                        .owner = !type || strcmp(fetch_owner, "true") == 0};
    struct buf b, place;
    if (type && strcmp(type, "2") != 0) {
        s3d_error(c, S3D_ERROR_INVALID_ARGUMENT, "Invalid List Type specified in Request", NULL);
        return;
    }
    if (!s3d_list_page_size(c, "max-keys", &l.max) || !s3d_list_is_encoded(c, &l.encoded))
        return;
    buf_init(&place, 4 * S3D_KEY_MAX);
    if (type && token) {
        if (!read_token(c, token, &place)) {
            buf_free(&place);
            return;
        }
        l.marker = buf_text(&place) + strlen(TOKEN);
    }
    buf_init(&b, S3D_ANSWER_MAX);
    buf_init(&l.contents, S3D_ANSWER_MAX);
    buf_init(&l.prefixes, S3D_ANSWER_MAX);
    s3d_xml_begin(&b, "ListBucketResult");
    if (type)
        answer_v2(c, &b, &l, token);
    else
        answer_v1(c, &b, &l);
    s3d_answer_xml(c, &b);
    free(l.last);
    buf_free(&l.contents);
    buf_free(&l.prefixes);
    buf_free(&place);
    buf_free(&b);
}

void s3d_list_buckets(struct s3d_call *c)
{
    char date[S3_DATE_TEXT];
    struct buf b;
    buf_init(&b, S3D_ANSWER_MAX);
    s3d_xml_begin(&b, "ListAllMyBucketsResult");
    buf_adds(&b, OWNER "<Buckets>");
    for (size_t i = 0; i < S3D_BUCKETS; i++) {
        buf_adds(&b, "<Bucket>");
        s3d_xml_text(&b, "Name", c->s3d->buckets[i].name);
        s3d_xml_text(&b, "CreationDate", s3_date_listed(c->s3d->started, date));
        buf_adds(&b, "</Bucket>");
    }
    buf_adds(&b, "</Buckets></ListAllMyBucketsResult>");
    s3d_answer_xml(c, &b);
    buf_free(&b);
}
