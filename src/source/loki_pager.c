/*
 * A page that is too large for Loki's messages (4 MiB by default) is not simply refused: Loki tries
 * it again on its own, and answers 500 after 17 s, or breaks off without a word after 60 s
 * (measured on 3.4 with lines of 250 kB and of 1 kB). So the first page is a small one (ten lines
 * fit at Loki's default of 256 kB a line), the size of the lines seen says how many fit, and an
 * answer that takes much longer than those before is given up for a much smaller one.
 *
 * A line whose time is a whole millisecond and the last of its chunk is not found by a query that
 * starts at just that time (seen with 3.4 once the chunk was flushed: its index ends chunks
 * exclusively, in milliseconds). So such queries start one nanosecond earlier, and what they bring
 * from there is dropped.
 */
#include "source/loki_pager.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki_request.h"

enum {
    AIM_BYTES = 2 << 20,
    LONE_LINE_BYTES = 64 << 20,
    STATS_BYTES = 2600,
    FIRST_LIMIT = 10,
    GROWTH = 10,
    LARGE = 500, /* lines: such a page may be too large though nothing is known of it yet */
    SMALL = 16
};
enum { PATIENCE_MS = 5000, IMPATIENT = 2, BREAK_OFF_MS = 1000, MUCH_LESS = 32, LESS = 4 };

struct loki_pager {
    struct loki *loki;
    char *query;
    bool backward;
    int most, retries; /* most: lines of the next page, before their size is looked at */
    double line_bytes;
    int64_t slowest; /* ns that an answer took */
    uint32_t requests;
    struct loki_pager_fetch *fetches;
};

struct loki_pager_fetch {
    struct loki_pager_fetch *next;
    struct loki_pager *pager;
    struct loki_request *request;
    struct loop_timer *again, *patience;
    struct backoff backoff;
    int limit, tries, impatient;
    int64_t sent;        /* monotonic */
    double bytes_before; /* line_bytes before the first loss of patience */
    char *stages;
    int64_t from, to;
    bool lone;    /* a single line, with all the room that there is */
    bool shifted; /* asked from one ns earlier on */
    bool exact;   /* not to be shifted */
    void (*done)(void *context, struct loki_page *page, bool full, const struct err *err);
    void *context;
};

static void on_page(void *context, struct loki_page *page, const struct err *err);

static void send(struct loki_pager_fetch *f)
{
    struct loki_pager *p = f->pager;
    p->requests++;
    f->sent = clock_monotonic();
    f->shifted = !f->exact && f->from % CLOCK_MS == 0;
    f->request = loki_request_send(
        p->loki, &(struct loki_request_conf){.query = p->query,
                                             .stages = f->stages,
                                             .from = f->from - f->shifted,
                                             .to = f->to,
                                             .limit = f->limit,
                                             .backward = p->backward,
                                             .max_bytes = f->lone ? LONE_LINE_BYTES : 0,
                                             .context = f,
                                             .done = on_page});
    int64_t wait = 5 * p->slowest / CLOCK_MS;
    if (f->limit >= (p->slowest ? SMALL : LARGE) && f->impatient < IMPATIENT)
        loop_timer_set(f->patience, wait > PATIENCE_MS ? wait : PATIENCE_MS);
}

static void send_again(void *context)
{
    send(context);
}

static void free_fetch(struct loki_pager_fetch *f)
{
    struct loki_pager_fetch **link = &f->pager->fetches;
    while (*link != f)
        link = &(*link)->next;
    *link = f->next;
    loop_timer_free(f->again);
    loop_timer_free(f->patience);
    free(f->stages);
    free(f);
}

void loki_pager_cancel(struct loki_pager_fetch *f)
{
    if (!f)
        return;
    loki_request_cancel(f->request);
    free_fetch(f);
}

/* ---- how many lines ---- */

int loki_pager_limit(const struct loki_pager *p)
{
    int allowed = loki_limit(p->loki), limit = p->most < allowed ? p->most : allowed;
    if (p->line_bytes > 0 && limit * p->line_bytes > AIM_BYTES)
        limit = (int)(AIM_BYTES / p->line_bytes);
    return limit < 1 ? 1 : limit;
}

double loki_pager_line_bytes(const struct loki_pager *p)
{
    return p->line_bytes;
}

int64_t loki_pager_slowest(const struct loki_pager *p)
{
    return p->slowest;
}

/* Large lines count at once, small ones little by little. */
static void learn_size(struct loki_pager *p, const struct loki_page *page)
{
    size_t count = loki_page_count(page), size = loki_page_size(page);
    if (!count)
        return;
    double seen = size > STATS_BYTES ? (double)(size - STATS_BYTES) / (double)count : 1;
    p->line_bytes = seen > p->line_bytes ? seen : (p->line_bytes + seen) / 2;
    if (2 * count >= (size_t)p->most)
        p->most = p->most < loki_limit(p->loki) ? p->most * GROWTH : p->most;
}

/* Asks for fewer lines, by a factor at least. False when it was one line already. */
static bool shrink(struct loki_pager_fetch *f, int factor)
{
    struct loki_pager *p = f->pager;
    int allowed = loki_limit(p->loki), less = f->limit / factor;
    if (f->limit == 1)
        return false;
    if (f->limit > allowed)
        less = allowed;
    f->limit = less > 1 ? less : f->limit > 2 ? 2 : 1;
    if (f->limit < allowed && p->line_bytes * f->limit < AIM_BYTES)
        p->line_bytes = (double)AIM_BYTES / f->limit; /* as if that had been seen */
    return true;
}

static void lose_patience(void *context)
{
    struct loki_pager_fetch *f = context;
    loki_request_cancel(f->request);
    f->request = NULL;
    if (!f->impatient++)
        f->bytes_before = f->pager->line_bytes;
    shrink(f, MUCH_LESS);
    send(f);
}

/* Whether the fetch goes on in spite of the error. */
static bool goes_on(struct loki_pager_fetch *f, const struct err *err, int64_t took)
{
    if (err->kind == ERR_LIMIT) {
        if (!shrink(f, err->http ? MUCH_LESS : LESS) && f->lone)
            return false;
        f->lone = f->limit == 1;
        send(f);
        return true;
    }
    if (!err_is_transient(err))
        return false;
    if (!err->http && took > BREAK_OFF_MS * CLOCK_MS) /* it may be that the page is too large */
        shrink(f, MUCH_LESS);
    if (f->tries >= f->pager->retries || !loki_upstream(f->pager->loki)->data)
        return false;
    loop_timer_set(f->again, f->tries++ ? backoff_next(&f->backoff, err) : 0);
    return true;
}

/* Takes the line before `from` out again. False when the page holds nothing else and is to be asked
 * for without the shift. */
static bool unshift(struct loki_pager_fetch *f, struct loki_page *page, bool *full)
{
    size_t dropped = f->shifted ? loki_page_drop_before(page, f->from) : 0;
    *full = loki_page_count(page) + dropped >= (size_t)f->limit;
    if (!dropped)
        return true;
    if (f->pager->backward)
        *full = false; /* it reaches beyond the span's begin */
    return !*full || loki_page_count(page);
}

static void on_page(void *context, struct loki_page *page, const struct err *err)
{
    struct loki_pager_fetch *f = context;
    bool full = false;
    int64_t took = clock_monotonic() - f->sent;
    f->request = NULL;
    loop_timer_stop(f->patience);
    if (err->kind && goes_on(f, err, took))
        return;
    if (page) {
        /* It was not the size: the small page took as long. */
        if (f->impatient && took > PATIENCE_MS / 2 * CLOCK_MS)
            f->pager->line_bytes = f->bytes_before;
        learn_size(f->pager, page);
        f->pager->slowest = took > f->pager->slowest ? took : f->pager->slowest;
        if (!unshift(f, page, &full)) {
            loki_page_free(page);
            f->exact = true;
            send(f);
            return;
        }
    }
    void (*done)(void *, struct loki_page *, bool, const struct err *) = f->done;
    void *owner = f->context;
    free_fetch(f);
    done(owner, page, full, err);
}

struct loki_pager_fetch *loki_pager_fetch(struct loki_pager *p, const char *stages, int64_t from,
                                          int64_t to, int at_most,
                                          void (*done)(void *context, struct loki_page *page,
                                                       bool full, const struct err *err),
                                          void *context)
{
    struct loki_pager_fetch *f = mem_alloc(sizeof *f);
    *f = (struct loki_pager_fetch){.next = p->fetches,
                                   .pager = p,
                                   .limit = loki_pager_limit(p),
                                   .from = from,
                                   .to = to,
                                   .done = done,
                                   .context = context};
    if (at_most && at_most < f->limit)
        f->limit = at_most;
    /* One line of a nanosecond could not say whether there are more. */
    if (to - from == 1 && f->limit == 1 && loki_limit(p->loki) > 1)
        f->limit = 2;
    f->stages = mem_dup(stages);
    f->again = loop_timer_new(http_loop(loki_http(p->loki)), send_again, f);
    f->patience = loop_timer_new(http_loop(loki_http(p->loki)), lose_patience, f);
    p->fetches = f;
    send(f);
    return f;
}

struct loki_pager *loki_pager_new(struct loki *l, const char *query, bool backward, int retries,
                                  double line_bytes, int64_t slowest)
{
    struct loki_pager *p = mem_alloc(sizeof *p);
    *p = (struct loki_pager){.loki = l,
                             .query = mem_dup(query),
                             .backward = backward,
                             .retries = retries,
                             .line_bytes = line_bytes,
                             .slowest = slowest};
    p->most = line_bytes > 0 ? loki_limit(l) : FIRST_LIMIT;
    return p;
}

void loki_pager_free(struct loki_pager *p)
{
    if (!p)
        return;
    while (p->fetches)
        loki_pager_cancel(p->fetches);
    free(p->query);
    free(p);
}

uint32_t loki_pager_requests(const struct loki_pager *p)
{
    return p->requests;
}
