/* Bytes that are too many for memory, or whose length must be known before they are sent: up to 1
 * MiB in memory, then in a file that has no name (0600). Blocks, but for no longer than the page
 * cache does. One thread at a time. */
#ifndef STORE_S3_SPOOL_H
#define STORE_S3_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct s3_spool;
enum { S3_SPOOL_MEMORY = 1 << 20 };

struct s3_spool *s3_spool_new(size_t max); /* never holds more bytes */
void s3_spool_free(struct s3_spool *s);    /* NULL is allowed */
/* ERR_LIMIT beyond max; ERR_IO when the file ($TMPDIR, else /var/tmp) cannot be written. */
bool s3_spool_add(struct s3_spool *s, struct str bytes, struct err *err);
size_t s3_spool_size(const struct s3_spool *s);
void s3_spool_rewind(struct s3_spool *s); /* reading begins at the start again */
/* 0 at the end; -1: the file cannot be read. */
ptrdiff_t s3_spool_read(struct s3_spool *s, char *to, size_t n);

#endif
