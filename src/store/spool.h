/* Bytes that are too many for memory, or whose length must be known before they are sent: up to 1
 * MiB in memory, then in a file that has no name (0600). Blocks, but for no longer than the page
 * cache does. One thread at a time. */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct spool;
enum { SPOOL_MEMORY = 1 << 20 };

struct spool *spool_new(size_t max); /* never holds more bytes */
void spool_free(struct spool *s);    /* NULL is allowed */
/* ERR_LIMIT beyond max; ERR_IO when the file ($TMPDIR, else /var/tmp) cannot be written. */
bool spool_add(struct spool *s, struct str bytes, struct err *err);
void spool_clear(struct spool *s); /* holds nothing again */
size_t spool_size(const struct spool *s);
void spool_rewind(struct spool *s); /* reading begins at the start again */
/* Of a struct spool: 0 at the end; -1: the file cannot be read. */
ptrdiff_t spool_read(void *spool, char *to, size_t n);

#endif
