/* A packed object unpacked a piece at a time, a few pieces a turn of the loop, so that a large one
 * holds nobody up. */
#ifndef COLLECT_SERVICE_UNPACK_H
#define COLLECT_SERVICE_UNPACK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct loop;
struct service_unpack;

/* The bytes are copied. `piece` may end it by false: `done` comes with *err as it set it (ERR_NONE:
 * it has enough). Neither from inside; after `done` it is gone. */
struct service_unpack *service_unpack_start(struct loop *l, struct str packed, void *context,
                                            bool (*piece)(void *context, struct str plain,
                                                          struct err *err),
                                            void (*done)(void *context, const struct err *err));
void service_unpack_free(struct service_unpack *u); /* without `done`; NULL is allowed */

#endif
