/* A window made again from its raw object, without Loki. */
#ifndef COLLECT_REPROCESS_H
#define COLLECT_REPROCESS_H

#include <stdint.h>

#include "base/err.h"
#include "model/rule.h"
#include "model/window.h"

struct loop;
struct reprocess;
struct window_store;

struct reprocess_conf {
    struct loop *loop;
    struct window_store *store;
    const struct rule *rule;
    const struct rule_labels *labels;
    int64_t from, to;
    const struct catalogue *known; /* NULL: empty */
    void *context;
    /*
     * Once, never from inside reprocess_start; gone afterwards. The window is the callee's, NULL on
     * error. What the raw object does not hold (query, counted, bytes and the redactions before
     * redaction) is the stored window's. Where there is none, or it has another number of lines,
     * the window says that it is not complete: Loki is asked again when it is due.
     */
    void (*done)(void *context, struct window *w, const struct err *err);
};

/* Everything that conf points to must live until `done`. The packed object is held in memory; it is
 * unpacked a piece a turn of the loop. */
struct reprocess *reprocess_start(const struct reprocess_conf *conf);
void reprocess_free(struct reprocess *r); /* cancels; NULL is allowed */

#endif
