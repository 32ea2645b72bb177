#include "base/hmac.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 64 }; /* of both hashes */

void hmac_sha256(struct str key, struct str text, unsigned char digest[SHA256_SIZE])
{
    unsigned char inner[BLOCK] = {0}, outer[BLOCK];
    struct sha256 s;
    if (key.n > BLOCK)
        sha256_of(key, inner);
    else if (key.n)
        memcpy(inner, key.p, key.n);
    for (int i = 0; i < BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    sha256_start(&s);
    sha256_add(&s, inner, BLOCK);
    if (text.n)
        sha256_add(&s, text.p, text.n);
    sha256_end(&s, digest);
    sha256_start(&s);
    sha256_add(&s, outer, BLOCK);
    sha256_add(&s, digest, SHA256_SIZE);
    sha256_end(&s, digest);
}

void hmac_sha1(struct str key, struct str text, unsigned char digest[SHA1_BYTES])
{
    char *inner = mem_alloc(BLOCK + text.n), outer[BLOCK + SHA1_BYTES];
    if (key.n > BLOCK)
        sha1_of(key, (unsigned char *)inner);
    else if (key.n)
        memcpy(inner, key.p, key.n);
    for (int i = 0; i < BLOCK; i++) {
        outer[i] = (char)(inner[i] ^ 0x5c);
        inner[i] = (char)(inner[i] ^ 0x36);
    }
    if (text.n)
        memcpy(inner + BLOCK, text.p, text.n);
    sha1_of((struct str){inner, BLOCK + text.n}, digest);
    memcpy(outer + BLOCK, digest, SHA1_BYTES);
    sha1_of((struct str){outer, sizeof outer}, digest);
    free(inner);
}
