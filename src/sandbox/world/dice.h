/* Random numbers that are a function of what they are for: the same place gives the same throw. */
#ifndef SANDBOX_DICE_H
#define SANDBOX_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

struct dice dice_of(uint64_t a, uint64_t b, uint64_t c);
uint64_t dice_next(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n); /* 0…n-1; n > 0 */
double dice_unit(struct dice *d);                /* 0 <= x < 1 */

/* n letters of Kubernetes' alphabet for generated names, and a NUL. Returns out. */
char *dice_suffix(struct dice *d, char *out, size_t n);
char *dice_hex(struct dice *d, char *out, size_t n); /* n hex digits and a NUL */

/* The UUID (36 characters and a NUL) that belongs to an id. Returns out. */
char *dice_uuid(uint64_t id, char out[37]);

#endif
