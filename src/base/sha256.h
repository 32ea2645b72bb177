/* SHA-256 (FIPS 180-4): S3 wants it of every body that is signed. Not for passwords. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_HEX = 65 }; /* bytes of a digest; of its text with the NUL */

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

void sha256_start(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t n);
void sha256_end(struct sha256 *s, unsigned char digest[SHA256_SIZE]);

/* All at once; about 200 MB a second: large bodies in the worker pool. */
void sha256_of(struct str bytes, unsigned char digest[SHA256_SIZE]);
/* Lower-case hex. Returns out. */
char *sha256_hex(const unsigned char digest[SHA256_SIZE], char out[SHA256_HEX]);

#endif
