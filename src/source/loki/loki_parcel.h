/*
 * The lines of a page in their order, ready to be given out: what is taken is let go of, so that a
 * page that waits while others are given out weighs as little as it has left.
 */
#ifndef SOURCE_LOKI_PARCEL_H
#define SOURCE_LOKI_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/line.h"
#include "source/loki/loki_page.h"

struct loki_parcel;

/* Of the first `count` lines of a sorted page, which is gone afterwards. */
struct loki_parcel *loki_parcel_new(struct loki_page *page, size_t count);
void loki_parcel_free(struct loki_parcel *p);
size_t loki_parcel_bytes(const struct loki_parcel *p); /* memory held */
/* The next line. False: all were taken. */
bool loki_parcel_head(const struct loki_parcel *p, struct line *line);
/* There must be a head; it stays valid until the next one is taken. */
void loki_parcel_take(struct loki_parcel *p);

#endif
