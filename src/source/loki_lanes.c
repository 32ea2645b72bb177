/*
 * Loki reads its chunks by blocks of 256 kB, and filters all lines of a block before it looks at
 * their times: a page of 5,000 lines from 60 streams costs it 90,000 and more, each of which the
 * next pages cost it again. The fewer streams a page has, the longer the time it covers and the
 * less is read twice: a million lines of 60 streams took 38 s of Loki's CPU as they came, and 15 in
 * five parts (3.4, a filter with \b).
 *
 * So a flood is read in lanes, each the streams whose pod's name ends in certain characters, which
 * are random in most names and count up in the others; the last lane has all that the others have
 * not, so that together they are complete whatever the names are. Each lane is an extract, in
 * order, so what they hold is merged. It begins as one extract of all streams; whether it is a
 * flood shows after its first pages.
 */
#include "source/loki_lanes.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/rule.h"

enum {
    LANES = 6,
    FLOOD = 50000,
    PAGES_FIRST = 2,       /* full ones, before it is looked whether it is a flood */
    LANE_LINES = 1024,     /* that wait for those of other lanes */
    LANE_TEXT = 512 << 10, /* bytes of them; a single line may be larger */
    TEXT_ROOM = 64 << 20,
    LANE_HELD = 1 << 20, /* of pages behind them */
    QUERY_ROOM = 1 << 20
};

static const char *const endings[LANES - 1] = {"[01b-f]", "[23g-j]", "[45klm]", "[67n-q]",
                                               "[89rst]"};
#define ENDINGS "[0-9b-t]" /* of them all */

struct entry {
    int64_t time;
    const struct labels *labels; /* held */
    size_t at, n;                /* its text */
    enum line_kind kind;
};

struct lane {
    struct loki_lanes *owner;
    struct loki_extract *extract; /* NULL: it has ended */
    struct buf text;
    struct entry *list;
    size_t at, count, cap; /* at: the next to be given out */
    bool paused;
};

struct loki_lanes {
    struct loki *loki;
    struct loki_lanes_conf conf;
    char *query;
    struct loki_extract *whole; /* of all streams; NULL once there are lanes */
    struct lane lanes[LANES];
    int64_t reached; /* by `whole` */
    struct loki_extract_result result;
    bool busy, dead;
};

/* ---- memory ---- */

static void drop_entries(struct lane *lane)
{
    while (lane->at < lane->count)
        labels_drop(lane->list[lane->at++].labels);
    lane->at = lane->count = 0;
    buf_clear(&lane->text);
}

static void stop(struct loki_lanes *x)
{
    loki_extract_free(x->whole);
    x->whole = NULL;
    for (int i = 0; i < LANES; i++) {
        loki_extract_free(x->lanes[i].extract);
        x->lanes[i].extract = NULL;
        drop_entries(&x->lanes[i]);
    }
}

static void free_lanes(struct loki_lanes *x)
{
    stop(x);
    for (int i = 0; i < LANES; i++) {
        buf_free(&x->lanes[i].text);
        free(x->lanes[i].list);
    }
    free(x->query);
    free(x);
}

void loki_lanes_free(struct loki_lanes *x)
{
    if (!x)
        return;
    x->dead = true;
    if (!x->busy)
        free_lanes(x);
}

/* Ends a callback of an extract, which may have been the last of all. */
static void leave(struct loki_lanes *x)
{
    x->busy = false;
    if (x->dead)
        free_lanes(x);
}

/* Tells the end once; whoever is busy frees. */
static void end(struct loki_lanes *x, const struct err *err)
{
    struct err copy = *err;
    stop(x);
    x->dead = true;
    x->conf.done(x->conf.context, &x->result, &copy);
}

/* ---- giving out ---- */

static void give(struct loki_lanes *x, const struct line *line)
{
    if (x->conf.limit && x->result.lines == (uint64_t)x->conf.limit) {
        struct err none = {0};
        x->result.truncated = true;
        end(x, &none);
        return;
    }
    x->result.lines++;
    x->result.bytes += line->text.n;
    x->conf.line(x->conf.context, line);
}

/* Which lane has the next line: -1 when that can't be said yet, LANES when all have ended. */
static int next_lane(const struct loki_lanes *x)
{
    int next = LANES;
    for (int i = 0; i < LANES; i++) {
        const struct lane *lane = &x->lanes[i];
        if (lane->at == lane->count && lane->extract)
            return -1;
        if (lane->at == lane->count)
            continue;
        const struct entry *e = &lane->list[lane->at], *best = NULL;
        if (next < LANES)
            best = &x->lanes[next].list[x->lanes[next].at];
        if (!best || e->time < best->time ||
            (e->time == best->time && labels_compare(e->labels, best->labels) < 0))
            next = i;
    }
    return next;
}

static void give_next(struct loki_lanes *x, struct lane *lane)
{
    const struct entry *e = &lane->list[lane->at++];
    struct line line = {.time = e->time,
                        .labels = e->labels,
                        .text = {buf_text(&lane->text) + e->at, e->n},
                        .kind = e->kind};
    const struct labels *held = e->labels;
    give(x, &line);
    labels_drop(held);
    if (x->dead || lane->at < lane->count)
        return;
    drop_entries(lane);
    if (lane->paused && lane->extract)
        loki_extract_pause(lane->extract, false);
    lane->paused = false;
}

static void merge(struct loki_lanes *x)
{
    struct err none = {0};
    int next = -1;
    while (!x->dead && (next = next_lane(x)) >= 0 && next < LANES)
        give_next(x, &x->lanes[next]);
    if (!x->dead && next == LANES)
        end(x, &none);
}

/* ---- lanes ---- */

static void on_lane_line(void *context, const struct line *line)
{
    struct lane *lane = context;
    struct loki_lanes *x = lane->owner;
    bool waited_for = lane->at == lane->count;
    x->busy = true;
    mem_grow(&lane->list, &lane->cap, lane->count + 1, sizeof *lane->list);
    lane->list[lane->count++] = (struct entry){.time = line->time,
                                               .labels = labels_hold(line->labels),
                                               .at = lane->text.n,
                                               .n = line->text.n,
                                               .kind = line->kind};
    buf_add(&lane->text, line->text.p, line->text.n);
    if (lane->count == LANE_LINES || lane->text.n >= LANE_TEXT) {
        lane->paused = true;
        loki_extract_pause(lane->extract, true);
    }
    if (waited_for)
        merge(x);
    leave(x);
}

static void on_lane_done(void *context, const struct loki_extract_result *result,
                         const struct err *err)
{
    struct lane *lane = context;
    struct loki_lanes *x = lane->owner;
    (void)result;
    lane->extract = NULL;
    x->busy = true;
    if (err->kind)
        end(x, err);
    else
        merge(x);
    leave(x);
}

/* The lane's streams: `label` ends in one of its characters, or in none of any. */
static void lane_query(const struct loki_lanes *x, int number, struct buf *out)
{
    bool last = number == LANES - 1;
    char *matcher = mem_printf("%s%s\".*%s\"", x->conf.label, last ? "!~" : "=~",
                               last ? ENDINGS : endings[number]);
    rule_with_matcher(x->query, matcher, out);
    free(matcher);
}

/* From `reached` on; a lane's first page is as wide as it will be, by the lines so far. */
static void split(struct loki_lanes *x)
{
    double span = (double)(x->reached - x->conf.from) / 1e9;
    double lines = (double)x->result.lines, bytes = (double)x->result.bytes;
    loki_extract_free(x->whole);
    x->whole = NULL;
    for (int i = 0; i < LANES; i++) {
        struct lane *lane = &x->lanes[i];
        struct buf query;
        buf_init(&query, QUERY_ROOM);
        buf_init(&lane->text, TEXT_ROOM);
        lane_query(x, i, &query);
        lane->owner = x;
        lane->extract = loki_extract_start(
            x->loki, &(struct loki_extract_conf){.query = buf_text(&query),
                                                 .from = x->reached,
                                                 .to = x->conf.to,
                                                 .in_flight = 1,
                                                 .max_held = LANE_HELD,
                                                 .expect = lines / span / LANES,
                                                 /* quotes and labels that differ */
                                                 .expect_bytes = bytes / lines * 1.2 + 100,
                                                 .context = lane,
                                                 .line = on_lane_line,
                                                 .done = on_lane_done});
        buf_free(&query);
    }
}

/* ---- all streams ---- */

/* Whether so many lines are to be expected still that lanes pay. Everything before `reached` was
 * given out, and nothing from there on, when a page begins. */
static bool is_flood(struct loki_lanes *x)
{
    int64_t reached = loki_extract_reached(x->whole);
    if (reached == x->reached)
        return false;
    x->reached = reached;
    double left =
        (double)x->result.lines * (double)(x->conf.to - reached) / (double)(reached - x->conf.from);
    return x->result.lines >= (uint64_t)(PAGES_FIRST * loki_limit(x->loki)) &&
           left >= (double)x->conf.flood;
}

static void on_line(void *context, const struct line *line)
{
    struct loki_lanes *x = context;
    x->busy = true;
    if (is_flood(x))
        split(x);
    else
        give(x, line);
    leave(x);
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct loki_lanes *x = context;
    x->whole = NULL;
    x->result.truncated = result->truncated;
    x->busy = true;
    end(x, err);
    leave(x);
}

struct loki_lanes *loki_lanes_start(struct loki *l, const struct loki_lanes_conf *conf)
{
    struct loki_lanes *x = mem_alloc(sizeof *x);
    x->loki = l;
    x->conf = *conf;
    x->conf.flood = conf->flood ? conf->flood : FLOOD;
    x->query = mem_dup(conf->query);
    x->reached = conf->from;
    x->whole = loki_extract_start(l, &(struct loki_extract_conf){.query = x->query,
                                                                 .from = conf->from,
                                                                 .to = conf->to,
                                                                 .limit = conf->limit,
                                                                 .context = x,
                                                                 .line = on_line,
                                                                 .done = on_done});
    return x;
}
