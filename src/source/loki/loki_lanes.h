/*
 * Parts of a query's streams, to be asked for apart: told from one another by how a label's value
 * ends, by a sample of the lines so that each has about as many. Together they are all streams,
 * whatever the sample was.
 */
#ifndef SOURCE_LOKI_LANES_H
#define SOURCE_LOKI_LANES_H

#include "base/buf.h"
#include "model/line.h"

enum { LOKI_LANES_MOST = 8 };

struct loki_lanes;

/* label: taken unless another tells streams apart much better; outlives it. */
struct loki_lanes *loki_lanes_new(const char *label);
void loki_lanes_free(struct loki_lanes *x); /* NULL is allowed */
/* A line of the sample; a thousand say enough. */
void loki_lanes_note(struct loki_lanes *x, const struct line *line);
/* Into so many lanes at most, 2 to LOKI_LANES_MOST. How many they are: 1 when no label tells streams
 * apart. */
int loki_lanes_cut(struct loki_lanes *x, int most);
/* Once they are cut, the sample is not needed any more. */
void loki_lanes_forget(struct loki_lanes *x);
/* Of the sample's lines, 0 to 1. */
double loki_lanes_share(const struct loki_lanes *x, int lane);
/* Adds the query as far as it is in the lane. */
void loki_lanes_query(const struct loki_lanes *x, int lane, const char *query, struct buf *out);

#endif
