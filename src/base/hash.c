#include "base/hash.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static uint64_t seed;
static pthread_once_t seeded = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
        seed = (uint64_t)(uintptr_t)&seed;
}

uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t hash_bytes(const void *bytes, size_t n)
{
    pthread_once(&seeded, make_seed);
    const unsigned char *p = bytes;
    uint64_t h = seed ^ hash_mix(n);
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = hash_mix(h ^ word);
    }
    uint64_t tail = 0;
    if (n)
        memcpy(&tail, p, n);
    return hash_mix(h ^ tail ^ UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t hash_id(const void *bytes, size_t n, uint64_t state)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        state = (state ^ p[i]) * UINT64_C(1099511628211);
    return state;
}
