#include "sandbox/world/dice.h"

#include <stdio.h>

#include "base/hash.h"

struct dice dice_of(uint64_t a, uint64_t b, uint64_t c)
{
    return (struct dice){hash_mix(a ^ hash_mix(b ^ hash_mix(c + UINT64_C(0x51ed270b))))};
}

uint64_t dice_next(struct dice *d)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15);
    return hash_mix(d->state);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
    return (uint32_t)((dice_next(d) >> 32) * n >> 32);
}

double dice_unit(struct dice *d)
{
    return (double)(dice_next(d) >> 11) * 0x1p-53;
}

char *dice_suffix(struct dice *d, char *out, size_t n)
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[dice_below(d, sizeof alphabet - 1)];
    out[n] = '\0';
    return out;
}

char *dice_hex(struct dice *d, char *out, size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        if (i % 16 == 0)
            bits = dice_next(d);
        out[i] = "0123456789abcdef"[bits & 15];
        bits >>= 4;
    }
    out[n] = '\0';
    return out;
}

char *dice_uuid(uint64_t id, char out[37])
{
    uint64_t a = hash_mix(id + 1), b = hash_mix(a ^ id);
    snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
             (unsigned long long)(b & UINT64_C(0xffffffffffff)));
    return out;
}
