/* A byte buffer that grows up to a maximum given at birth, and remembers when it had to refuse. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
    char *p;    /* always terminated by a NUL behind n once anything was added; NULL before */
    size_t n;   /* bytes held */
    size_t cap; /* bytes allocated */
    size_t max; /* never holds more than this */
    bool over;  /* something did not fit; what came before it is kept */
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* and buf_init again; b may be used further */
void buf_clear(struct buf *b); /* keeps the memory */

/* Adds; on overflow nothing of this piece is added, `over` is set and false comes back. */
bool buf_add(struct buf *b, const void *bytes, size_t n);
bool buf_adds(struct buf *b, const char *text);
bool buf_addc(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Memory for n more bytes behind p + n, or NULL (and `over`) when they would pass the maximum. Write
 * there, then tell buf_added how many it became: for readers and decoders that need no copy. */
char *buf_room(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);

void buf_drop_front(struct buf *b, size_t n); /* leaves `over` as it is */
struct str buf_str(const struct buf *b);
const char *buf_text(const struct buf *b); /* "" when empty */
char *buf_take(struct buf *b,
               size_t *n); /* hands the memory over (terminated); b is empty then. n may be NULL */

#endif
