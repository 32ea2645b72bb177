/*
 * Keys are relative to the root: "prod/windows/errors/2021/08/27/1300.json". Refused (ERR_USAGE):
 * empty ones, a leading or trailing slash, empty parts, parts "." and "..", parts that start with
 * ".kubeboard-", control characters, invalid UTF-8, more than STORE_KEY_MAX bytes, a part of more
 * than 255.
 */
#ifndef STORE_STORE_KEY_H
#define STORE_STORE_KEY_H

#include <stdbool.h>

#include "base/err.h"

/* Bytes of a key without the root's prefix; S3 allows 1,024 with it. */
enum { STORE_KEY_MAX = 800 };

bool store_key_check(const char *key, struct err *err); /* NULL is refused as an empty one */
/* The same; a prefix may also be empty or end with a slash. */
bool store_key_fits(const char *key, bool is_prefix, struct err *err);

#endif
