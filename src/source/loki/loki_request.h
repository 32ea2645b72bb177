/* One request of query_range for a page of lines. */
#ifndef SOURCE_LOKI_REQUEST_H
#define SOURCE_LOKI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "source/loki/loki.h"
#include "source/loki/loki_page.h"

struct loki_request;
struct loki_request_conf {
    const char *query; /* with further stages put behind it, or NULL: */
    const char *stages;
    int64_t from, to; /* [from, to) */
    int limit;        /* lines */
    bool backward;
    bool apart; /* each nanosecond in a result stream of its own: twice as dear, but a server that
                   shuffles (loki_shuffles) keeps the order of a few lines. ERR_REFUSED where it does
                   not know how */
    size_t max_bytes; /* of the page; 0: LOKI_PAGE_BYTES */
    void *context;
    /*
     * Once, never from inside loki_request_send; the request is gone afterwards. The page is sorted
     * and the callee's; NULL when err->kind is not ERR_NONE. ERR_LIMIT: the page was too large for
     * us or for the server, or the server allows fewer lines (loki_limit is lower now): ask for
     * fewer. ERR_AWAY without a status may mean the same: Loki breaks off some answers that are too
     * large without a word. ERR_REFUSED for a metric query.
     */
    void (*done)(void *context, struct loki_page *page, const struct err *err);
};
struct loki_request *
loki_request_send(struct loki *l, const struct loki_request_conf *conf); /* copies what it needs */
void loki_request_cancel(struct loki_request *r);                        /* NULL is allowed */

#endif
