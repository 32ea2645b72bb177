/* Digests, by nettle. SHA-256 and HMAC sign what S3 gets; MD5 is its ETag and Content-MD5, SHA-1 the handshake of
 * WebSocket (RFC 6455 §4.2.2) and version 2 of S3's signatures: for nothing that may choose. None is for passwords. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#include "base/str.h"

enum { DIGEST_MD5 = 16, DIGEST_SHA1 = 20, DIGEST_SHA256 = 32 }; /* bytes */
enum { DIGEST_HEX = 2 * DIGEST_SHA256 + 1 }; /* of the longest one's text, with the NUL */

/* All at once: large bodies in the worker pool. */
void digest_md5(struct str bytes, unsigned char out[DIGEST_MD5]);
void digest_sha1(struct str bytes, unsigned char out[DIGEST_SHA1]);
void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256]);
void digest_hmac_sha1(struct str key, struct str text, unsigned char out[DIGEST_SHA1]);
void digest_hmac_sha256(struct str key, struct str text, unsigned char out[DIGEST_SHA256]);

/* The n bytes of a digest as lower-case hex. Returns out. */
char *digest_hex(const unsigned char *digest, size_t n, char out[DIGEST_HEX]);

#endif
