/* Base 64 (RFC 4648, with padding). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

void base64_encode(struct buf *out, struct str bytes);

/* Appends what `text` encodes; white space in it is passed over. False at the first byte that is no
 * base 64. */
bool base64_decode(struct buf *out, struct str text);

#endif
