/* All lines of one nanosecond, when there are more of them than a page holds. */
#ifndef SOURCE_LOKI_CROWD_H
#define SOURCE_LOKI_CROWD_H

#include <stdint.h>

#include "base/err.h"
#include "source/loki/loki_page.h"
#include "source/loki/loki_pager.h"

struct loki_crowd;

/* `sample` is a full page of that nanosecond; taken over. shuffled: the server's answers do not keep
 * the order of a stream's lines. `done` once, never from inside the call, gone afterwards: the page
 * is the callee's; NULL on error. Its lines are by (labels as text, text) when they were shuffled or
 * lines of one stream had to be asked for apart, else by (labels as text, arrival); backward the
 * reverse. More than 64 MiB are ERR_LIMIT. */
struct loki_crowd *loki_crowd_start(
    struct loki_pager *pager, int64_t time, bool backward, bool shuffled, struct loki_page *sample,
    void (*done)(void *context, struct loki_page *page, const struct err *err), void *context);
void loki_crowd_cancel(struct loki_crowd *c); /* NULL is allowed */

#endif
