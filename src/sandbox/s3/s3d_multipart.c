#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/server.h"
#include "sandbox/s3/s3_date.h"
#include "sandbox/s3/s3d_internal.h"

static size_t weight(const struct s3d_upload *u)
{
    size_t n = S3D_OVERHEAD + strlen(u->key);
    for (size_t i = 0; i < u->count; i++)
        n += S3D_OVERHEAD + u->parts[i].size;
    return n;
}

/* By key, then by id, which grows with time. */
static int compare(const struct s3d_upload *u, const char *key, const char *id)
{
    int order = strcmp(u->key, key);
    return order ? order : strcmp(u->id, id);
}

/* The upload that the request names; NULL: answered. */
static struct s3d_upload *find(struct s3d_call *c, size_t *at)
{
    const char *id = s3d_param(c, "uploadId");
    for (*at = 0; *at < c->bucket->upload_count; ++*at)
        if (compare(c->bucket->uploads[*at], c->key, id) == 0)
            return c->bucket->uploads[*at];
    s3d_error(c, S3D_ERROR_NO_SUCH_UPLOAD, NULL,
              (const struct s3d_error_field[]){{"UploadId", id}, {NULL, NULL}});
    return NULL;
}

static void drop(struct s3d_call *c, size_t at)
{
    struct s3d_bucket *b = c->bucket;
    c->s3d->bytes -= weight(b->uploads[at]);
    s3d_bucket_free_upload(b->uploads[at]);
    memmove(b->uploads + at, b->uploads + at + 1, (--b->upload_count - at) * sizeof *b->uploads);
}

/* ---- create ---- */

static void make_id(struct s3d *d, const char *key, char id[40])
{
    unsigned char digest[DIGEST_MD5];
    char hex[DIGEST_HEX];
    digest_md5(str_of(key), digest);
    snprintf(id, 40, "%010llx%.20s", (unsigned long long)++d->uploads,
             digest_hex(digest, DIGEST_MD5, hex));
}

void s3d_multipart_create(struct s3d_call *c)
{
    struct s3d_bucket *b = c->bucket;
    struct s3d_upload *u = mem_alloc(sizeof *u);
    struct buf out;
    size_t at = 0;
    if (!s3d_object_take_headers(c, &u->headers, &u->type)) {
        free(u);
        return;
    }
    u->key = mem_dup(c->key);
    u->begun = c->now;
    if (!s3d_bucket_room(c->s3d, weight(u), 0)) {
        s3d_bucket_free_upload(u);
        s3d_error(c, S3D_ERROR_QUOTA_EXCEEDED, NULL, NULL);
        return;
    }
    make_id(c->s3d, c->key, u->id);
    c->s3d->bytes += weight(u);
    while (at < b->upload_count && compare(b->uploads[at], u->key, u->id) < 0)
        at++;
    mem_grow(&b->uploads, &b->upload_cap, b->upload_count + 1, sizeof *b->uploads);
    memmove(b->uploads + at + 1, b->uploads + at, (b->upload_count++ - at) * sizeof *b->uploads);
    b->uploads[at] = u;
    buf_init(&out, S3D_ANSWER_MAX);
    s3d_xml_begin(&out, "InitiateMultipartUploadResult");
    s3d_xml_text(&out, "Bucket", b->name);
    s3d_xml_text(&out, "Key", u->key);
    s3d_xml_text(&out, "UploadId", u->id);
    buf_adds(&out, "</InitiateMultipartUploadResult>");
    s3d_answer_xml(c, &out);
    buf_free(&out);
}

/* ---- a part ---- */

static struct s3d_part *place_for(struct s3d_upload *u, int number)
{
    size_t at = 0;
    while (at < u->count && u->parts[at].number < number)
        at++;
    if (at == u->count || u->parts[at].number != number) {
        mem_grow(&u->parts, &u->cap, u->count + 1, sizeof *u->parts);
        memmove(u->parts + at + 1, u->parts + at, (u->count++ - at) * sizeof *u->parts);
        u->parts[at] = (struct s3d_part){.number = number};
    }
    return &u->parts[at];
}

static size_t held(const struct s3d_upload *u, int number)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->parts[i].number == number)
            return S3D_OVERHEAD + u->parts[i].size;
    return 0;
}

void s3d_multipart_part(struct s3d_call *c)
{
    const char *text = s3d_param(c, "partNumber");
    struct str body = server_body(c->p->r);
    char hex[DIGEST_HEX], etag[DIGEST_HEX + 16];
    const char *const headers[] = {etag, NULL};
    int64_t number;
    size_t at;
    if (!str_to_int(str_of(text), &number) || number < 1 || number > S3D_PARTS_MAX) {
        s3d_error(c, S3D_ERROR_INVALID_ARGUMENT,
                  "Part number must be an integer between 1 and 10000, inclusive",
                  (const struct s3d_error_field[]){{"ArgumentName", "partNumber"}, {NULL, NULL}});
        return;
    }
    struct s3d_upload *u = find(c, &at);
    if (!u || !s3d_object_check_body(c))
        return;
    size_t more = S3D_OVERHEAD + body.n, instead = held(u, (int)number);
    if (!s3d_bucket_room(c->s3d, more, instead)) {
        s3d_error(c, S3D_ERROR_QUOTA_EXCEEDED, NULL, NULL);
        return;
    }
    c->s3d->bytes += more - instead;
    struct s3d_part *p = place_for(u, (int)number);
    free(p->body);
    p->body = mem_dup_n(body.n ? body.p : "", body.n);
    p->size = body.n;
    digest_md5(body, p->md5);
    snprintf(etag, sizeof etag, "ETag: \"%s\"", digest_hex(p->md5, DIGEST_MD5, hex));
    s3d_answer_empty(c, 200, headers);
}

/* ---- complete ---- */

/* The list that closes an upload, as it is read. */
struct closing {
    struct s3d_upload *upload;
    int number, last; /* of the part that is being read; of the one before */
    char etag[64];
    const struct s3d_part **parts;
    size_t count, cap;
    enum s3d_error_id error;
};

static const struct s3d_part *find_part(const struct s3d_upload *u, int number)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->parts[i].number == number)
            return &u->parts[i];
    return NULL;
}

static bool refuse(struct closing *k, enum s3d_error_id error)
{
    k->error = error;
    return false;
}

static bool end_part(struct closing *k)
{
    char hex[DIGEST_HEX];
    const struct s3d_part *p = find_part(k->upload, k->number), *before;
    if (!k->number || !*k->etag)
        return refuse(k, S3D_ERROR_MALFORMED_XML);
    if (k->number <= k->last)
        return refuse(k, S3D_ERROR_INVALID_PART_ORDER);
    if (!p || strcmp(k->etag, digest_hex(p->md5, DIGEST_MD5, hex)) != 0)
        return refuse(k, S3D_ERROR_INVALID_PART);
    before = k->count ? k->parts[k->count - 1] : NULL;
    if (before && before->size < S3D_PART_MIN)
        return refuse(k, S3D_ERROR_ENTITY_TOO_SMALL);
    mem_grow(&k->parts, &k->cap, k->count + 1, sizeof *k->parts);
    k->parts[k->count++] = p;
    k->last = k->number;
    k->number = 0;
    *k->etag = '\0';
    return true;
}

static bool take_part(void *context, const char *path, struct str text)
{
    struct closing *k = context;
    int64_t number;
    text = str_trim(text);
    if (strcmp(path, "CompleteMultipartUpload/Part/PartNumber") == 0) {
        if (!str_to_int(text, &number) || number < 1 || number > S3D_PARTS_MAX)
            return refuse(k, S3D_ERROR_MALFORMED_XML);
        k->number = (int)number;
    } else if (strcmp(path, "CompleteMultipartUpload/Part/ETag") == 0) {
        if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
            text = (struct str){text.p + 1, text.n - 2};
        snprintf(k->etag, sizeof k->etag, "%.*s", (int)text.n, text.p);
    } else if (strcmp(path, "CompleteMultipartUpload/Part") == 0) {
        return end_part(k);
    } else if (strncmp(path, "CompleteMultipartUpload", 23) != 0) {
        return refuse(k, S3D_ERROR_MALFORMED_XML);
    }
    return true;
}

static struct s3d_object *join(struct s3d_call *c, const struct closing *k)
{
    struct s3d_object *o = mem_alloc(sizeof *o);
    unsigned char *digests = mem_array(k->count, DIGEST_MD5), digest[DIGEST_MD5];
    char hex[DIGEST_HEX];
    for (size_t i = 0; i < k->count; i++) {
        memcpy(digests + i * DIGEST_MD5, k->parts[i]->md5, DIGEST_MD5);
        o->size += k->parts[i]->size;
    }
    digest_md5((struct str){(char *)digests, k->count * DIGEST_MD5}, digest);
    free(digests);
    snprintf(o->etag, sizeof o->etag, "%s-%d", digest_hex(digest, DIGEST_MD5, hex), (int)k->count);
    o->key = mem_dup(k->upload->key);
    o->body = mem_alloc(o->size + 1);
    size_t at = 0;
    for (size_t i = 0; i < k->count; at += k->parts[i++]->size)
        memcpy(o->body + at, k->parts[i]->body, k->parts[i]->size);
    o->modified = c->now;
    o->headers = k->upload->headers;
    o->type = k->upload->type;
    k->upload->headers = NULL;
    k->upload->type = NULL;
    return o;
}

static void answer_completed(struct s3d_call *c, const struct s3d_object *o)
{
    struct buf b;
    buf_init(&b, S3D_ANSWER_MAX);
    s3d_xml_begin(&b, "CompleteMultipartUploadResult");
    buf_printf(&b, "<Location>http://%s/%s/", s3d_header(c, "Host"), c->bucket->name);
    s3d_list_encode(&b, str_of(o->key));
    buf_adds(&b, "</Location>");
    s3d_xml_text(&b, "Bucket", c->bucket->name);
    s3d_xml_text(&b, "Key", o->key);
    buf_printf(&b, "<ETag>&quot;%s&quot;</ETag></CompleteMultipartUploadResult>", o->etag);
    s3d_answer_xml(c, &b);
    buf_free(&b);
}

void s3d_multipart_complete(struct s3d_call *c)
{
    size_t at;
    struct closing k = {.upload = find(c, &at), .error = S3D_ERROR_MALFORMED_XML};
    if (!k.upload || !s3d_object_check_body(c))
        return;
    if (s3d_xml_read(server_body(c->p->r), take_part, &k) && k.count) {
        struct s3d_object *o = join(c, &k);
        drop(c, at);
        if (s3d_bucket_put(c->s3d, c->bucket, o))
            answer_completed(c, o);
        else
            s3d_error(c, S3D_ERROR_QUOTA_EXCEEDED, NULL, NULL);
    } else {
        s3d_error(c, k.error, NULL, NULL);
    }
    free(k.parts);
}

void s3d_multipart_abort(struct s3d_call *c)
{
    size_t at;
    if (!find(c, &at))
        return;
    drop(c, at);
    s3d_answer_empty(c, 204, NULL);
}

/* ---- list ---- */

static void add_name(struct buf *b, const char *element, const char *text, bool encoded)
{
    struct buf name;
    buf_init(&name, S3D_ANSWER_MAX);
    if (encoded)
        s3d_list_encode(&name, str_of(text));
    else
        buf_adds(&name, text);
    s3d_xml_text(b, element, buf_text(&name));
    buf_free(&name);
}

static void add_upload(struct buf *b, const struct s3d_upload *u, bool encoded)
{
    char date[S3_DATE_TEXT];
    buf_adds(b, "<Upload>");
    add_name(b, "Key", u->key, encoded);
    s3d_xml_text(b, "UploadId", u->id);
    s3d_xml_text(b, "StorageClass", "STANDARD");
    s3d_xml_text(b, "Initiated", s3_date_listed(u->begun, date));
    buf_adds(b, "</Upload>");
}

static bool is_listed(struct s3d_call *c, const struct s3d_upload *u)
{
    const char *prefix = s3d_param(c, "prefix"), *key = s3d_param(c, "key-marker");
    const char *id = s3d_param(c, "upload-id-marker");
    if (prefix && strncmp(u->key, prefix, strlen(prefix)) != 0)
        return false;
    return !key || !*key || (id && *id ? compare(u, key, id) : strcmp(u->key, key)) > 0;
}

void s3d_multipart_list(struct s3d_call *c)
{
    const struct s3d_bucket *bucket = c->bucket;
    const struct s3d_upload *last = NULL;
    size_t max, count = 0, i;
    struct buf b, list;
    bool encoded, more = false;
    if (!s3d_list_page_size(c, "max-uploads", &max) || !s3d_list_is_encoded(c, &encoded))
        return;
    if (s3d_param(c, "delimiter")) {
        s3d_error(c, S3D_ERROR_NOT_IMPLEMENTED, NULL,
                  (const struct s3d_error_field[]){{"Header", "delimiter"}, {NULL, NULL}});
        return;
    }
    buf_init(&b, S3D_ANSWER_MAX);
    buf_init(&list, S3D_ANSWER_MAX);
    for (i = 0; i < bucket->upload_count && max; i++) {
        if (!is_listed(c, bucket->uploads[i]))
            continue;
        more = count == max;
        if (more)
            break;
        last = bucket->uploads[i];
        count++;
        add_upload(&list, last, encoded);
    }
    s3d_xml_begin(&b, "ListMultipartUploadsResult");
    s3d_xml_text(&b, "Bucket", bucket->name);
    add_name(&b, "KeyMarker", s3d_param(c, "key-marker") ? s3d_param(c, "key-marker") : "",
             encoded);
    s3d_xml_text(&b, "UploadIdMarker", s3d_param(c, "upload-id-marker"));
    if (more) {
        add_name(&b, "NextKeyMarker", last->key, encoded);
        s3d_xml_text(&b, "NextUploadIdMarker", last->id);
    }
    add_name(&b, "Prefix", s3d_param(c, "prefix") ? s3d_param(c, "prefix") : "", encoded);
    s3d_xml_number(&b, "MaxUploads", max);
    if (encoded)
        s3d_xml_text(&b, "EncodingType", "url");
    s3d_xml_text(&b, "IsTruncated", more ? "true" : "false");
    buf_add(&b, list.p, list.n);
    buf_adds(&b, "</ListMultipartUploadsResult>");
    s3d_answer_xml(c, &b);
    buf_free(&list);
    buf_free(&b);
}
