/* One window of one rule out of Loki: counted, read whole, redacted, packed, grouped and proved.
 * Stores nothing. */
#ifndef COLLECT_EXTRACTION_H
#define COLLECT_EXTRACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rule.h"
#include "model/window.h"

struct catalogue;
struct extraction;
struct loki;
struct redactor;
struct spool;

/* Packed bytes that a window may have (what a store takes, with room for gzip's end); then it is
 * cut: `truncated`. They lie in a spool file, never in memory. */
#define EXTRACTION_RAW_BYTES ((size_t)1000 << 20)
/* How far lines of context may lie outside the window. */
#define EXTRACTION_REACH (30 * INT64_C(1000000000))

struct extraction_conf {
    struct loki *loki;
    const char *cluster;
    const struct rule *rule;
    const struct rule_labels *labels;
    int64_t from, to;
    int64_t reach; /* of context outside [from, to), ns; it must have settled: at most the grace */
    const struct catalogue *known; /* NULL: empty */
    struct redactor *redactor;     /* NULL: lines stay as they are (the board's own eyes) */
    bool raw;  /* pack the lines as CONTRACT.md's raw object has them, and those around them */
    bool open; /* the window still open: marked so, and not proved */
    void *context;
    /* The end, once, never from inside extraction_start; the extraction is gone afterwards. The
     * window and the packed lines (NULL unless asked for) are the callee's; both NULL on error. A
     * window whose proof failed three times comes with complete false. */
    void (*done)(void *context, struct window *w, struct spool *raw, const struct err *err);
};

/* Everything that conf points to must live until `done`. Does not block but to write the spool
 * file. */
struct extraction *extraction_start(const struct extraction_conf *conf);
void extraction_free(struct extraction *x); /* cancels, without `done`; NULL is allowed */

#endif
