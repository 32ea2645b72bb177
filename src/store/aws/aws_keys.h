/* Keys to sign requests with. */
#ifndef STORE_AWS_KEYS_H
#define STORE_AWS_KEYS_H

#include <stdint.h>

struct aws_keys {
    char *id, *secret;
    char *token;     /* NULL: none */
    int64_t expires; /* wall ns; 0: never */
    unsigned serial; /* grows with every renewal */
};

/* Frees the members, overwriting the secrets, and zeroes the struct. */
void aws_keys_free_inner(struct aws_keys *k);

#endif
