#include "sandbox/s3/access_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"

enum { TEXT_MAX = 1024, TOKEN_PIECES = 8 };

struct access_keys {
    char *seed;
    struct map *by_id;
    struct access_key
        *ring[ACCESS_KEYS_MAX]; /* temporary pairs; the next one made goes to `made` */
    uint64_t made;
};

struct access_keys *access_keys_new(const char *seed)
{
    struct access_keys *k = mem_alloc(sizeof *k);
    k->seed = mem_dup(seed);
    k->by_id = map_new();
    return k;
}

static void free_key(void *key)
{
    struct access_key *a = key;
    free((char *)a->id);
    mem_free_secret((char *)a->secret);
    mem_free_secret((char *)a->token);
    free(a);
}

void access_keys_free(struct access_keys *k)
{
    if (!k)
        return;
    map_free(k->by_id, free_key);
    mem_free_secret(k->seed);
    free(k);
}

static struct access_key *put(struct access_keys *k, char *id, char *secret, char *token,
                              int64_t expires)
{
    struct access_key *a = mem_alloc(sizeof *a);
    *a = (struct access_key){id, secret, token, expires};
    struct access_key *old = map_put(k->by_id, str_of(id), a);
    if (old)
        free_key(old);
    return a;
}

void access_keys_add(struct access_keys *k, const char *id, const char *secret)
{
    put(k, mem_dup(id), mem_dup(secret), NULL, INT64_MAX);
}

/* Bytes that follow from the seed, the pair's number and what they are for. */
static void derive(const struct access_keys *k, const char *what, unsigned piece,
                   unsigned char digest[DIGEST_SHA256])
{
    char text[80];
    snprintf(text, sizeof text, "%s %llu %u", what, (unsigned long long)k->made, piece);
    digest_hmac_sha256(str_of(k->seed), str_of(text), digest);
}

static char *derive_base64(const struct access_keys *k, const char *what, unsigned pieces, size_t n)
{
    struct buf b;
    unsigned char digest[DIGEST_SHA256];
    buf_init(&b, TEXT_MAX);
    for (unsigned i = 0; i < pieces; i++) {
        derive(k, what, i, digest);
        base64_encode(&b, (struct str){(char *)digest, 30});
    }
    char *text = mem_dup_n(b.p, b.n < n ? b.n : n);
    explicit_bzero(b.p, b.n);
    buf_free(&b);
    return text;
}

/* "ASIA" and sixteen of A-Z 2-7, as AWS's temporary ids look. */
static char *derive_id(const struct access_keys *k)
{
    unsigned char digest[DIGEST_SHA256];
    char id[21] = "ASIA";
    derive(k, "id", 0, digest);
    for (int i = 0; i < 16; i++)
        id[4 + i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digest[i] & 31];
    return mem_dup(id);
}

const struct access_key *access_keys_make(struct access_keys *k, int64_t expires)
{
    struct access_key **slot = &k->ring[k->made % ACCESS_KEYS_MAX];
    if (*slot) {
        map_remove(k->by_id, str_of((*slot)->id));
        free_key(*slot);
    }
    *slot = put(k, derive_id(k), derive_base64(k, "secret", 1, 40),
                derive_base64(k, "token", TOKEN_PIECES, 320), expires);
    k->made++;
    return *slot;
}

const struct access_key *access_keys_find(const struct access_keys *k, struct str id)
{
    return map_get(k->by_id, id);
}

uint64_t access_keys_dropped(const struct access_keys *k)
{
    return k->made > ACCESS_KEYS_MAX ? k->made - ACCESS_KEYS_MAX : 0;
}
