/*
 * A query begins as one extract; when its first lines say that many more will come (loki_flood.h), it
 * goes on in lanes, an extract each. Extracts keep their order, so the earliest of all heads is next.
 * Who is farthest behind is asked for first: pages come in about the order in which they are needed.
 */
#include "source/loki/loki_merge.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "source/loki/loki_extract.h"
#include "source/loki/loki_flood.h"

enum {
    MEMBERS = LOKI_LANES_MOST,
    IN_FLIGHT = 3,
    PAGE = 640 << 10,
    /* By pages that wait and those under way. Each lane holds half a page on the average: with less
     * than that, and one for each of the others under way, a single request would be under way. */
    HELD_MOST = (MEMBERS / 2 + IN_FLIGHT) * PAGE,
    FLOOD = 50000,
    QUERY_ROOM = 1 << 20
};

struct member {
    struct loki_merge *owner;
    struct loki_extract *extract; /* NULL: it has ended */
    size_t query;
    bool has; /* a line that is next: */
    struct line head;
};

struct query {
    char *text;
    struct loki_flood *flood;
    struct loki_merge_result result;
};

struct loki_merge {
    struct loki *loki;
    struct loki_merge_conf conf;
    struct query queries[LOKI_MERGE_QUERIES];
    struct member members[MEMBERS];
    size_t member_count;
    uint64_t lines;
    bool busy, dead;
};

/* ---- memory ---- */

static void stop(struct member *m)
{
    loki_extract_free(m->extract);
    m->extract = NULL;
    m->has = false;
}

static void free_merge(struct loki_merge *x)
{
    for (size_t i = 0; i < x->member_count; i++)
        stop(&x->members[i]);
    for (size_t i = 0; i < x->conf.count; i++) {
        loki_flood_free(x->queries[i].flood);
        free(x->queries[i].text);
    }
    free(x);
}

void loki_merge_free(struct loki_merge *x)
{
    if (!x)
        return;
    x->dead = true;
    if (!x->busy)
        free_merge(x);
}

static void end(struct loki_merge *x, bool truncated)
{
    struct loki_merge_result results[LOKI_MERGE_QUERIES];
    for (size_t i = 0; i < x->member_count; i++)
        stop(&x->members[i]);
    for (size_t i = 0; i < x->conf.count; i++)
        results[i] = x->queries[i].result;
    x->dead = true;
    x->conf.done(x->conf.context, results, truncated);
}

/* ---- order ---- */

static bool is_before(const struct loki_merge *x, int64_t a, int64_t b)
{
    return x->conf.backward ? a > b : a < b;
}

static bool goes_first(const struct loki_merge *x, const struct member *a, const struct member *b)
{
    int order;
    if (a->head.time != b->head.time)
        return is_before(x, a->head.time, b->head.time);
    if (a->query != b->query)
        return a->query < b->query;
    order = labels_compare(a->head.labels, b->head.labels);
    order = order ? order : (a > b) - (a < b);
    return x->conf.backward ? order > 0 : order < 0;
}

/* Where the member's next line is or may come. */
static int64_t position(const struct loki_merge *x, const struct member *m)
{
    return m->has ? m->head.time : loki_extract_reached(m->extract) - x->conf.backward;
}

/* Nothing of a query goes out from where on one of its lanes failed. */
static bool is_cut_off(const struct loki_merge *x, const struct member *m)
{
    const struct loki_merge_result *r = &x->queries[m->query].result;
    return r->err.kind && !is_before(x, position(x, m), r->reached - x->conf.backward);
}

/* The member with the next line; NULL: that can't be said yet, or there is none. */
static struct member *next_member(struct loki_merge *x)
{
    struct member *next = NULL;
    for (size_t i = 0; i < x->member_count; i++) {
        struct member *m = &x->members[i];
        if (m->extract && is_cut_off(x, m))
            stop(m);
        if (m->has && (!next || goes_first(x, m, next)))
            next = m;
    }
    for (size_t i = 0; next && i < x->member_count; i++) {
        const struct member *m = &x->members[i];
        if (m->extract && !m->has && !is_before(x, next->head.time, position(x, m)))
            next = NULL;
    }
    return next;
}

static bool is_over(const struct loki_merge *x)
{
    for (size_t i = 0; i < x->member_count; i++)
        if (x->members[i].extract)
            return false;
    return true;
}

/* ---- giving out ---- */

static void look(struct member *m)
{
    m->has = m->extract && loki_extract_head(m->extract, &m->head);
}

static void give(struct loki_merge *x, struct member *m)
{
    struct query *q = &x->queries[m->query];
    q->result.lines++;
    q->result.bytes += m->head.text.n;
    x->lines++;
    loki_flood_note(q->flood, &m->head);
    x->conf.line(x->conf.context, &m->head);
    if (x->dead)
        return;
    loki_extract_take(m->extract, &m->head);
    look(m);
}

static void give_out(struct loki_merge *x)
{
    struct member *next;
    while (!x->dead && (next = next_member(x))) {
        if (x->conf.limit && x->lines == (uint64_t)x->conf.limit)
            end(x, true);
        else
            give(x, next);
    }
    if (!x->dead && is_over(x))
        end(x, false);
}

/* ---- members ---- */

static void pump(struct loki_merge *x);

static void on_changed(void *context)
{
    struct member *m = context;
    if (!m->has)
        look(m);
    pump(m->owner);
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err);

static void start(struct loki_merge *x, struct member *m, size_t query, const char *text,
                  struct loki_extract_conf c)
{
    int64_t left = x->conf.limit ? x->conf.limit - (int64_t)x->lines : 0;
    *m = (struct member){.owner = x, .query = query};
    c.query = text;
    c.backward = x->conf.backward;
    c.limit = left && left < INT64_MAX ? left + 1 : left;
    c.in_flight = IN_FLIGHT;
    c.page_bytes = PAGE;
    c.context = m;
    c.changed = on_changed;
    c.done = on_done;
    m->extract = loki_extract_start(x->loki, &c);
}

/* There are never more members than slots. */
static struct member *free_slot(struct loki_merge *x)
{
    for (size_t i = 0; i < x->member_count; i++)
        if (!x->members[i].extract)
            return &x->members[i];
    return &x->members[x->member_count++];
}

/* From `edge` on, to the end of the span. The hints are of the query's last pages. */
static void start_whole(struct loki_merge *x, struct member *m, size_t query, int64_t edge,
                        struct loki_extract_conf hints)
{
    struct query *q = &x->queries[query];
    loki_flood_begin(q->flood, edge, x->conf.backward ? x->conf.from : x->conf.to);
    hints.from = x->conf.backward ? x->conf.from : edge;
    hints.to = x->conf.backward ? edge : x->conf.to;
    start(x, m, query, q->text, hints);
}

static bool has_ended(const struct loki_merge *x, size_t query)
{
    for (size_t i = 0; i < x->member_count; i++)
        if (x->members[i].query == query && x->members[i].extract)
            return false;
    return true;
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct member *m = context;
    struct loki_merge *x = m->owner;
    struct query *q = &x->queries[m->query];
    struct loki_merge_result *r = &q->result;
    m->extract = NULL;
    m->has = false;
    if (err->kind && (!r->err.kind || is_before(x, result->reached, r->reached))) {
        r->err = *err;
        r->reached = result->reached;
    }
    int64_t until = loki_flood_until(q->flood);
    if (!r->err.kind && has_ended(x, m->query) && is_before(x, until, r->reached))
        start_whole(x, m, m->query, until,
                    (struct loki_extract_conf){.expect_bytes = result->line_bytes,
                                               .expect_slowest = result->slowest});
    pump(x);
}

/* ---- lanes ---- */

/* The next stretch of the query is read in lanes. */
static void split(struct loki_merge *x, struct member *m, int lanes)
{
    struct query *q = &x->queries[m->query];
    stop(m);
    for (int i = 0; i < lanes; i++) {
        struct buf query;
        buf_init(&query, QUERY_ROOM);
        loki_flood_query(q->flood, i, q->text, &query);
        start(x, i ? free_slot(x) : m, m->query, buf_text(&query), loki_flood_lane(q->flood, i));
        buf_free(&query);
    }
}

/* Looked at when a page ended, as then everything before was given out and nothing behind. */
static void consider_lanes(struct loki_merge *x, struct member *m)
{
    int most = (int)(MEMBERS / x->conf.count);
    int64_t limit = x->conf.limit ? x->conf.limit - (int64_t)x->lines + 1 : 0;
    int lanes = loki_flood_cut(x->queries[m->query].flood, loki_extract_reached(m->extract), most,
                               loki_limit(x->loki), limit);
    if (lanes > 1)
        split(x, m, lanes);
}

/* ---- asking ---- */

/* A query that may become lanes does not ask for what it would then ask for again. */
static bool holds_back(const struct loki_merge *x, const struct member *m)
{
    return loki_flood_is_open(x->queries[m->query].flood) && loki_extract_asking(m->extract) > 0;
}

/* Who is farthest behind with what it has asked for; of two, one that others wait for. */
static struct member *hindmost(struct loki_merge *x)
{
    struct member *best = NULL;
    int64_t its = 0, time;
    for (size_t i = 0; i < x->member_count; i++) {
        struct member *m = &x->members[i];
        if (!m->extract || holds_back(x, m) || !loki_extract_wants(m->extract, &time))
            continue;
        if (!best || is_before(x, time, its) || (time == its && best->has && !m->has)) {
            best = m;
            its = time;
        }
    }
    return best;
}

static void ask(struct loki_merge *x)
{
    int asking = 0;
    size_t held = 0;
    struct member *next;
    for (size_t i = 0; i < x->member_count; i++) {
        const struct member *m = &x->members[i];
        asking += m->extract ? loki_extract_asking(m->extract) : 0;
        held += m->extract ? loki_extract_held(m->extract) : 0;
    }
    while (asking < IN_FLIGHT && (next = hindmost(x)) &&
           (!next->has || held + (size_t)asking * PAGE < HELD_MOST)) {
        loki_extract_ask(next->extract);
        asking++;
    }
}

static void pump(struct loki_merge *x)
{
    x->busy = true;
    give_out(x);
    for (size_t i = 0; !x->dead && i < x->member_count; i++) {
        struct member *m = &x->members[i];
        if (m->extract && !m->has)
            consider_lanes(x, m);
    }
    if (!x->dead)
        ask(x);
    x->busy = false;
    if (x->dead)
        free_merge(x);
}

struct loki_merge *loki_merge_start(struct loki *l, const struct loki_merge_conf *conf)
{
    struct loki_merge *x = mem_alloc(sizeof *x);
    x->loki = l;
    x->conf = *conf;
    x->conf.flood = conf->flood ? conf->flood : FLOOD;
    for (size_t i = 0; i < conf->count; i++) {
        struct query *q = &x->queries[i];
        q->text = mem_dup(conf->queries[i]);
        q->flood = loki_flood_new(conf->label, x->conf.flood, conf->backward);
        q->result.reached = conf->backward ? conf->from : conf->to;
        start_whole(x, &x->members[x->member_count++], i, conf->backward ? conf->to : conf->from,
                    (struct loki_extract_conf){0});
    }
    return x;
}

int64_t loki_merge_reached(const struct loki_merge *x)
{
    int64_t reached = x->conf.backward ? x->conf.from : x->conf.to;
    for (size_t i = 0; i < x->member_count; i++) {
        const struct member *m = &x->members[i];
        int64_t at = m->extract ? position(x, m) + x->conf.backward : reached;
        reached = is_before(x, at, reached) ? at : reached;
    }
    return reached;
}
