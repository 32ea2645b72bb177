/*
 * One page of lines: Loki's JSON (query_range, or a frame of the tail) read as its bytes arrive,
 * into one buffer of text and one table of entries. No DOM, so that a million lines cost half a CPU
 * second.
 */
#ifndef SOURCE_LOKI_PAGE_H
#define SOURCE_LOKI_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/line.h"

struct loki_page;

/* A label that our own queries give a line: its time, so that each nanosecond has a result stream. */
#define LOKI_PAGE_MOMENT "__moment__"

enum {
    LOKI_PAGE_BYTES = 4 << 20
}; /* of text that a page holds by default; Loki's own bound is 4 MiB a message by default */

/* max_bytes of text (0: LOKI_PAGE_BYTES): more fails with ERR_LIMIT. frame: a frame of the tail
 * ("streams" at the top). */
struct loki_page *loki_page_new(size_t max_bytes, bool frame);
void loki_page_free(struct loki_page *p);  /* NULL is allowed */
void loki_page_clear(struct loki_page *p); /* to be fed again; keeps the memory */

/* Feed, then finish. False: *err says why (ERR_PROTOCOL, ERR_LIMIT, ERR_AWAY for a body that was
 * cut off). */
bool loki_page_feed(struct loki_page *p, struct str bytes, struct err *err);
bool loki_page_finish(struct loki_page *p, struct err *err);
/* After finish: by (time, labels as text, arrival), or the exact reverse of that. by_text: the text
 * decides before the arrival, where arrival means nothing as the page was put together of several.
 */
void loki_page_sort(struct loki_page *p, bool backward, bool by_text);
/* After the sort, of a server that may shuffle (loki_shuffles): lines that a stream has on one
 * nanosecond, more than LOKI_PAGE_KEPT of them, get the order of their texts (backward: the reverse),
 * so that every page shows them alike. */
enum { LOKI_PAGE_KEPT = 12 }; /* lines of a result stream whose order such a server still keeps */
void loki_page_sort_crowds(struct loki_page *p, bool backward);
/* Of such a server, after the sort: has a stream 3 to LOKI_PAGE_KEPT lines on one nanosecond (fewer
 * are safe), and were they shuffled, as their result stream holds more than it keeps the order of? */
enum loki_page_ties { LOKI_PAGE_TIES_NONE, LOKI_PAGE_TIES_KEPT, LOKI_PAGE_TIES_SHUFFLED };
enum loki_page_ties loki_page_ties(struct loki_page *p);
/* Forgets the lines before `time`. Returns how many. */
size_t loki_page_drop_before(struct loki_page *p, int64_t time);
/* Adds another page's lines behind those of p. False (ERR_LIMIT) when they would pass p's
 * max_bytes. */
bool loki_page_append(struct loki_page *p, const struct loki_page *other, struct err *err);

size_t loki_page_count(const struct loki_page *p);
size_t loki_page_bytes(const struct loki_page *p); /* memory held */
size_t loki_page_size(const struct loki_page *p);  /* bytes of the JSON that it was read from */
/* The i-th line. Labels are the stream's identity: without detected_level, service_name and
 * __stream_shard__, which Loki adds; what the query's parsers and structured metadata add is there.
 * Valid until clear or free. */
struct line loki_page_at(const struct loki_page *p, size_t i);
int64_t loki_page_time(const struct loki_page *p, size_t i);
/* The answer was no list of streams but a matrix or a vector: a metric query. */
bool loki_page_is_metric(const struct loki_page *p);
/* A frame's dropped_entries: how many lines Loki says it dropped for us. */
size_t loki_page_dropped(const struct loki_page *p);

#endif
