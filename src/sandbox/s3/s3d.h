/*
 * The pretend S3: the buckets kubeboard-raw and kubeboard-errors, path style and virtual-host
 * style, signatures of versions 2 and 4 in the Authorization header, session tokens, multipart
 * uploads. Objects are in memory.
 */
#ifndef SANDBOX_S3D_H
#define SANDBOX_S3D_H

#include <stddef.h>

#include "sandbox/reply.h"

struct access_keys;
struct s3d;

#define S3D_REGION "us-east-1"
enum { S3D_BYTES_MAX = 256 << 20 }; /* of all objects and parts: then 403 QuotaExceeded */

/* The keys and the faults are the caller's and must live longer. */
struct s3d *s3d_new(const struct access_keys *k, struct faults *f);
void s3d_free(struct s3d *d); /* NULL is allowed */

/* Answers the request in p at once; a body of 64 MiB takes about half a second to be hashed. */
void s3d_handle(struct s3d *d, struct reply *p);

/* Bytes that objects and parts hold. */
size_t s3d_bytes(const struct s3d *d);

#endif
