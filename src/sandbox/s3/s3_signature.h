/*
 * The signatures of S3 in the Authorization header, worked out as the server does it.
 * Version 2: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 * Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
#ifndef SANDBOX_S3_SIGNATURE_H
#define SANDBOX_S3_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum s3_signature_version { S3_SIGNATURE_V2, S3_SIGNATURE_V4 };

/* What an Authorization header says: slices of it. */
struct s3_signature {
    enum s3_signature_version version;
    struct str key_id, signature;
    struct str day, region, service; /* version 4: the scope */
    struct str headers;              /* version 4: names of signed headers, by semicolons */
};

/* False when it is neither version, or is broken: then *version_known tells which of the two. */
bool s3_signature_read(struct s3_signature *s, const char *authorization, bool *version_known);

struct s3_signature_header {
    const char *name, *value;
};

/* What is signed. */
struct s3_signature_request {
    const char *method;
    const char *target;                        /* path and query as they came, not decoded */
    const char *bucket;                        /* the virtual host's; NULL: path style */
    const struct s3_signature_header *headers; /* in the order in which they came */
    size_t header_count;
};

/* The first header of that name, in any case; NULL: there is none. */
const char *s3_signature_header(const struct s3_signature_request *r, const char *name);

/* How the signature came about, for the error that shows it. */
struct s3_signature_proof {
    struct buf canonical; /* version 4 only */
    struct buf to_sign;
    char signature[72]; /* hex (version 4) or base 64 (version 2) */
};

/* Works out the signature that the secret gives; whether it is the one of *s. Free *proof. */
bool s3_signature_check(const struct s3_signature *s, const struct s3_signature_request *r,
                        const char *secret, struct s3_signature_proof *proof);
void s3_signature_proof_free(struct s3_signature_proof *proof);

/* Compares in a time that does not tell where they differ. */
bool s3_signature_same(struct str a, struct str b);

/* The moment of the request (x-amz-date, else Date), wall ns; false when there is none that can be
 * read. */
bool s3_signature_time(const struct s3_signature_request *r, int64_t *out);

#endif
