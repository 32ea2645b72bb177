/*
 * A put is one request up to the size of a part, else an upload in parts, one after another: begun,
 * each part hashed (in the worker pool, as that takes longer than a turn of the loop may) and sent,
 * closed by the list of their ETags. What fails in between is aborted, so that the bucket keeps no
 * half object and no bill.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/pool.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/s3/s3_curl.h"
#include "store/s3/s3_error.h"
#include "store/s3/s3_xml.h"
#include "store/spool.h"

enum {
    HASH_ON_LOOP = 64 * 1024,
    ANSWER_MAX = 64 * 1024,
    PARTS_MAX = 10000,
    ETAG_MAX = 200,
    SPOOLED_PART = 8 << 20,
    POOL_FULL_MS = 50
};

/* The bytes, shared with a worker that may still read them when the put has been cancelled. */
struct body {
    int references; /* the loop's */
    struct buf bytes;
    struct spool *spool; /* then `bytes` are the part under way, read by the worker */
    size_t size;
};

struct put_run;

struct hash_job {
    struct put_run *put; /* NULL: cancelled; the loop's */
    struct body *body;
    size_t at, n;
    bool failed; /* the spool cannot be read */
    unsigned char digest[DIGEST_SHA256];
};

struct put_run {
    struct s3_curl_run run; /* first */
    struct body *body;
    struct hash_job *job;
    struct loop_timer *timer; /* waits for room in the pool */
    size_t at, n;             /* the part under way */
    int part;                 /* from 1; 0: put as one */
    char *upload;
    struct buf etags; /* the XML that closes the upload */
    char checksum[80];
    char kms_key[512];
    const char *headers[4];
};

static void drop_body(struct body *b)
{
    if (--b->references)
        return;
    buf_free(&b->bytes);
    spool_free(b->spool);
    free(b);
}

static void stop(struct s3_curl_run *run)
{
    struct put_run *p = (struct put_run *)run;
    if (p->job)
        p->job->put = NULL;
    if (p->upload) {
        struct buf query;
        bool first = true;
        buf_init(&query, 4096);
        conn_query(&query, &first, "uploadId", p->upload);
        s3_request_send_off(&(struct s3_request_call){.place = run->place,
                                                      .method = "DELETE",
                                                      .key = run->op->ask.key,
                                                      .query = buf_text(&query)});
        buf_free(&query);
    }
    loop_timer_free(p->timer);
    free(p->upload);
    buf_free(&p->etags);
    drop_body(p->body);
    s3_curl_free(run);
}

/* ---- hashing ---- */

static void send_piece(struct put_run *p, const unsigned char digest[DIGEST_SHA256]);

static struct str piece_of(const struct body *b, size_t at, size_t n)
{
    return (struct str){n ? b->bytes.p + (b->spool ? 0 : at) : "", n};
}

/* The next n bytes of the spool. */
static bool read_part(struct body *b, size_t n)
{
    buf_clear(&b->bytes);
    b->bytes.max = n;
    while (b->bytes.n < n) {
        char *room = buf_room(&b->bytes, n - b->bytes.n);
        ptrdiff_t got = room ? spool_read(b->spool, room, n - b->bytes.n) : -1;
        if (got <= 0)
            return false;
        buf_added(&b->bytes, (size_t)got);
    }
    return true;
}

static void hash_work(void *context)
{
    struct hash_job *j = context;
    j->failed = j->body->spool && !read_part(j->body, j->n);
    if (!j->failed)
        digest_sha256(piece_of(j->body, j->at, j->n), j->digest);
}

static void fail(struct put_run *p, enum err_kind kind, const char *what);

static void hash_done(void *context)
{
    struct hash_job *j = context;
    struct put_run *p = j->put;
    if (p)
        p->job = NULL;
    if (p && j->failed)
        fail(p, ERR_IO, "the spool file cannot be read");
    else if (p)
        send_piece(p, j->digest);
    drop_body(j->body);
    free(j);
}

/* Hashes the part under way and sends it; when the pool is full, a little later. */
static void hash_piece(void *context)
{
    struct put_run *p = context;
    struct hash_job *j = mem_alloc(sizeof *j);
    *j = (struct hash_job){.put = p, .body = p->body, .at = p->at, .n = p->n};
    p->body->references++;
    p->job = j;
    if (p->n <= HASH_ON_LOOP && !p->body->spool) {
        hash_work(j);
        hash_done(j);
    } else if (!pool_run(loop_pool(http_loop(p->run.place->http)), hash_work, hash_done, j)) {
        p->job = NULL;
        drop_body(j->body);
        free(j);
        loop_timer_set(p->timer, POOL_FULL_MS);
    }
}

/* ---- one request ---- */

static void encryption_headers(struct put_run *p, size_t n)
{
    const char *kind = p->run.place->encryption;
    if (!kind)
        return;
    bool kms = !strncmp(kind, "aws:kms", 7);
    p->headers[n++] =
        kms ? "x-amz-server-side-encryption: aws:kms" : "x-amz-server-side-encryption: AES256";
    if (!strncmp(kind, "aws:kms:", 8)) {
        snprintf(p->kms_key, sizeof p->kms_key, "x-amz-server-side-encryption-aws-kms-key-id: %s",
                 kind + 8);
        p->headers[n] = p->kms_key;
    }
}

static void put_done(void *context, struct http_request *http, const struct err *err)
{
    struct put_run *p = context;
    (void)http;
    p->run.request = NULL;
    s3_curl_end(&p->run, err);
}

static void part_done(void *context, struct http_request *http, const struct err *err);

static void send_piece(struct put_run *p, const unsigned char digest[DIGEST_SHA256])
{
    char hex[DIGEST_HEX];
    struct buf query, base64;
    bool first = true;
    buf_init(&query, 4096);
    buf_init(&base64, 64);
    struct s3_request_call call = {.place = p->run.place,
                                   .method = "PUT",
                                   .key = p->run.op->ask.key,
                                   .headers = p->headers,
                                   .body = piece_of(p->body, p->at, p->n),
                                   .content_type = p->run.op->ask.content_type,
                                   .sha256 = digest_hex(digest, DIGEST_SHA256, hex),
                                   .context = p,
                                   .done = p->part ? part_done : put_done};
    if (p->part) {
        char number[12];
        snprintf(number, sizeof number, "%d", p->part);
        conn_query(&query, &first, "partNumber", number);
        conn_query(&query, &first, "uploadId", p->upload);
        call.query = buf_text(&query);
        call.headers = NULL;
        call.content_type = NULL;
    } else {
        /* The bucket keeps it; one with Object Lock asks for it. */
        base64_encode(&base64, (struct str){(const char *)digest, DIGEST_SHA256});
        snprintf(p->checksum, sizeof p->checksum, "x-amz-checksum-sha256: %s", buf_text(&base64));
        p->headers[0] = p->checksum;
        encryption_headers(p, 1);
    }
    p->run.request = s3_request_send(&call);
    buf_free(&query);
    buf_free(&base64);
}

/* ---- in parts ---- */

/* Of a spool a part is held in memory twice, here and by libcurl. */
static size_t part_size(const struct put_run *p)
{
    size_t size = p->run.place->part_size;
    return p->body->spool && size > SPOOLED_PART ? SPOOLED_PART : size;
}

static void fail(struct put_run *p, enum err_kind kind, const char *what)
{
    struct err err;
    err_set(&err, kind, p->run.place->url, "", "%s", what);
    s3_curl_end(&p->run, &err);
}

static void closed(void *context, struct http_request *http, const struct err *err)
{
    struct put_run *p = context;
    struct err why = *err;
    struct s3_error e;
    char where[200];
    (void)http;
    p->run.request = NULL;
    /* Closing may take so long that the status goes out first and the error comes in the body. */
    if (why.kind == ERR_NONE && s3_error_read(&e, buf_str(&p->run.answer))) {
        s3_place_where(p->run.place, p->run.op->ask.key, where, sizeof where);
        s3_error_fill(&why, 500, &e, where);
    }
    if (why.kind == ERR_NONE) {
        free(p->upload);
        p->upload = NULL;
    }
    s3_curl_end(&p->run, &why);
}

static void close_upload(struct put_run *p)
{
    unsigned char digest[DIGEST_SHA256];
    char hex[DIGEST_HEX];
    struct buf query;
    bool first = true;
    buf_init(&query, 4096);
    buf_adds(&p->etags, "</CompleteMultipartUpload>");
    digest_sha256(buf_str(&p->etags), digest);
    conn_query(&query, &first, "uploadId", p->upload);
    p->run.request =
        s3_request_send(&(struct s3_request_call){.place = p->run.place,
                                                  .method = "POST",
                                                  .key = p->run.op->ask.key,
                                                  .query = buf_text(&query),
                                                  .body = buf_str(&p->etags),
                                                  .content_type = "application/xml",
                                                  .sha256 = digest_hex(digest, DIGEST_SHA256, hex),
                                                  .into = &p->run.answer,
                                                  .context = p,
                                                  .done = closed});
    buf_free(&query);
}

static void next_part(struct put_run *p)
{
    p->at += p->n;
    size_t left = p->body->size - p->at, part = part_size(p);
    p->n = left < part ? left : part;
    p->part++;
    if (left)
        hash_piece(p);
    else
        close_upload(p);
}

static void part_done(void *context, struct http_request *http, const struct err *err)
{
    struct put_run *p = context;
    p->run.request = NULL;
    if (err->kind != ERR_NONE) {
        s3_curl_end(&p->run, err);
        return;
    }
    const char *etag = http_header(http, "ETag");
    if (!*etag || strlen(etag) > ETAG_MAX || strpbrk(etag, "<>&")) {
        fail(p, ERR_PROTOCOL, "the server gave a part no ETag");
        return;
    }
    buf_printf(&p->etags, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", p->part, etag);
    next_part(p);
}

static bool take_upload(void *context, const char *path, struct str text)
{
    struct put_run *p = context;
    text = str_trim(text);
    if (!strcmp(path, "InitiateMultipartUploadResult/UploadId") && !p->upload && text.n <= 1024)
        p->upload = mem_dup_n(text.p, text.n);
    return true;
}

static void begun(void *context, struct http_request *http, const struct err *err)
{
    struct put_run *p = context;
    struct err why = *err;
    (void)http;
    p->run.request = NULL;
    if (why.kind != ERR_NONE || !s3_xml_scan(buf_str(&p->run.answer), p, take_upload, &why)) {
        s3_curl_end(&p->run, &why);
        return;
    }
    if (!p->upload || !*p->upload) {
        fail(p, ERR_PROTOCOL, "the server gave an upload no id");
        return;
    }
    next_part(p);
}

static void begin_upload(struct put_run *p)
{
    buf_init(&p->etags, (size_t)PARTS_MAX * (ETAG_MAX + 80));
    buf_adds(&p->etags, "<CompleteMultipartUpload>");
    encryption_headers(p, 0);
    p->run.request =
        s3_request_send(&(struct s3_request_call){.place = p->run.place,
                                                  .method = "POST",
                                                  .key = p->run.op->ask.key,
                                                  .query = "?uploads=",
                                                  .headers = p->headers,
                                                  .content_type = p->run.op->ask.content_type,
                                                  .into = &p->run.answer,
                                                  .context = p,
                                                  .done = begun});
}

struct s3_curl_run *s3_put_begin(struct store_op *op, struct s3_place *place)
{
    struct put_run *p = mem_alloc(sizeof *p);
    p->run = (struct s3_curl_run){.op = op, .place = place, .stop = stop};
    buf_init(&p->run.answer, ANSWER_MAX);
    p->timer = loop_timer_new(http_loop(place->http), hash_piece, p);
    p->body = mem_alloc(sizeof *p->body);
    *p->body = (struct body){1, op->ask.body, op->ask.spool, op->size};
    op->ask.body = (struct buf){0};
    op->ask.spool = NULL;
    if (p->body->spool)
        spool_rewind(p->body->spool);
    if (p->body->size > part_size(p)) {
        begin_upload(p);
    } else {
        p->n = p->body->size;
        hash_piece(p);
    }
    return &p->run;
}
