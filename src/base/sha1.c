#include "base/sha1.h"

#include <stdint.h>
#include <string.h>

static uint32_t turn(uint32_t x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static void mix_block(uint32_t state[5], const unsigned char *block)
{
    uint32_t w[80];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5a827999;
        } else if (i < 40 || i >= 60) {
            f = b ^ c ^ d;
            k = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
        } else {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8f1bbcdc;
        }
        uint32_t next = turn(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void sha1_of(struct str bytes, unsigned char out[SHA1_BYTES])
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t at = 0;
    for (; bytes.n - at >= 64; at += 64)
        mix_block(state, (const unsigned char *)bytes.p + at);
    /* The rest, a one bit, zeros, and the length in bits: one block or two. */
    unsigned char last[128] = {0};
    size_t rest = bytes.n - at, size = rest < 56 ? 64 : 128;
    if (rest)
        memcpy(last, bytes.p + at, rest);
    last[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        last[size - 1 - (size_t)i] = (unsigned char)((uint64_t)bytes.n * 8 >> (8 * i));
    for (size_t i = 0; i < size; i += 64)
        mix_block(state, last + i);
    for (int i = 0; i < SHA1_BYTES; i++)
        out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}
