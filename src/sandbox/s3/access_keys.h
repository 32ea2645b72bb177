/* The key pairs that the pretend AWS knows: static ones, and temporary ones with their session
 * token until it ends. STS makes them, S3 asks for them. */
#ifndef SANDBOX_ACCESS_KEYS_H
#define SANDBOX_ACCESS_KEYS_H

#include <stdint.h>

#include "base/str.h"

enum { ACCESS_KEYS_MAX = 1000 }; /* temporary ones; the oldest falls out */

struct access_keys;

struct access_key {
    const char *id, *secret;
    const char *token; /* NULL: a static pair */
    int64_t expires;   /* wall ns; of a static pair INT64_MAX */
};

/* `seed` makes the temporary pairs: the same seed, the same pairs in the same order. */
struct access_keys *access_keys_new(const char *seed);
void access_keys_free(struct access_keys *k); /* NULL is allowed */

/* A static pair; copied. */
void access_keys_add(struct access_keys *k, const char *id, const char *secret);

/* A new temporary pair; valid until ACCESS_KEYS_MAX newer ones have been made. */
const struct access_key *access_keys_make(struct access_keys *k, int64_t expires);

/* NULL: there is none. An expired pair is found. Valid as long as the pair is. */
const struct access_key *access_keys_find(const struct access_keys *k, struct str id);

/* How many temporary pairs have fallen out. */
uint64_t access_keys_dropped(const struct access_keys *k);

#endif
