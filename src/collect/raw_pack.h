/*
 * The raw object of a window: a JSON line each (model/line_json.h), gzip, spooled. A line of
 * context about an error carries one member more, "around":true, so that whoever reads the object
 * knows what was counted.
 */
#ifndef COLLECT_RAW_PACK_H
#define COLLECT_RAW_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/line.h"

struct raw_pack;
struct spool;

struct raw_pack *raw_pack_new(size_t max); /* packed bytes at most */
void raw_pack_free(struct raw_pack *p);    /* NULL is allowed */

/* False with ERR_LIMIT when the line does not fit any more, or ERR_IO when the spool file cannot be
 * written; what was packed before stays whole. Blocks for no longer than the page cache does. */
bool raw_pack_add(struct raw_pack *p, const struct line *line, bool around, struct err *err);
/* The packed bytes, the caller's; nothing may be added afterwards. NULL and *err when the spool
 * file cannot be written. */
struct spool *raw_pack_finish(struct raw_pack *p, struct err *err);

#endif
