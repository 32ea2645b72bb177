/* What S3 says when it refuses, in our words.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
#ifndef STORE_S3_ERROR_H
#define STORE_S3_ERROR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct s3_error {
    char code[64];     /* "NoSuchKey"; "" when the server gave none */
    char message[320]; /* the server's */
    char region[41];   /* where the bucket is, when the server says so */
};

/* Reads the body of an error; one that is no XML of S3 leaves it empty and gives false. */
bool s3_error_read(struct s3_error *e, struct str body);

/* Fills *err from a status (0: none came: err stays) and what was read. An unknown code counts as
 * its status does. */
void s3_error_fill(struct err *err, int status, const struct s3_error *e, const char *where);

/* The server calls the keys' session token expired: with new ones it may work. */
bool s3_error_is_expired(const struct s3_error *e);

/* The server does not know the keys, or not together: they may have been replaced where they lie. A
 * bare 400 counts too, as a HEAD gets nothing else. */
bool s3_error_is_about_keys(const struct s3_error *e, int status);

#endif
