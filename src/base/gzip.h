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

/* Streaming packer: bytes in pieces, packed bytes appended to `out` (whoever owns it may drain it
 * between calls). */
struct gzip;
struct gzip *gzip_new(struct buf *out);
bool gzip_add(struct gzip *g, struct str piece); /* false when out is full */
bool gzip_finish(struct gzip *g);                /* writes the trailer */
void gzip_free(struct gzip *g);

#endif
