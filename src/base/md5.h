/* MD5 (RFC 1321), for S3's ETag and Content-MD5 only: it protects nothing. */
#ifndef BASE_MD5_H
#define BASE_MD5_H

#include "base/str.h"

enum { MD5_SIZE = 16, MD5_HEX = 33 }; /* bytes of a digest; of its text with the NUL */

void md5_of(struct str bytes, unsigned char digest[MD5_SIZE]);
/* Lower-case hex. Returns out. */
char *md5_hex(const unsigned char digest[MD5_SIZE], char out[MD5_HEX]);

#endif
