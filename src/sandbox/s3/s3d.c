#include "sandbox/s3/s3d.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/server.h"
#include "sandbox/s3/s3d_internal.h"

static const char *const bucket_names[S3D_BUCKETS] = {"kubeboard-errors", "kubeboard-raw"};

struct s3d *s3d_new(const struct access_keys *k, struct faults *f)
{
    struct s3d *d = mem_alloc(sizeof *d);
    d->keys = k;
    d->faults = f;
    d->started = clock_now();
    for (size_t i = 0; i < S3D_BUCKETS; i++)
        d->buckets[i].name = bucket_names[i];
    return d;
}

void s3d_free(struct s3d *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < S3D_BUCKETS; i++)
        s3d_bucket_free(&d->buckets[i]);
    free(d);
}

size_t s3d_bytes(const struct s3d *d)
{
    return d->bytes;
}

/* ---- which bucket and key ---- */

static struct s3d_bucket *find_bucket(struct s3d *d, struct str name)
{
    for (size_t i = 0; i < S3D_BUCKETS; i++)
        if (str_is(name, d->buckets[i].name))
            return &d->buckets[i];
    return NULL;
}

/* "kubeboard-raw.localhost:9000": below the machine's own names whatever stands before is the
 * bucket; below another name only a bucket that there is. */
static struct str bucket_of_host(struct s3d_call *c)
{
    static const char *const own[] = {".localhost", ".127.0.0.1"};
    struct str host = str_of(s3d_header(c, "Host")), none = {NULL, 0};
    const char *port = host.n ? memrchr(host.p, ':', host.n) : NULL;
    if (!host.n || host.p[0] == '[')
        return none;
    if (port)
        host.n = (size_t)(port - host.p);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_ends(host, own[i]))
            return (struct str){host.p, host.n - strlen(own[i])};
    for (size_t i = 0; i < S3D_BUCKETS; i++) {
        struct str name = str_of(c->s3d->buckets[i].name);
        if (host.n > name.n && str_starts(host, name.p) && host.p[name.n] == '.')
            return name;
    }
    return none;
}

static void place(struct s3d_call *c)
{
    struct str name = bucket_of_host(c), path = str_of(c->p->path);
    c->virtual_host = name.n > 0;
    if (path.n && path.p[0] == '/')
        path.p++;
    if (!c->virtual_host) {
        name = (struct str){path.p, strcspn(path.p, "/")};
        path.p += name.n;
        if (*path.p)
            path.p++;
    }
    snprintf(c->bucket_name, sizeof c->bucket_name, "%.*s", (int)name.n, name.n ? name.p : "");
    c->key = path.p;
}

/* ---- what there is to do ---- */

static void head_bucket(struct s3d_call *c)
{
    static const char *const headers[] = {"x-amz-bucket-region: " S3D_REGION, NULL};
    s3d_answer_empty(c, 200, headers);
}

/* An empty one means us-east-1, the region that S3 gives no name here. */
static void location(struct s3d_call *c)
{
    struct buf b;
    buf_init(&b, S3D_ANSWER_MAX);
    s3d_xml_begin(&b, "LocationConstraint");
    buf_adds(&b, "</LocationConstraint>");
    s3d_answer_xml(c, &b);
    buf_free(&b);
}

enum level { SERVICE, BUCKET, OBJECT };

struct route {
    const char *method;
    enum level level;
    const char *param; /* that the query has; NULL: any */
    void (*handle)(struct s3d_call *c);
};

/* The first that fits. */
static const struct route routes[] = {
    {"GET", SERVICE, NULL, s3d_list_buckets},
    {"HEAD", BUCKET, NULL, head_bucket},
    {"GET", BUCKET, "uploads", s3d_multipart_list},
    {"GET", BUCKET, "location", location},
    {"GET", BUCKET, NULL, s3d_list},
    {"POST", BUCKET, "delete", s3d_object_delete_many},
    {"GET", OBJECT, NULL, s3d_object_get},
    {"HEAD", OBJECT, NULL, s3d_object_get},
    {"PUT", OBJECT, "uploadId", s3d_multipart_part},
    {"PUT", OBJECT, NULL, s3d_object_store},
    {"DELETE", OBJECT, "uploadId", s3d_multipart_abort},
    {"DELETE", OBJECT, NULL, s3d_object_delete},
    {"POST", OBJECT, "uploads", s3d_multipart_create},
    {"POST", OBJECT, "uploadId", s3d_multipart_complete},
};

/* What S3 has and this one has not: it must not be taken for a plain request. */
static const char *foreign(const struct s3d_call *c)
{
    static const char *const params[] = {"acl",        "attributes",  "cors",
                                         "encryption", "legal-hold",  "lifecycle",
                                         "logging",    "object-lock", "notification",
                                         "policy",     "replication", "restore",
                                         "retention",  "select",      "tagging",
                                         "torrent",    "versionId",   "versioning",
                                         "versions",   "website",     "X-Amz-Signature",
                                         "Signature"};
    static const char *const headers[] = {"x-amz-copy-source", "x-amz-object-lock-mode",
                                          "x-amz-tagging",
                                          "x-amz-server-side-encryption-customer-algorithm"};
    for (size_t i = 0; i < sizeof params / sizeof *params; i++)
        if (s3d_param(c, params[i]))
            return params[i];
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (s3d_header(c, headers[i]))
            return headers[i];
    bool parts = strcmp(c->method, "GET") == 0 && *c->key && s3d_param(c, "uploadId");
    return parts ? "uploadId" : NULL;
}

static void route(struct s3d_call *c)
{
    enum level level = *c->key ? OBJECT : c->bucket ? BUCKET : SERVICE;
    const char *unknown = foreign(c);
    if (unknown) {
        s3d_error(c, S3D_ERROR_NOT_IMPLEMENTED, NULL,
                  (const struct s3d_error_field[]){{"Header", unknown}, {NULL, NULL}});
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].level == level && strcmp(routes[i].method, c->method) == 0 &&
            (!routes[i].param || s3d_param(c, routes[i].param))) {
            routes[i].handle(c);
            return;
        }
    }
    s3d_error(c, S3D_ERROR_METHOD_NOT_ALLOWED, NULL,
              (const struct s3d_error_field[]){{"Method", c->method}, {NULL, NULL}});
}

static void keep_header(void *context, const char *name, const char *value)
{
    struct s3d_call *c = context;
    if (c->request.header_count < S3D_HEADERS_MAX)
        c->headers[c->request.header_count++] = (struct s3_signature_header){name, value};
}

void s3d_handle(struct s3d *d, struct reply *p)
{
    struct s3d_call c = {.s3d = d, .p = p, .method = server_method(p->r)};
    c.now = clock_now() + faults_clock(d->faults, SANDBOX_S3);
    snprintf(c.id, sizeof c.id, "SANDBOX%09llu", (unsigned long long)++d->requests);
    c.request.method = c.method;
    c.request.target = server_raw_target(p->r);
    c.request.headers = c.headers;
    server_headers(p->r, keep_header, &c);
    place(&c);
    c.request.bucket = c.virtual_host ? c.bucket_name : NULL;
    if (!s3d_auth(&c))
        return;
    c.bucket = find_bucket(d, str_of(c.bucket_name));
    if (*p->path && strcmp(p->path, "/") != 0 && !utf8_valid(str_of(p->path)))
        s3d_error(&c, S3D_ERROR_INVALID_URI, NULL, NULL);
    else if (strlen(c.key) > S3D_KEY_MAX)
        s3d_error(&c, S3D_ERROR_KEY_TOO_LONG, NULL, NULL);
    else if (!c.bucket && (*c.bucket_name || *c.key))
        s3d_error(&c, S3D_ERROR_NO_SUCH_BUCKET, NULL,
                  (const struct s3d_error_field[]){{"BucketName", c.bucket_name}, {NULL, NULL}});
    else
        route(&c);
}
