/*
 * The span is cut into slices of time, as wide as should fill a page, and some of them are asked
 * for at a time; lines leave from the first slice only, so the order holds. A page that is full was
 * cut somewhere inside its last nanosecond: that nanosecond is left out and asked for again, whole,
 * so nothing needs to be remembered and nothing comes twice. A page that is full of one nanosecond
 * is a crowd (loki_crowd.h).
 */
#include "source/loki_extract.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki_crowd.h"
#include "source/loki_page.h"
#include "source/loki_pager.h"

enum {
    DEFAULT_IN_FLIGHT = 2,
    MOST_IN_FLIGHT = 3,
    DEFAULT_HELD = 12 << 20,
    DEFAULT_RETRIES = 4,
    SMALL_PAGES = 4
};
#define FILL 0.93 /* of a page that a slice should fill */
#define GROWTH 8  /* a slice's width changes by this factor at most */

/* A page, or the part of it that counts, waiting to be given out. */
struct batch {
    struct batch *next;
    struct loki_page *page;
    size_t at, keep;
    int64_t reached; /* once it is given out */
    bool more;       /* lines follow that were cut off */
};

struct slice {
    struct slice *next;
    struct loki_extract *owner;
    int64_t from, to; /* still to be asked for */
    int64_t width;    /* at its birth */
    uint64_t lines;   /* of its pages so far */
    struct loki_pager_fetch *fetch;
    struct loki_crowd *crowd;
    struct loki_page *sample; /* of a crowd that waits for the slice to be the first */
    bool bounded;             /* asked for fewer lines than a page holds, as the limit is near */
    int small_pages; /* small by our own wish, one after the other, that held one nanosecond only */
    struct batch *batches, **tail;
    bool asked_whole; /* all of it has come */
};

struct loki_extract {
    struct loki *loki;
    struct loki_extract_conf conf;
    char *query;
    struct loki_pager *pager;
    struct slice *slices; /* the first is the one that gives out */
    int slice_count;
    int64_t cursor; /* where the next slice begins (backward: ends) */
    double width;   /* of the next slice, ns; 0: everything that is left */
    size_t held;
    struct loop_timer *soon;
    struct loki_call *count;
    struct backoff backoff; /* of the count */
    int retries, count_tries;
    struct loki_extract_result result;
    bool paused, busy, dead, ended;
};

/* ---- memory ---- */

static void free_batch(struct loki_extract *x, struct batch *b)
{
    x->held -= loki_page_bytes(b->page);
    loki_page_free(b->page);
    free(b);
}

static void free_slice(struct loki_extract *x, struct slice *s)
{
    loki_pager_cancel(s->fetch);
    loki_crowd_cancel(s->crowd);
    loki_page_free(s->sample);
    while (s->batches) {
        struct batch *b = s->batches;
        s->batches = b->next;
        free_batch(x, b);
    }
    free(s);
}

static void drop_first(struct loki_extract *x)
{
    struct slice *s = x->slices;
    x->slices = s->next;
    x->slice_count--;
    free_slice(x, s);
}

static void free_extract(struct loki_extract *x)
{
    while (x->slices)
        drop_first(x);
    loki_pager_free(x->pager);
    loki_cancel(x->count);
    loop_timer_free(x->soon);
    free(x->query);
    free(x);
}

void loki_extract_free(struct loki_extract *x)
{
    if (!x)
        return;
    x->dead = true;
    if (!x->busy)
        free_extract(x);
}

/* ---- the end ---- */

/* Tells the end once. Whoever is busy frees. */
static void tell_end(struct loki_extract *x, const struct err *err)
{
    if (x->dead)
        return;
    x->dead = true;
    x->result.requests += loki_pager_requests(x->pager);
    x->result.line_bytes = loki_pager_line_bytes(x->pager);
    x->result.slowest = loki_pager_slowest(x->pager);
    x->conf.done(x->conf.context, &x->result, err);
}

static void on_count(void *context, uint64_t count, const struct err *err);

static void ask_count(struct loki_extract *x)
{
    x->count = loki_count(x->loki, x->query, x->conf.from, x->conf.to, on_count, x);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct loki_extract *x = context;
    x->count = NULL;
    x->result.requests++;
    if (err_is_transient(err) && x->count_tries++ < x->retries) {
        loop_timer_set(x->soon, backoff_next(&x->backoff, err));
        return;
    }
    x->busy = true;
    x->result.counted = count;
    x->result.proved = !err->kind;
    x->result.complete = x->result.proved && count == x->result.lines;
    tell_end(x, err);
    free_extract(x);
}

static void end(struct loki_extract *x, const struct err *err)
{
    struct err none;
    err_clear(&none);
    x->ended = true;
    while (x->slices)
        drop_first(x);
    if (x->conf.prove && !err && !x->conf.limit)
        ask_count(x);
    else
        tell_end(x, err ? err : &none);
}

/* ---- giving out ---- */

/* The first batch of the first slice, as far as it goes. False when it is to wait, or all has
 * ended. */
static bool give_batch(struct loki_extract *x, struct slice *s)
{
    struct batch *b = s->batches;
    while (b->at < b->keep || b->more) {
        if (x->paused)
            return false;
        if (x->conf.limit && x->result.lines == (uint64_t)x->conf.limit) {
            x->result.truncated = true;
            end(x, NULL);
            return false;
        }
        if (b->at == b->keep)
            break;
        struct line line = loki_page_at(b->page, b->at++);
        x->result.lines++;
        x->result.bytes += line.text.n;
        x->conf.line(x->conf.context, &line);
        if (x->dead)
            return false;
    }
    x->result.reached = b->reached;
    s->batches = b->next;
    if (!s->batches)
        s->tail = &s->batches;
    free_batch(x, b);
    return true;
}

static void give_out(struct loki_extract *x)
{
    while (x->slices && !x->paused) {
        struct slice *s = x->slices;
        if (s->batches) {
            if (!give_batch(x, s))
                return;
        } else if (s->asked_whole) {
            drop_first(x);
        } else {
            return;
        }
    }
}

/* ---- asking ---- */

static void add_batch(struct slice *s, struct loki_page *page, size_t keep, int64_t reached)
{
    struct batch *b = mem_alloc(sizeof *b);
    *b = (struct batch){
        .page = page, .keep = keep, .reached = reached, .more = keep < loki_page_count(page)};
    *s->tail = b;
    s->tail = &b->next;
    s->owner->held += loki_page_bytes(page);
    s->lines += keep;
}

/* The width that should fill a page, after `lines` were found in `span` ns. */
static void learn_width(struct loki_extract *x, uint64_t lines, int64_t span)
{
    double limit = loki_pager_limit(x->pager) * FILL, last = x->width > 0 ? x->width : (double)span;
    double wanted = lines ? limit * (double)span / (double)lines : last * GROWTH;
    if (lines && x->width > 0 && wanted > last * GROWTH)
        wanted = last * GROWTH;
    x->width = wanted < 1000 ? 1000 : wanted;
}

/* The slice is empty from here on. */
static void close_slice(struct slice *s)
{
    s->from = s->to;
    s->asked_whole = true;
}

/* A page that was cut: what was surely whole is kept, the rest is asked for again. */
static void take_full_page(struct slice *s, struct loki_page *page)
{
    struct loki_extract *x = s->owner;
    bool back = x->conf.backward;
    size_t n = loki_page_count(page), keep = n;
    int64_t first = loki_page_time(page, 0), last = loki_page_time(page, n - 1);
    while (keep && loki_page_time(page, keep - 1) == last)
        keep--;
    if (!keep) {
        bool small = s->bounded || 2 * n <= (size_t)loki_pager_limit(x->pager);
        if (small && s->small_pages++ < SMALL_PAGES) { /* the next one is larger */
            loki_page_free(page);
        } else {
            s->sample = page;
        }
        return;
    }
    s->small_pages = 0;
    int64_t reached = back ? last + 1 : last;
    learn_width(x, keep, back ? first - last : last - first);
    add_batch(s, page, keep, reached);
    if (back)
        s->to = reached;
    else
        s->from = reached;
    if (s->next)
        return;
    /* The newest slice may end here: what is left is cut anew. */
    x->cursor = reached;
    close_slice(s);
}

static void pump(struct loki_extract *x);

static void on_page(void *context, struct loki_page *page, bool full, const struct err *err)
{
    struct slice *s = context;
    struct loki_extract *x = s->owner;
    s->fetch = NULL;
    x->busy = true;
    if (err->kind) {
        end(x, err);
    } else {
        if (full) {
            take_full_page(s, page);
        } else {
            size_t n = loki_page_count(page);
            add_batch(s, page, n, x->conf.backward ? s->from : s->to);
            learn_width(x, s->lines, s->width);
            close_slice(s);
        }
    }
    pump(x);
}

static void on_crowd(void *context, struct loki_page *page, const struct err *err)
{
    struct slice *s = context;
    struct loki_extract *x = s->owner;
    s->crowd = NULL;
    x->busy = true;
    if (err->kind) {
        end(x, err);
    } else {
        int64_t time = loki_page_count(page) ? loki_page_time(page, 0)
                       : x->conf.backward    ? s->to - 1
                                             : s->from;
        int64_t reached = x->conf.backward ? time : time + 1;
        add_batch(s, page, loki_page_count(page), reached);
        if (x->conf.backward)
            s->to = reached;
        else
            s->from = reached;
        if (s->from >= s->to)
            close_slice(s);
    }
    pump(x);
}

static void ask(struct loki_extract *x, struct slice *s)
{
    bool first = s == x->slices;
    if (s->fetch || s->crowd || s->asked_whole)
        return;
    /* Only the first may hold more than is allowed: it alone makes room. */
    if (x->held >= x->conf.max_held && (!first || x->paused))
        return;
    if (s->sample) {
        if (!first)
            return;
        struct loki_page *sample = s->sample;
        s->sample = NULL;
        s->crowd = loki_crowd_start(x->pager, loki_page_time(sample, 0), x->conf.backward,
                                    loki_shuffles(x->loki), sample, on_crowd, s);
        return;
    }
    /* One line more than wanted, to know whether there are more. */
    int64_t wanted = x->conf.limit ? x->conf.limit - (int64_t)x->result.lines + 1 : 0;
    s->bounded = wanted && wanted < loki_pager_limit(x->pager) && !s->small_pages;
    s->fetch =
        loki_pager_fetch(x->pager, NULL, s->from, s->to, s->bounded ? (int)wanted : 0, on_page, s);
}

static bool is_all_sliced(const struct loki_extract *x)
{
    return x->conf.backward ? x->cursor <= x->conf.from : x->cursor >= x->conf.to;
}

static void cut_slice(struct loki_extract *x)
{
    struct slice *s = mem_alloc(sizeof *s), **link = &x->slices;
    int64_t left = x->conf.backward ? x->cursor - x->conf.from : x->conf.to - x->cursor;
    int64_t width = x->width > 0 && x->width < (double)left ? (int64_t)x->width : left;
    s->owner = x;
    s->width = width;
    s->tail = &s->batches;
    s->from = x->conf.backward ? x->cursor - width : x->cursor;
    s->to = s->from + width;
    x->cursor = x->conf.backward ? s->from : s->to;
    while (*link)
        link = &(*link)->next;
    *link = s;
    x->slice_count++;
}

/* Gives out what can be, asks for what may be asked for, ends when there is nothing left. x->busy
 * is set. */
static void pump(struct loki_extract *x)
{
    if (!x->ended)
        give_out(x);
    if (!x->ended && !x->dead) {
        while (x->slice_count < x->conf.in_flight && !is_all_sliced(x) &&
               (x->held < x->conf.max_held || !x->slices) && (x->width > 0 || !x->slices))
            cut_slice(x);
        for (struct slice *s = x->slices; s; s = s->next)
            ask(x, s);
        if (!x->slices && is_all_sliced(x))
            end(x, NULL);
    }
    x->busy = false;
    if (x->dead)
        free_extract(x);
}

static void on_soon(void *context)
{
    struct loki_extract *x = context;
    if (x->ended) {
        if (!x->count)
            ask_count(x);
        return;
    }
    x->busy = true;
    pump(x);
}

struct loki_extract *loki_extract_start(struct loki *l, const struct loki_extract_conf *conf)
{
    struct loki_extract *x = mem_alloc(sizeof *x);
    x->loki = l;
    x->conf = *conf;
    x->query = mem_dup(conf->query);
    if (x->conf.in_flight < 1 || x->conf.in_flight > MOST_IN_FLIGHT)
        x->conf.in_flight = DEFAULT_IN_FLIGHT;
    if (conf->limit && conf->limit < loki_limit(l))
        x->conf.in_flight = 1;
    if (!x->conf.max_held)
        x->conf.max_held = DEFAULT_HELD;
    x->retries = conf->retries < 0 ? 0 : conf->retries ? conf->retries : DEFAULT_RETRIES;
    x->pager = loki_pager_new(l, x->query, conf->backward, x->retries, conf->expect_bytes,
                              conf->expect_slowest);
    x->cursor = x->result.reached = conf->backward ? conf->to : conf->from;
    if (conf->expect > 0)
        x->width = loki_pager_limit(x->pager) * FILL / conf->expect * (double)CLOCK_SECOND;
    x->soon = loop_timer_new(http_loop(loki_http(l)), on_soon, x);
    loop_timer_set(x->soon, 0);
    return x;
}

void loki_extract_pause(struct loki_extract *x, bool pause)
{
    x->paused = pause;
    if (!pause && !x->busy && !x->ended)
        loop_timer_set(x->soon, 0);
}

int64_t loki_extract_reached(const struct loki_extract *x)
{
    return x->result.reached;
}
