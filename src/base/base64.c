#include "base/base64.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        uint32_t word = (uint32_t)(unsigned char)bytes.p[i] << 16;
        if (left > 1)
            word |= (uint32_t)(unsigned char)bytes.p[i + 1] << 8;
        if (left > 2)
            word |= (unsigned char)bytes.p[i + 2];
        char quad[4] = {alphabet[word >> 18], alphabet[word >> 12 & 63],
                        left > 1 ? alphabet[word >> 6 & 63] : '=',
                        left > 2 ? alphabet[word & 63] : '='};
        buf_add(out, quad, 4);
    }
}

bool base64_decode(struct buf *out, struct str text)
{
    uint32_t word = 0;
    int digits = 0;
    size_t i = 0;
    for (; i < text.n && text.p[i] != '='; i++) {
        if (isspace((unsigned char)text.p[i]))
            continue;
        const char *at = text.p[i] ? strchr(alphabet, text.p[i]) : NULL;
        if (!at)
            return false;
        word = word << 6 | (uint32_t)(at - alphabet);
        if (++digits == 4) {
            buf_add(out, (char[]){(char)(word >> 16), (char)(word >> 8), (char)word}, 3);
            word = 0;
            digits = 0;
        }
    }
    for (; i < text.n; i++)
        if (text.p[i] != '=' && !isspace((unsigned char)text.p[i]))
            return false;
    if (digits == 1)
        return false;
    if (digits == 2)
        buf_addc(out, (char)(word >> 4));
    if (digits == 3)
        buf_add(out, (char[]){(char)(word >> 10), (char)(word >> 2)}, 2);
    return !out->over;
}
