/* gzip (zlib): objects as `zcat` opens them. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Packs without name and time, so equal bytes give equal objects. Appends to out. */
bool gzip_pack(struct buf *out, struct str plain, struct err *err);

/* Unpacks all members; stops with ERR_LIMIT where out would pass its maximum, ERR_PROTOCOL when the
 * bytes are no gzip or end early. */
bool gzip_unpack(struct buf *out, struct str packed, struct err *err);

/* The same piece by piece: `packed` must outlive it. */
struct gzip_reader;
struct gzip_reader *gzip_reader_new(struct str packed);
/* The same of bytes that `more` gives: how many it wrote to `to` (at most n), 0 at the end, -1: none
 * can be had (ERR_IO). */
struct gzip_reader *gzip_reader_from(ptrdiff_t (*more)(void *context, char *to, size_t n),
                                     void *context);
/* Bytes written to `to`, at most n; 0 at the end; -1 with ERR_PROTOCOL as above. */
ptrdiff_t gzip_reader_read(struct gzip_reader *r, char *to, size_t n, struct err *err);
void gzip_reader_free(struct gzip_reader *r); /* NULL is allowed */

/* Streaming packer: bytes in pieces, packed bytes appended to `out` (whoever owns it may drain it
 * between calls). */
struct gzip;
struct gzip *gzip_new(struct buf *out);
/* False when out is full, and from then on. zlib gives its bytes in bursts: 64 KiB of free room always do
 * for a piece of up to 64 KiB. */
bool gzip_add(struct gzip *g, struct str piece);
bool gzip_finish(struct gzip *g); /* writes the trailer */
void gzip_free(struct gzip *g);

#endif
