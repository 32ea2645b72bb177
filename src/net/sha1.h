/* SHA-1 (FIPS 180-4), for the handshake of WebSocket only (RFC 6455 §4.2.2): it is no protection of anything there. */
#ifndef NET_SHA1_H
#define NET_SHA1_H

#include "base/str.h"

enum { SHA1_BYTES = 20 };

void sha1_of(struct str bytes, unsigned char out[SHA1_BYTES]);

#endif
