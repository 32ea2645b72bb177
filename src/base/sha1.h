/* SHA-1 (FIPS 180-4), for the handshake of WebSocket (RFC 6455 §4.2.2) and version 2 of S3's
 * signatures: for nothing that may choose. */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/str.h"

enum { SHA1_BYTES = 20 };

void sha1_of(struct str bytes, unsigned char out[SHA1_BYTES]);

#endif
