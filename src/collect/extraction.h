/* One window of one rule out of Loki: counted, read whole, redacted, packed, grouped and proved. Stores nothing. */
#ifndef COLLECT_EXTRACTION_H
#define COLLECT_EXTRACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/rule.h"
#include "model/window.h"

struct loki;
struct redactor;
struct extraction;

enum {
    EXTRACTION_RAW_BYTES = 64 << 20
}; /* of packed lines a window holds; the rest is cut: `truncated` */

struct extraction_conf {
    struct loki *loki;
    const char *cluster;
    const struct rule *rule;
    const struct rule_labels *labels;
    int64_t from, to;
    const struct catalogue *known; /* NULL: empty */
    struct redactor *redactor;     /* NULL: lines stay as they are (the board's own eyes) */
    bool raw;                      /* pack the lines as CONTRACT.md's raw object has them */
    bool open;                     /* the window still open: marked so, and not proved */
    void *context;
    /* The end, once, never from inside extraction_start; the extraction is gone afterwards. The window is the caller's
     * (NULL on error), `raw` (gzip; empty unless asked for) may be taken with buf_take. A window whose proof failed three
     * times comes with complete false. */
    void (*done)(void *context, struct window *w, struct buf *raw, const struct err *err);
};

/* Everything that conf points to must live until `done`. Does not block. */
struct extraction *extraction_start(const struct extraction_conf *conf);
void extraction_free(struct extraction *x); /* cancels, without `done`; NULL is allowed */

#endif
