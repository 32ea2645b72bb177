/*
 * Fetches pages of one query, whatever it takes: as many lines as fit into a message of Loki by the
 * size of those seen, fewer when a page was too large all the same, no more than the server allows;
 * tries again after what may pass.
 */
#ifndef SOURCE_LOKI_PAGER_H
#define SOURCE_LOKI_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "source/loki/loki.h"
#include "source/loki/loki_page.h"

struct loki_pager;
struct loki_pager_fetch;

struct loki_pager_conf {
    const char *query;
    bool backward;
    int retries; /* of one fetch, after errors that may pass; a server that never answered is not
                    tried again */
    size_t page_bytes; /* of Loki's JSON that a page aims at; 0: 2 MiB */
    /* What loki_pager_line_bytes and loki_pager_slowest of the same query's last pager said; 0:
     * unknown, then the first page is a small one. */
    double line_bytes;
    int64_t slowest;
};

struct loki_pager *loki_pager_new(struct loki *l, const struct loki_pager_conf *conf); /* copies */
void loki_pager_free(
    struct loki_pager *p); /* cancels its fetches, without callbacks; NULL is allowed */
uint32_t loki_pager_requests(const struct loki_pager *p);
int loki_pager_limit(const struct loki_pager *p);       /* lines that the next page may have */
int64_t loki_pager_slowest(const struct loki_pager *p); /* ns that an answer took */
double loki_pager_line_bytes(
    const struct loki_pager *p); /* average size of the last lines in Loki's JSON; 0: unknown */

/*
 * The first lines of [from, to) in the pager's direction: at most `at_most` (0: as many as go),
 * with `stages` (or NULL) behind the query. `done` once, never from inside the call; the fetch is
 * gone afterwards. The page is the callee's, NULL on error. full: there may be more lines than it
 * holds. ERR_LIMIT: a single line is too large.
 */
struct loki_pager_fetch *loki_pager_fetch(struct loki_pager *p, const char *stages, int64_t from,
                                          int64_t to, int at_most,
                                          void (*done)(void *context, struct loki_page *page,
                                                       bool full, const struct err *err),
                                          void *context);
void loki_pager_cancel(struct loki_pager_fetch *f); /* NULL is allowed */

#endif
