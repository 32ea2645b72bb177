/*
 * Loki reads its chunks by blocks of 256 kB, and decodes all lines of a block before it looks at
 * their times: a page of 5,000 lines from 60 streams costs it 90,000 and more, each of which the
 * next pages cost it again. The fewer streams a page has, the longer the time it covers and the
 * less is read twice: a million lines of 60 streams cost Loki 20 s of CPU in pages of all streams,
 * and 8 s in eight lanes (3.4).
 *
 * Lanes are for a stretch of the span, behind which it begins anew: a long silence is searched once
 * and not by each lane. Their first pages are of different lengths, so that later on some are half
 * given out when others begin, and memory is that of half the pages.
 *
 * It is bytes that this costs, and pages of long lines are full of bytes before they are full of
 * lines: 12,000 lines of 4 kB cost Loki 3.6 s as one and 2.0 s in lanes, 800 of 240 kB 15 and 10 s.
 */
#include "source/loki/loki_flood.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    SAMPLE = 1000, /* lines that say whether it is a flood, and of what; or, of long lines: */
    SAMPLE_BYTES = 8 << 20,
    LINE = 130,       /* bytes: a longer line counts for several */
    STRETCH = 1000000 /* lines that lanes are for; whether it is still a flood then is looked at */
};
#define SHORTEST_STRETCH CLOCK_HOUR

struct loki_flood {
    const char *label;
    uint64_t flood;
    bool backward;
    struct loki_lanes *lanes; /* of the present stretch, its sample or its cut */
    int count;                /* that it was cut into; 0: it is read as one */
    bool decided;             /* it goes on as it is */
    uint64_t lines, bytes;    /* while it is read as one */
    int64_t first;            /* its first line's time */
    int64_t reached;          /* when a page ended */
    int64_t until;
};

struct loki_flood *loki_flood_new(const char *label, uint64_t lines, bool backward)
{
    struct loki_flood *f = mem_alloc(sizeof *f);
    *f = (struct loki_flood){.label = label, .flood = lines, .backward = backward};
    return f;
}

void loki_flood_free(struct loki_flood *f)
{
    if (!f)
        return;
    loki_lanes_free(f->lanes);
    free(f);
}

void loki_flood_begin(struct loki_flood *f, int64_t edge, int64_t until)
{
    loki_lanes_free(f->lanes);
    f->lanes = loki_lanes_new(f->label);
    f->count = 0;
    f->decided = false;
    f->lines = f->bytes = 0;
    f->reached = edge;
    f->until = until;
}

void loki_flood_note(struct loki_flood *f, const struct line *line)
{
    if (f->decided)
        return;
    f->first = f->lines ? f->first : line->time;
    f->lines++;
    f->bytes += line->text.n;
    loki_lanes_note(f->lanes, line);
}

bool loki_flood_is_open(const struct loki_flood *f)
{
    return !f->decided && f->lines < SAMPLE && f->bytes < SAMPLE_BYTES;
}

static double line_bytes(const struct loki_flood *f)
{
    return (double)f->bytes / (double)f->lines;
}

static double rate_of(const struct loki_flood *f) /* lines a ns */
{
    return (double)f->lines / (double)(llabs(f->reached - f->first) + 1);
}

/* The next stretch is as long as lanes pay. */
static void shorten(struct loki_flood *f)
{
    double stretch = STRETCH / rate_of(f);
    int64_t left = llabs(f->until - f->reached);
    stretch = stretch > SHORTEST_STRETCH ? stretch : SHORTEST_STRETCH;
    left = stretch < (double)left ? (int64_t)stretch : left;
    f->until = f->backward ? f->reached - left : f->reached + left;
}

int loki_flood_cut(struct loki_flood *f, int64_t reached, int most, int page, int64_t limit)
{
    if (f->decided || loki_flood_is_open(f) || reached == f->reached)
        return 0;
    f->reached = reached;
    double left = rate_of(f) * (double)llabs(f->until - reached);
    if (limit && left > (double)limit)
        left = (double)limit;
    double longer = line_bytes(f) > LINE ? line_bytes(f) / LINE : 1;
    double pages = left * longer / page / 2;
    most = pages < most ? (int)pages : most;
    if (left * longer < (double)f->flood || most < 2)
        return 0;
    f->decided = true;
    f->count = loki_lanes_cut(f->lanes, most);
    loki_lanes_forget(f->lanes);
    if (f->count > 1)
        shorten(f);
    return f->count;
}

int64_t loki_flood_until(const struct loki_flood *f)
{
    return f->until;
}

void loki_flood_query(const struct loki_flood *f, int lane, const char *query, struct buf *out)
{
    loki_lanes_query(f->lanes, lane, query, out);
}

struct loki_extract_conf loki_flood_lane(const struct loki_flood *f, int lane)
{
    double share = loki_lanes_share(f->lanes, lane) * f->count / (lane + 1);
    return (struct loki_extract_conf){.from = f->backward ? f->until : f->reached,
                                      .to = f->backward ? f->reached : f->until,
                                      .expect = rate_of(f) * (double)CLOCK_SECOND * share,
                                      /* quotes, and labels that differ */
                                      .expect_bytes = line_bytes(f) * 1.2 + 100};
}
