/*
 * One query's lines go straight through. Those of several wait in a queue each; the earliest of all
 * heads goes out as soon as every query has one or has ended. A query that is ahead of the others is
 * paused.
 */
#include "cmd/logs_range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "source/loki_extract.h"

/* Loki counts spans of whole milliseconds: to be proved, a span is read up to them. */
enum { QUEUE = 512, RESUME_AT = 128, IN_FLIGHT = 3, HELD_MOST = 12 << 20 };

/* The end of a span is settled once agents had this long to deliver it. */
#define SETTLED (90 * CLOCK_SECOND)

struct held {
    struct line line;
    char *text;
};

struct part { /* of one query */
    struct logs_range *range;
    const char *query;
    struct loki_extract *extract; /* NULL: ended */
    struct held queue[QUEUE];     /* a ring */
    size_t first, count;
    bool paused;
    int64_t reached;
};

struct logs_range {
    struct logs_range_conf conf;
    struct part *parts;
    uint64_t lines;
    struct err err; /* the first that came */
    bool ended;
};

static void end(struct logs_range *r)
{
    if (r->ended)
        return;
    r->ended = true;
    r->conf.done(r->conf.context, &r->err);
}

static void give(struct logs_range *r, const struct line *line)
{
    r->conf.line(r->conf.context, line);
    r->lines++;
}

/* The part whose head goes out next; NULL: one that has not ended has none. */
static struct part *next_part(struct logs_range *r)
{
    struct part *best = NULL;
    for (size_t i = 0; i < r->conf.count; i++) {
        struct part *p = &r->parts[i];
        if (!p->count && p->extract)
            return NULL;
        if (!p->count)
            continue;
        int64_t time = p->queue[p->first].line.time;
        int64_t than = best ? best->queue[best->first].line.time : 0;
        if (!best || (r->conf.backward ? time > than : time < than))
            best = p;
    }
    return best;
}

static void drop_head(struct part *p)
{
    struct held *h = &p->queue[p->first];
    labels_drop(h->line.labels);
    free(h->text);
    p->first = (p->first + 1) % QUEUE;
    p->count--;
}

static bool is_over(const struct logs_range *r)
{
    if (r->conf.limit && r->lines >= (uint64_t)r->conf.limit)
        return true;
    for (size_t i = 0; i < r->conf.count; i++)
        if (r->parts[i].extract || r->parts[i].count)
            return false;
    return true;
}

static void pump(struct logs_range *r)
{
    struct part *p;
    while (!r->ended && !is_over(r) && (p = next_part(r))) {
        give(r, &p->queue[p->first].line);
        drop_head(p);
        if (p->paused && p->count <= RESUME_AT && p->extract) {
            p->paused = false;
            loki_extract_pause(p->extract, false);
        }
    }
    if (is_over(r))
        end(r);
}

static void on_line(void *context, const struct line *line)
{
    struct part *p = context;
    const struct logs_range_conf *c = &p->range->conf;
    if (p->range->ended || line->time < c->from || line->time >= c->to)
        return;
    if (p->range->conf.count == 1) {
        give(p->range, line);
        return;
    }
    struct held *h = &p->queue[(p->first + p->count) % QUEUE];
    h->text = mem_dup_n(line->text.p, line->text.n);
    h->line = *line;
    h->line.text.p = h->text;
    h->line.labels = labels_hold(line->labels);
    p->count++;
    p->paused = p->count == QUEUE;
    if (p->paused)
        loki_extract_pause(p->extract, true);
    pump(p->range);
}

/* For one query: those of several have come to different times. */
static void say_where_to_go_on(const struct logs_range *r, int64_t reached, struct err *err)
{
    char time[CLOCK_TEXT], mend[sizeof err->mend];
    const struct logs_range_conf *c = &r->conf;
    if (c->count > 1 || (c->backward ? reached >= c->to : reached <= c->from))
        return;
    snprintf(mend, sizeof mend, "%.150s%sgo on with %s %s", err->mend, *err->mend ? "; " : "",
             c->backward ? "--to" : "--from", clock_rfc3339(reached, true, time));
    str_copy(err->mend, sizeof err->mend, mend);
}

static void on_extracted(void *context, const struct loki_extract_result *result,
                         const struct err *err)
{
    struct part *p = context;
    struct logs_range *r = p->range;
    struct err seen = *err;
    p->extract = NULL;
    p->reached = result->reached;
    bool settled = r->conf.to + SETTLED <= loki_now(r->conf.loki);
    if (seen.kind && !result->complete)
        say_where_to_go_on(r, result->reached, &seen);
    /* Loki 2.3 gives a line that was pushed twice more often than it counts it. */
    if (!seen.kind && result->proved && result->lines < result->counted && settled)
        err_set(&seen, ERR_AWAY, p->query, "run it again; lines may still be arriving",
                "incomplete: %llu lines printed, Loki counts %llu",
                (unsigned long long)result->lines, (unsigned long long)result->counted);
    if (seen.kind && !r->err.kind)
        r->err = seen;
    pump(r);
}

static void start_part(struct logs_range *r, struct part *p, const char *query)
{
    const struct logs_range_conf *c = &r->conf;
    bool one = c->count == 1, prove = !c->limit;
    *p = (struct part){.range = r, .query = query, .reached = c->backward ? c->to : c->from};
    struct loki_extract_conf conf = {.query = query,
                                     .from = prove ? clock_align(c->from, CLOCK_MS) : c->from,
                                     .to = prove ? clock_align(c->to + CLOCK_MS - 1, CLOCK_MS)
                                                 : c->to,
                                     .backward = c->backward,
                                     .limit = c->limit,
                                     .in_flight = one ? IN_FLIGHT : 2,
                                     .max_held = one ? 0 : HELD_MOST / c->count,
                                     .prove = prove,
                                     .context = p,
                                     .line = on_line,
                                     .done = on_extracted};
    p->extract = loki_extract_start(c->loki, &conf);
}

struct logs_range *logs_range_start(const struct logs_range_conf *conf)
{
    struct logs_range *r = mem_alloc(sizeof *r);
    r->conf = *conf;
    r->parts = mem_array(conf->count, sizeof *r->parts);
    for (size_t i = 0; i < conf->count; i++)
        start_part(r, &r->parts[i], conf->queries[i]);
    return r;
}

void logs_range_free(struct logs_range *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->conf.count; i++) {
        loki_extract_free(r->parts[i].extract);
        while (r->parts[i].count)
            drop_head(&r->parts[i]);
    }
    free(r->parts);
    free(r);
}

int64_t logs_range_reached(const struct logs_range *r)
{
    int64_t reached = 0;
    for (size_t i = 0; i < r->conf.count; i++) {
        const struct part *p = &r->parts[i];
        int64_t at = p->extract ? loki_extract_reached(p->extract) : p->reached;
        if (!i || (r->conf.backward ? at > reached : at < reached))
            reached = at;
    }
    return reached;
}
