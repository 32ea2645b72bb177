/* HMAC (RFC 2104) by SHA-256 and by SHA-1, for the signatures of S3. */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/sha1.h"
#include "base/sha256.h"
#include "base/str.h"

void hmac_sha256(struct str key, struct str text, unsigned char digest[SHA256_SIZE]);
void hmac_sha1(struct str key, struct str text, unsigned char digest[SHA1_BYTES]);

#endif
