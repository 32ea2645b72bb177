/* Answers of a read API that were had before, by path, with their ETags: what has not changed is not sent
 * again. Bounded: the least used go first. */
#ifndef SOURCE_READ_API_KEPT_H
#define SOURCE_READ_API_KEPT_H

#include "base/str.h"

enum { READ_API_KEPT_COUNT = 24, READ_API_KEPT_BYTES = 8 << 20 };

struct read_api_kept; /* opaque */

struct read_api_kept *read_api_kept_new(void);
void read_api_kept_free(struct read_api_kept *k);

/* The answer to path; NULL: there is none. Lent until the next call. */
const char *read_api_kept_tag(struct read_api_kept *k, const char *path);
struct str read_api_kept_body(struct read_api_kept *k,
                              const char *path); /* empty when there is none */
/* Copies. Without a tag, or larger than a quarter of all that is kept, it is not kept. */
void read_api_kept_put(struct read_api_kept *k, const char *path, const char *tag, struct str body);

#endif
