/*
 * One small hash table, filled once from mask_words.def: a word costs one look-up for all sets. Most
 * words of a log are in none: a table of the lengths that occur between a first and a last letter
 * tells that without reading the word.
 */
#include "triage/mask/mask_words.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

enum { WORD_MAX = 15, SLOTS = 2048 };

/* A word in lower case, filled up with NUL: compared and hashed as two numbers. */
struct key {
    uint64_t half[2];
};

struct slot {
    struct key word; /* all zero: empty */
    uint32_t sets;
};

static struct slot slots[SLOTS];
static uint16_t lengths[32][32]; /* by first and last byte, five bits each; bit n: length n */
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* Sets bit 5 of each byte that is a capital letter. */
static uint64_t lower(uint64_t x)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low = x & 0x7f * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones, behind_z = low + (0x7f - 'Z') * ones;
    return x | (from_a & ~behind_z & ~x & 0x80 * ones) >> 2;
}

static struct key key_of(const char *text, size_t n)
{
    struct key k = {{0, 0}};
    memcpy(&k, text, n);
    k.half[0] = lower(k.half[0]);
    k.half[1] = lower(k.half[1]);
    return k;
}

static struct slot *slot_of(struct key k)
{
    for (uint64_t i = hash_mix(k.half[0] ^ k.half[1] * 31);; i++) {
        struct slot *s = &slots[i % SLOTS];
        if (!s->word.half[0] || (s->word.half[0] == k.half[0] && s->word.half[1] == k.half[1]))
            return s;
    }
}

static void add_words(unsigned set, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        struct key k = key_of(words, n);
        struct slot *s = slot_of(k);
        s->word = k;
        s->sets |= set;
        lengths[words[0] & 31][words[n - 1] & 31] |= (uint16_t)(1u << n);
        words += n + strspn(words + n, " ");
    }
}

static void fill(void)
{
#define SET(name, words) add_words(MASK_SET_##name, words);
#include "triage/mask/mask_words.def"
#undef SET
}

unsigned mask_words_of(struct str word)
{
    if (word.n == 0 || word.n > WORD_MAX)
        return 0;
    pthread_once(&filled, fill);
    if (!(lengths[word.p[0] & 31][word.p[word.n - 1] & 31] >> word.n & 1))
        return 0;
    return slot_of(key_of(word.p, word.n))->sets;
}
