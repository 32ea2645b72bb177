/*
 * The span is cut into slices of time, as wide as should fill a page, and some of them are asked
 * for at a time; lines leave from the first slice only, so the order holds. A page that is full was
 * cut somewhere inside its last nanosecond: that nanosecond is left out and asked for again, whole,
 * so nothing needs to be remembered and nothing comes twice. A page that is full of one nanosecond
 * is a crowd (loki_crowd.h).
 *
 * Loki splits a query by time (split_queries_by_interval: an hour; before 2.5 from the query's start
 * on), and joins the parts' lines, when they are more than the limit, by a heap that it does not keep
 * in order: beside one busy stream the lines of quiet ones displace thousands of earlier ones (seen
 * with 3.4, both directions). Pages that are not full are whole, and so are those whose lines lie in
 * one part; another is thrown away and asked for again, narrower.
 */
#include "source/loki/loki_extract.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "source/loki/loki_crowd.h"
#include "source/loki/loki_page.h"
#include "source/loki/loki_pager.h"
#include "source/loki/loki_parcel.h"

enum {
    DEFAULT_IN_FLIGHT = 2,
    MOST_IN_FLIGHT = 3,
    DEFAULT_HELD = 12 << 20,
    DEFAULT_RETRIES = 4,
    SMALL_PAGES = 4,
    NARROWEST = 1000 /* ns that a slice is wide */
};
#define FILL 0.93 /* of a page that a slice should fill */
#define GROWTH 8  /* a slice's width changes by this factor at most */
#define SPLIT                                                                                      \
    (15 * CLOCK_MINUTE) /* Loki's parts are multiples of it, or begin at the query's start */

/* A page, or the part of it that counts, waiting to be given out. */
struct batch {
    struct batch *next;
    struct loki_parcel *lines;
    int64_t reached; /* once it is given out */
    bool more;       /* lines follow that were cut off */
};

struct slice {
    struct slice *next;
    struct loki_extract *owner;
    int64_t from, to; /* still to be asked for */
    int64_t born;     /* the edge where its first request began */
    int64_t upto;     /* how far the present request goes: the server may not take all at once */
    int64_t narrow;   /* how far the next one goes at most; 0: as far as it may */
    uint64_t lines;   /* of its pages so far */
    struct loki_pager_fetch *fetch;
    struct loki_crowd *crowd;
    struct loki_page *sample; /* of a crowd that waits for the slice to be the first */
    bool bounded;             /* asked for fewer lines than a page holds, as the limit is near */
    int small_pages; /* small by our own wish, one after the other, of which nothing was of use */
    struct batch *batches, **tail;
    bool asked_whole; /* all of it has come */
};

struct loki_extract {
    struct loki *loki;
    struct loki_extract_conf conf;
    char *query;
    struct loki_pager *pager;
    struct slice *slices; /* the first is the one that gives out */
    int slice_count, asking;
    int64_t cursor; /* where the next slice begins (backward: ends) */
    double width;   /* of the next slice, ns; 0: everything that is left */
    size_t held;
    struct loop_timer *soon;
    struct loki_extract_result result;
    struct err failure; /* why nothing comes behind the slices that are left */
    bool paused, busy, dead;
};

/* ---- memory ---- */

static void free_batch(struct loki_extract *x, struct batch *b)
{
    x->held -= loki_parcel_bytes(b->lines);
    loki_parcel_free(b->lines);
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
    x->asking -= s->fetch || s->crowd;
    free_slice(x, s);
}

static void free_extract(struct loki_extract *x)
{
    while (x->slices)
        drop_first(x);
    loki_pager_free(x->pager);
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

/* ---- giving out ---- */

static bool is_all_sliced(const struct loki_extract *x)
{
    return x->failure.kind || x->result.truncated ||
           (x->conf.backward ? x->cursor <= x->conf.from : x->cursor >= x->conf.to);
}

/* Tells the end. Whoever is busy frees. */
static void end(struct loki_extract *x)
{
    x->dead = true;
    x->result.requests = loki_pager_requests(x->pager);
    x->result.line_bytes = loki_pager_line_bytes(x->pager);
    x->result.slowest = loki_pager_slowest(x->pager);
    x->conf.done(x->conf.context, &x->result, &x->failure);
}

static void drop_batch(struct loki_extract *x, struct slice *s)
{
    struct batch *b = s->batches;
    x->result.reached = b->reached;
    s->batches = b->next;
    if (!s->batches)
        s->tail = &s->batches;
    free_batch(x, b);
}

/* What holds the next line, which comes in *line; what was given out is thrown away. NULL: there is
 * none yet, or ever. */
static struct batch *head(struct loki_extract *x, struct line *line)
{
    bool enough = x->conf.limit && x->result.lines == (uint64_t)x->conf.limit;
    while (x->slices && (x->slices->batches || x->slices->asked_whole)) {
        struct batch *b = x->slices->batches;
        bool has = b && loki_parcel_head(b->lines, line);
        if (!b) {
            drop_first(x);
        } else if (enough && (has || b->more)) {
            x->result.truncated = true;
            while (x->slices)
                drop_first(x);
        } else if (has) {
            return b;
        } else {
            drop_batch(x, x->slices);
        }
    }
    return NULL;
}

static void take(struct loki_extract *x, struct batch *b, const struct line *line)
{
    size_t before = loki_parcel_bytes(b->lines);
    x->result.lines++;
    x->result.bytes += line->text.n;
    loki_parcel_take(b->lines);
    x->held -= before - loki_parcel_bytes(b->lines);
}

static void give_out(struct loki_extract *x)
{
    struct batch *b;
    struct line line;
    while (!x->dead && !x->paused && (b = head(x, &line))) {
        take(x, b, &line);
        x->conf.line(x->conf.context, &line);
    }
}

bool loki_extract_head(struct loki_extract *x, struct line *line)
{
    bool has = head(x, line) != NULL;
    if (!has && !x->slices && is_all_sliced(x))
        loop_timer_set(x->soon, 0); /* to tell the end */
    return has;
}

void loki_extract_take(struct loki_extract *x, const struct line *line)
{
    take(x, x->slices->batches, line);
}

/* ---- asking ---- */

static void add_batch(struct slice *s, struct loki_page *page, size_t keep, int64_t reached)
{
    struct batch *b = mem_alloc(sizeof *b);
    *b = (struct batch){.reached = reached, .more = keep < loki_page_count(page)};
    b->lines = loki_parcel_new(page, keep);
    *s->tail = b;
    s->tail = &b->next;
    s->owner->held += loki_parcel_bytes(b->lines);
    s->lines += keep;
}

/* Never nothing: Loki gives the lines of its one nanosecond for an empty span. */
static void set_width(struct loki_extract *x, double ns)
{
    x->width = ns < NARROWEST ? NARROWEST : ns;
}

/* The width that should fill a page, after `lines` were found in `span` ns. */
static void learn_width(struct loki_extract *x, uint64_t lines, int64_t span)
{
    double limit = loki_pager_limit(x->pager) * FILL, last = x->width > 0 ? x->width : (double)span;
    double wanted = lines ? limit * (double)span / (double)lines : last * GROWTH;
    if (x->width > 0 && wanted > last * GROWTH)
        wanted = last * GROWTH;
    if (x->width > 0 && wanted < last / GROWTH)
        wanted = last / GROWTH;
    set_width(x, wanted);
}

/* All up to `reached` has come. The newest slice ends here: what is left is cut anew. */
static void move_on(struct slice *s, int64_t reached)
{
    struct loki_extract *x = s->owner;
    if (x->conf.backward)
        s->to = reached;
    else
        s->from = reached;
    if (!s->next)
        x->cursor = reached;
    s->asked_whole = !s->next || s->from >= s->to;
}

/* Whether lines may be missing in the midst of a full page. */
static bool may_lack(const struct slice *s, int64_t first, int64_t last)
{
    int64_t from = s->owner->conf.backward ? s->upto : s->from;
    return first / SPLIT != last / SPLIT || (first - from) / SPLIT != (last - from) / SPLIT;
}

/* Half as far as the page came, to a time at which a part may begin; or one part from the edge. */
static int64_t half_way(const struct slice *s, int64_t first, int64_t last)
{
    int64_t half;
    if (s->owner->conf.backward) {
        half = clock_align(s->to - (s->to - last) / 2 + SPLIT - 1, SPLIT);
        half = half > first ? clock_align(first, SPLIT) : half;
        return half > last ? half : s->to - SPLIT;
    }
    half = clock_align(s->from + (last - s->from) / 2, SPLIT);
    half = half <= first ? clock_align(first, SPLIT) + SPLIT : half;
    return half <= last ? half : s->from + SPLIT;
}

/* Whether the next page will be larger than this one of `lines`, which was of no use. */
static bool grows(struct slice *s, size_t lines)
{
    bool small = s->bounded || 2 * lines <= (size_t)loki_pager_limit(s->owner->pager);
    return small && s->small_pages++ < SMALL_PAGES;
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
    if (!keep && !grows(s, n)) {
        s->sample = page;
        return;
    }
    if (keep && may_lack(s, first, last)) {
        int64_t end = back ? last : last + 1; /* a larger page is not full there */
        s->narrow = grows(s, n) ? end : half_way(s, first, last);
        keep = 0;
    }
    if (!keep) {
        loki_page_free(page);
        return;
    }
    s->small_pages = 0;
    int64_t reached = back ? last + 1 : last, span = back ? first - last : last - first;
    /* Lines may come in bursts, with nothing between: what the page reached over tells more than how
     * near its lines are, unless it was to be all there is. */
    if (x->width > 0)
        span = back ? s->to - reached : reached - s->from;
    learn_width(x, keep, span);
    add_batch(s, page, keep, reached);
    move_on(s, reached);
}

static void take_whole_page(struct slice *s, struct loki_page *page)
{
    int64_t reached = s->upto, span = reached - s->born;
    s->small_pages = 0;
    add_batch(s, page, loki_page_count(page), reached);
    learn_width(s->owner, s->lines, span < 0 ? -span : span);
    move_on(s, reached);
}

static void pump(struct loki_extract *x);

/* What lies before the slice is still given out. */
static void fail(struct slice *s, const struct err *err)
{
    struct loki_extract *x = s->owner;
    int64_t span = s->upto - (x->conf.backward ? s->to : s->from);
    if ((span < 0 ? -span : span) > loki_longest(x->loki))
        return; /* it is known by now how much can be asked for at once */
    x->failure = *err;
    s->asked_whole = true;
    while (s->next) {
        struct slice *later = s->next;
        s->next = later->next;
        x->slice_count--;
        x->asking -= later->fetch || later->crowd;
        free_slice(x, later);
    }
}

static void on_page(void *context, struct loki_page *page, bool full, const struct err *err)
{
    struct slice *s = context;
    struct loki_extract *x = s->owner;
    s->fetch = NULL;
    x->asking--;
    if (err->kind)
        fail(s, err);
    else if (full)
        take_full_page(s, page);
    else
        take_whole_page(s, page);
    pump(x);
}

static void on_crowd(void *context, struct loki_page *page, const struct err *err)
{
    struct slice *s = context;
    struct loki_extract *x = s->owner;
    s->crowd = NULL;
    x->asking--;
    if (err->kind) {
        fail(s, err);
    } else {
        int64_t time = loki_page_count(page) ? loki_page_time(page, 0)
                       : x->conf.backward    ? s->to - 1
                                             : s->from;
        int64_t reached = x->conf.backward ? time : time + 1;
        add_batch(s, page, loki_page_count(page), reached);
        move_on(s, reached);
    }
    pump(x);
}

static void send(struct loki_extract *x, struct slice *s)
{
    int64_t longest = loki_longest(x->loki), from = s->from, to = s->to;
    /* One line more than wanted, to know whether there are more. */
    int64_t wanted = x->conf.limit ? x->conf.limit - (int64_t)x->result.lines + 1 : 0;
    if (to - from > longest && x->conf.backward)
        from = to - longest;
    else if (to - from > longest)
        to = from + longest;
    if (s->narrow > from && x->conf.backward)
        from = s->narrow;
    else if (s->narrow && s->narrow < to)
        to = s->narrow;
    s->narrow = 0;
    s->upto = x->conf.backward ? from : to;
    s->bounded = wanted && wanted < loki_pager_limit(x->pager) && !s->small_pages;
    s->fetch = loki_pager_fetch(x->pager, NULL, from, to, s->bounded ? (int)wanted : 0, on_page, s);
}

static struct slice *cut_slice(struct loki_extract *x)
{
    struct slice *s = mem_alloc(sizeof *s), **link = &x->slices;
    int64_t left = x->conf.backward ? x->cursor - x->conf.from : x->conf.to - x->cursor;
    int64_t width = x->width > 0 && x->width < (double)left ? (int64_t)x->width : left;
    s->owner = x;
    s->tail = &s->batches;
    s->born = x->cursor;
    s->from = x->conf.backward ? x->cursor - width : x->cursor;
    s->to = s->from + width;
    x->cursor = x->conf.backward ? s->from : s->to;
    while (*link)
        link = &(*link)->next;
    *link = s;
    x->slice_count++;
    return s;
}

/* The first slice that has a request to send; NULL: a new one may have. */
static struct slice *next_slice(const struct loki_extract *x)
{
    struct slice *s = x->slices;
    while (s && (s->fetch || s->crowd || s->asked_whole || (s->sample && s != x->slices)))
        s = s->next;
    return s;
}

bool loki_extract_wants(const struct loki_extract *x, int64_t *time)
{
    const struct slice *s = next_slice(x);
    if (!s &&
        (x->slice_count >= x->conf.in_flight || is_all_sliced(x) || (x->slices && x->width <= 0)))
        return false;
    *time = !s ? x->cursor : x->conf.backward ? s->to : s->from;
    return true;
}

void loki_extract_ask(struct loki_extract *x)
{
    struct slice *s = next_slice(x);
    x->asking++;
    if (!s)
        s = cut_slice(x);
    if (!s->sample) {
        send(x, s);
        return;
    }
    struct loki_page *sample = s->sample;
    s->sample = NULL;
    s->crowd = loki_crowd_start(x->pager, loki_page_time(sample, 0), x->conf.backward,
                                loki_shuffles(x->loki), sample, on_crowd, s);
}

/* Whether more may be held: only the first slice may pass the bound, which alone makes room. */
static bool has_room(const struct loki_extract *x)
{
    return x->held < x->conf.max_held || (next_slice(x) == x->slices && !x->paused);
}

static bool has_head(struct loki_extract *x)
{
    struct line line;
    return head(x, &line) != NULL;
}

/* Gives out what can be, asks for what may be asked for, ends when there is nothing left. */
static void pump(struct loki_extract *x)
{
    int64_t time;
    x->busy = true;
    if (x->conf.line)
        give_out(x);
    else if (has_head(x) || x->slices || !is_all_sliced(x))
        x->conf.changed(x->conf.context);
    while (!x->dead && x->conf.line && has_room(x) && loki_extract_wants(x, &time))
        loki_extract_ask(x);
    if (!x->dead && !has_head(x) && !x->slices && is_all_sliced(x))
        end(x);
    x->busy = false;
    if (x->dead)
        free_extract(x);
}

static void on_soon(void *context)
{
    pump(context);
}

struct loki_extract *loki_extract_start(struct loki *l, const struct loki_extract_conf *conf)
{
    struct loki_extract *x = mem_alloc(sizeof *x);
    int retries = conf->retries < 0 ? 0 : conf->retries ? conf->retries : DEFAULT_RETRIES;
    x->loki = l;
    x->conf = *conf;
    x->query = mem_dup(conf->query);
    if (x->conf.in_flight < 1 || x->conf.in_flight > MOST_IN_FLIGHT)
        x->conf.in_flight = DEFAULT_IN_FLIGHT;
    if (conf->limit && conf->limit < loki_limit(l))
        x->conf.in_flight = 1;
    if (!x->conf.max_held)
        x->conf.max_held = DEFAULT_HELD;
    x->pager = loki_pager_new(l, &(struct loki_pager_conf){.query = x->query,
                                                           .backward = conf->backward,
                                                           .retries = retries,
                                                           .page_bytes = conf->page_bytes,
                                                           .line_bytes = conf->expect_bytes,
                                                           .slowest = conf->expect_slowest});
    x->cursor = x->result.reached = conf->backward ? conf->to : conf->from;
    if (conf->expect > 0)
        set_width(x, loki_pager_limit(x->pager) * FILL / conf->expect * (double)CLOCK_SECOND);
    x->soon = loop_timer_new(http_loop(loki_http(l)), on_soon, x);
    loop_timer_set(x->soon, 0);
    return x;
}

void loki_extract_pause(struct loki_extract *x, bool pause)
{
    x->paused = pause;
    if (!pause && !x->busy)
        loop_timer_set(x->soon, 0);
}

int64_t loki_extract_reached(const struct loki_extract *x)
{
    return x->result.reached;
}

int loki_extract_asking(const struct loki_extract *x)
{
    return x->asking;
}

size_t loki_extract_held(const struct loki_extract *x)
{
    return x->held;
}
