/*
 * What a query's lines say of those that will come: whether they are a flood, and into what lanes
 * (loki_lanes.h) its next stretch is cut. A stretch begins with the query read as one.
 */
#ifndef SOURCE_LOKI_FLOOD_H
#define SOURCE_LOKI_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/line.h"
#include "source/loki/loki_extract.h"
#include "source/loki/loki_lanes.h"

struct loki_flood;

/* label: as for loki_lanes_new. lines: still to come from which on lanes pay; a long one counts for
 * several. backward: the query is read so. */
struct loki_flood *loki_flood_new(const char *label, uint64_t lines, bool backward);
void loki_flood_free(struct loki_flood *f); /* NULL is allowed */
/* Read as one, from `edge` on, to the end of the span. */
void loki_flood_begin(struct loki_flood *f, int64_t edge, int64_t until);
/* A line was given out. */
void loki_flood_note(struct loki_flood *f, const struct line *line);
/* Too few lines are seen to say whether it is one. */
bool loki_flood_is_open(const struct loki_flood *f);
/* Everything up to `reached` was given out and nothing behind: into how many lanes the query is cut
 * from there on, `most` at most; below 2: it goes on as one. page: lines that Loki gives a page;
 * limit: lines that are wanted still, 0: all. */
int loki_flood_cut(struct loki_flood *f, int64_t reached, int most, int page, int64_t limit);
/* Where the stretch ends: what lies behind it is begun anew. */
int64_t loki_flood_until(const struct loki_flood *f);
/* Adds a lane's query; and its span and what is to be expected of it. */
void loki_flood_query(const struct loki_flood *f, int lane, const char *query, struct buf *out);
struct loki_extract_conf loki_flood_lane(const struct loki_flood *f, int lane);

#endif
