#include "base/digest.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

void digest_md5(struct str bytes, unsigned char out[DIGEST_MD5])
{
    struct md5_ctx c;
    md5_init(&c);
    md5_update(&c, bytes.n, (const uint8_t *)bytes.p);
    md5_digest(&c, DIGEST_MD5, out);
}

void digest_sha1(struct str bytes, unsigned char out[DIGEST_SHA1])
{
    struct sha1_ctx c;
    sha1_init(&c);
    sha1_update(&c, bytes.n, (const uint8_t *)bytes.p);
    sha1_digest(&c, DIGEST_SHA1, out);
}

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256])
{
    struct sha256_ctx c;
    sha256_init(&c);
    sha256_update(&c, bytes.n, (const uint8_t *)bytes.p);
    sha256_digest(&c, DIGEST_SHA256, out);
}

void digest_hmac_sha1(struct str key, struct str text, unsigned char out[DIGEST_SHA1])
{
    struct hmac_sha1_ctx c;
    hmac_sha1_set_key(&c, key.n, (const uint8_t *)key.p);
    hmac_sha1_update(&c, text.n, (const uint8_t *)text.p);
    hmac_sha1_digest(&c, DIGEST_SHA1, out);
}

void digest_hmac_sha256(struct str key, struct str text, unsigned char out[DIGEST_SHA256])
{
    struct hmac_sha256_ctx c;
    hmac_sha256_set_key(&c, key.n, (const uint8_t *)key.p);
    hmac_sha256_update(&c, text.n, (const uint8_t *)text.p);
    hmac_sha256_digest(&c, DIGEST_SHA256, out);
}

char *digest_hex(const unsigned char *digest, size_t n, char out[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}
