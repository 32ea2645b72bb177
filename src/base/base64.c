#include "base/base64.h"

#include <nettle/base64.h>

#include <stdint.h>

enum { PIECE = 3 << 10, LAST_DIGIT_ALONE = 6 };

void base64_encode(struct buf *out, struct str bytes)
{
    char text[BASE64_ENCODE_RAW_LENGTH(PIECE)];
    for (size_t n; bytes.n; bytes.p += n, bytes.n -= n) {
        n = bytes.n < PIECE ? bytes.n : PIECE;
        base64_encode_raw(text, n, (const uint8_t *)bytes.p);
        buf_add(out, text, BASE64_ENCODE_RAW_LENGTH(n));
    }
}

bool base64_decode(struct buf *out, struct str text)
{
    struct base64_decode_ctx c;
    uint8_t bytes[BASE64_DECODE_LENGTH(PIECE)];
    base64_decode_init(&c);
    for (size_t n; text.n; text.p += n, text.n -= n) {
        size_t made = sizeof bytes;
        n = text.n < PIECE ? text.n : PIECE;
        if (!base64_decode_update(&c, &made, bytes, n, text.p))
            return false;
        buf_add(out, bytes, made);
    }
    /* Padding may be left out, as encoders for URLs do; one digit alone is no byte. */
    return c.bits != LAST_DIGIT_ALONE && !out->over;
}
