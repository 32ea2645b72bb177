/*
 * Whether lines that were read are all that Loki has: by its count, and where that is higher by its
 * count of those that differ, as lines that were pushed twice, or lie in memory and in a chunk, may
 * count twice.
 */
#ifndef SOURCE_LOKI_PROOF_H
#define SOURCE_LOKI_PROOF_H

#include <stdint.h>

#include "base/err.h"
#include "source/loki/loki.h"

struct loki_proof;

/* `lines` of the query were read in [from, to), whole milliseconds. `done` once, never from inside
 * the call, gone afterwards. counted: how many there are by Loki's count, where that is higher than
 * `lines` by its count of those that differ; more than `lines` are not whole, which *err says in
 * words. An err without that: it can't be told. again: how many more the plain count has. */
struct loki_proof *loki_proof_start(struct loki *l, const char *query, int64_t from, int64_t to,
                                    uint64_t lines,
                                    void (*done)(void *context, uint64_t counted, uint64_t again,
                                                 const struct err *err),
                                    void *context);
void loki_proof_free(struct loki_proof *p); /* cancels, without callbacks; NULL is allowed */

#endif
