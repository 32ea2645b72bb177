/* One hash for tables (seeded, so that foreign keys cannot be chosen to collide) and one for ids
 * (fixed for ever). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* For tables in memory: differs from run to run. */
uint64_t hash_bytes(const void *bytes, size_t n);

/* FNV-1a 64: for ids that are stored. hash_id(…, HASH_ID_SEED) starts one, the result continues it.
 */
#define HASH_ID_SEED UINT64_C(14695981039346656037)
uint64_t hash_id(const void *bytes, size_t n, uint64_t state);

/* Spreads the bits of a number (splitmix64's finalizer). */
uint64_t hash_mix(uint64_t x);

#endif
