/* Between the files of the pretend S3. */
#ifndef SANDBOX_S3D_INTERNAL_H
#define SANDBOX_S3D_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "sandbox/reply.h"
#include "sandbox/s3/s3_signature.h"
#include "sandbox/s3/s3d.h"

enum {
    S3D_KEY_MAX = 1024,
    S3D_BUCKETS = 2,
    S3D_HEADERS_MAX = 100,  /* of a request: more are not looked at */
    S3D_META_MAX = 2048,    /* bytes of x-amz-meta-* */
    S3D_PART_MIN = 5 << 20, /* all parts but the last are at least so large */
    S3D_PARTS_MAX = 10000,
    S3D_OVERHEAD = 512, /* bytes that an object, an upload or a part counts beside its own */
    S3D_ANSWER_MAX = 16 << 20,
    S3D_ETAG = DIGEST_HEX + 8, /* of an object in parts: "…-10000" */
    S3D_PAGE = 1000,
};

struct s3d_object {
    char *key, *body, *type;
    size_t size; /* of the body */
    char etag[S3D_ETAG];
    int64_t modified;
    char **headers; /* "Name: value", kept for the answers; NULL-terminated */
};

struct s3d_part {
    int number;
    char *body;
    size_t size;
    unsigned char md5[DIGEST_MD5];
    int64_t modified;
};

struct s3d_upload {
    char *key, *type;
    char id[40];
    char **headers;
    int64_t begun;
    struct s3d_part *parts; /* by number */
    size_t count, cap;
};

struct s3d_bucket {
    const char *name;
    struct s3d_object **objects; /* by key */
    size_t count, cap;
    struct s3d_upload **uploads; /* by key, then in the order in which they were begun */
    size_t upload_count, upload_cap;
};

struct s3d {
    const struct access_keys *keys;
    struct faults *faults;
    struct s3d_bucket buckets[S3D_BUCKETS];
    size_t bytes;
    uint64_t uploads, requests; /* so far: for ids */
    int64_t started;
};

/* One request. */
struct s3d_call {
    struct s3d *s3d;
    struct reply *p;
    const char *method;
    struct s3_signature_header headers[S3D_HEADERS_MAX];
    struct s3_signature_request request;
    char bucket_name[256]; /* "": the service */
    bool virtual_host;
    const char *key;           /* "": the bucket */
    struct s3d_bucket *bucket; /* behind s3d_auth */
    int64_t now;
    char id[24];
};

/* s3d_answer.c: what the handlers ask and answer. */
const char *s3d_param(const struct s3d_call *c, const char *name);  /* NULL: absent */
const char *s3d_header(const struct s3d_call *c, const char *name); /* NULL: absent */
/* "x-amz-request-id: …". Returns out. */
const char *s3d_request_id(const struct s3d_call *c, char *out, size_t size);
void s3d_answer_xml(struct s3d_call *c, const struct buf *xml); /* 200 */
void s3d_answer_empty(struct s3d_call *c, int status, const char *const *headers);

/* s3d_auth.c: whether the request may go on; else it has been answered. */
bool s3d_auth(struct s3d_call *c);

/* s3d_error.c */
enum s3d_error_id {
#define S3_ERROR(id, status, code, message) S3D_ERROR_##id,
#include "sandbox/s3/s3d_errors.def"
#undef S3_ERROR
};
struct s3d_error_field {
    const char *name, *value;
};
/* Answers with an error; `message` NULL: the usual one. `fields` end with a NULL name; may be NULL. */
void s3d_error(struct s3d_call *c, enum s3d_error_id id, const char *message,
               const struct s3d_error_field *fields);

/* s3d_xml.c */
void s3d_xml_begin(struct buf *out, const char *root); /* with S3's name space */
void s3d_xml_escape(struct buf *out, struct str text);
void s3d_xml_text(struct buf *out, const char *name, const char *value);
void s3d_xml_number(struct buf *out, const char *name, uint64_t value);
/* As a request's body is written: calls back at the end of each element that has text or is empty,
 * with the names from the root down joined by slashes. False: it is no such XML, or the callback
 * said so. */
bool s3d_xml_read(struct str xml, bool (*element)(void *context, const char *path, struct str text),
                  void *context);

/* s3d_bucket.c: what is stored. */
void s3d_bucket_free(struct s3d_bucket *b);                          /* its content */
size_t s3d_bucket_seek(const struct s3d_bucket *b, const char *key); /* first at or behind it */
struct s3d_object *s3d_bucket_find(const struct s3d_bucket *b, const char *key); /* NULL: none */
/* Whether so many bytes more fit when `instead` are given up. */
bool s3d_bucket_room(const struct s3d *d, size_t more, size_t instead);
/* Takes the object over, in place of the one with its key. False, and it is freed: no room. */
bool s3d_bucket_put(struct s3d *d, struct s3d_bucket *b, struct s3d_object *o);
void s3d_bucket_remove(struct s3d *d, struct s3d_bucket *b, const char *key);
void s3d_bucket_free_headers(char **headers);
void s3d_bucket_free_upload(struct s3d_upload *u);

/* s3d_object.c: GET and HEAD, PUT and DELETE of an object; POST ?delete of several. */
void s3d_object_get(struct s3d_call *c);
void s3d_object_store(struct s3d_call *c);
void s3d_object_delete(struct s3d_call *c);
void s3d_object_delete_many(struct s3d_call *c);
/* The request's headers that come back with the object; false: answered with an error. */
bool s3d_object_take_headers(struct s3d_call *c, char ***headers, char **type);
/* Content-Length, Content-MD5 and checksum of a body; false: answered with an error. */
bool s3d_object_check_body(struct s3d_call *c);

/* s3d_list.c: GET of a bucket, both versions; of the service. */
void s3d_list(struct s3d_call *c);
void s3d_list_buckets(struct s3d_call *c);
/* As Java's URLEncoder, which S3 uses for encoding-type=url: a blank is a plus; / and * stay. */
void s3d_list_encode(struct buf *out, struct str text);
bool s3d_list_page_size(struct s3d_call *c, const char *name, size_t *out); /* false: answered */
bool s3d_list_is_encoded(struct s3d_call *c, bool *out);                    /* false: answered */

/* s3d_multipart.c */
void s3d_multipart_create(struct s3d_call *c);
void s3d_multipart_part(struct s3d_call *c);
void s3d_multipart_complete(struct s3d_call *c);
void s3d_multipart_abort(struct s3d_call *c);
void s3d_multipart_list(struct s3d_call *c);

#endif
