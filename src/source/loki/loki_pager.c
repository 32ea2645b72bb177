/*
 * A page that is too large for Loki's messages (4 MiB by default) is not simply refused: Loki tries
 * it again on its own, and answers 500 after 17 s, or breaks off without a word after 60 s
 * (measured on 3.4 with lines of 250 kB and of 1 kB). So the first page is a small one (ten lines
 * fit at Loki's default of 256 kB a line), and the size of the lines seen says how many fit. An
 * answer that takes much longer than those before is given up, and Loki is asked how large the lines
 * ahead are (loki_sizes.h); where it cannot tell, a much smaller page is tried.
 *
 * A line whose time is a whole millisecond and the last of its chunk is not found by a query that
 * starts at just that time (seen with 3.4 once the chunk was flushed: its index ends chunks
 * exclusively, in milliseconds). So such queries start one nanosecond earlier, and what they bring
 * from there is dropped.
 */
#include "source/loki/loki_pager.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki/loki_request.h"
#include "source/loki/loki_sizes.h"

enum {
    AIM_BYTES = 2 << 20,
    LONE_LINE_BYTES = 64 << 20,
    STATS_BYTES = 2600,
    FIRST_LIMIT = 10,
    GROWTH = 10,
    LARGE = 500, /* lines: such a page may be too large though nothing is known of it yet */
    SMALL = 16,
    SIZES =
        4 /* spans whose lines' sizes are remembered: one for each fetch at a time, and one more */
};
/* A DAY: Loki asks itself for each hour of a span apart, which took 80 ms a day without any line. */
enum {
    PATIENCE_A_DAY_MS = 250,
    PATIENCE_MS = 1500,
    IMPATIENT = 2,
    BREAK_OFF_MS = 1000,
    MUCH_LESS = 32,
    LESS = 4
};

struct loki_pager {
    struct loki *loki;
    char *query;
    bool backward;
    int most, retries; /* most: lines of the next page, before their size is looked at */
    size_t aim;        /* bytes of a page */
    double line_bytes;
    int64_t slowest; /* ns that an answer took */
    uint32_t requests;
    struct loki_sizes *sizes[SIZES]; /* a ring, the oldest at next_sizes */
    size_t next_sizes;
    bool no_sizes; /* the server does not tell them */
    bool apart;    /* the last page had lines of one nanosecond that are better asked for apart */
    struct loki_pager_fetch *fetches;
};

struct loki_pager_fetch {
    struct loki_pager_fetch *next;
    struct loki_pager *pager;
    struct loki_request *request;
    struct loki_sizes *asking;
    struct loop_timer *again, *patience;
    struct backoff backoff;
    int limit, tries, impatient;
    int64_t sent;        /* monotonic */
    double bytes_before; /* line_bytes before the first loss of patience */
    char *stages;
    int64_t from, to;
    bool sized;   /* what is known of the sizes has been heeded */
    bool lone;    /* a single line, with all the room that there is */
    bool shifted; /* asked from one ns earlier on */
    bool exact;   /* not to be shifted */
    bool apart;   /* asked for with each nanosecond apart */
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
        p->loki,
        &(struct loki_request_conf){.query = p->query,
                                    .stages = f->stages,
                                    .from = f->from - f->shifted,
                                    .to = f->to,
                                    .limit = f->limit,
                                    .backward = p->backward,
                                    .apart = f->apart,
                                    .max_bytes = f->lone ? LONE_LINE_BYTES : p->aim + p->aim / 2,
                                    .context = f,
                                    .done = on_page});
    int64_t wait = 5 * p->slowest / CLOCK_MS;
    wait += (f->to - f->from) / CLOCK_DAY * PATIENCE_A_DAY_MS;
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
    loki_sizes_free(f->asking);
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
    if (p->line_bytes > 0 && limit * p->line_bytes > (double)p->aim)
        limit = (int)((double)p->aim / p->line_bytes);
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
    if (f->limit < allowed && p->line_bytes * f->limit < (double)p->aim)
        p->line_bytes = (double)p->aim / f->limit; /* as if that had been seen */
    return true;
}

static void remember_sizes(struct loki_pager *p, struct loki_sizes *s)
{
    loki_sizes_free(p->sizes[p->next_sizes]);
    p->sizes[p->next_sizes] = s;
    p->next_sizes = (p->next_sizes + 1) % SIZES;
}

/* Lines of the fetch that fit into a page by the sizes that are known; 0: they are not. */
static int known_fit(const struct loki_pager *p, const struct loki_pager_fetch *f)
{
    int fit = 0, allowed = loki_limit(p->loki);
    for (size_t i = 0; i < SIZES && !fit; i++)
        if (p->sizes[i])
            fit = loki_sizes_fit(p->sizes[i], f->from, f->to, p->aim);
    return fit < allowed ? fit : allowed;
}

static void on_sizes(void *context, bool known)
{
    struct loki_pager_fetch *f = context;
    struct loki_pager *p = f->pager;
    int64_t took = clock_monotonic() - f->sent;
    int limit = f->limit, fit;
    if (known) {
        remember_sizes(p, f->asking);
        p->slowest = took > p->slowest ? took : p->slowest;
    } else {
        loki_sizes_free(f->asking);
        p->no_sizes = true;
    }
    f->asking = NULL;
    fit = known ? known_fit(p, f) : 0;
    if (!fit)
        shrink(f, MUCH_LESS);
    else if (fit < limit)
        f->limit = fit;
    else
        f->impatient = IMPATIENT; /* it was not the size */
    send(f);
}

/* Asks for fewer lines, by a factor at least unless their sizes can be known. False when it was one
 * line already. */
static bool ask_less(struct loki_pager_fetch *f, int factor)
{
    struct loki_pager *p = f->pager;
    if (f->limit > 1 && f->limit <= loki_limit(p->loki) && !f->stages && !f->sized &&
        !p->no_sizes) {
        f->sized = true;
        f->sent = clock_monotonic();
        p->requests++;
        f->asking = loki_sizes_ask(p->loki, p->query, f->from, f->to, p->backward, on_sizes, f);
        return true;
    }
    if (!shrink(f, factor) && f->lone)
        return false;
    f->lone = f->limit == 1;
    send(f);
    return true;
}

static void lose_patience(void *context)
{
    struct loki_pager_fetch *f = context;
    loki_request_cancel(f->request);
    f->request = NULL;
    if (!f->impatient++)
        f->bytes_before = f->pager->line_bytes;
    ask_less(f, MUCH_LESS);
}

/* Whether the fetch goes on in spite of the error. */
static bool goes_on(struct loki_pager_fetch *f, const struct err *err, int64_t took)
{
    if (err->kind == ERR_LIMIT)
        return ask_less(f, err->http ? MUCH_LESS : LESS);
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

/* Whether the page is to be asked for anew, for the order in which a stream's lines of one nanosecond
 * were pushed. */
static bool part_moments(struct loki_pager_fetch *f, struct loki_page *page, const struct err *err)
{
    struct loki_pager *p = f->pager;
    if (f->apart && err->kind == ERR_REFUSED) {
        loki_learn_no_moments(p->loki);
        f->apart = false;
        return true;
    }
    if (f->stages || !page || !loki_knows_moments(p->loki))
        return false;
    enum loki_page_ties ties = loki_page_ties(page);
    p->apart = ties != LOKI_PAGE_TIES_NONE;
    if (ties != LOKI_PAGE_TIES_SHUFFLED || f->apart)
        return false;
    f->apart = true;
    return true;
}

static void on_page(void *context, struct loki_page *page, const struct err *err)
{
    struct loki_pager_fetch *f = context;
    bool full = false;
    int64_t took = clock_monotonic() - f->sent;
    f->request = NULL;
    loop_timer_stop(f->patience);
    if (part_moments(f, page, err)) {
        loki_page_free(page);
        send(f);
        return;
    }
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
    int fit = stages ? 0 : known_fit(p, f);
    if (fit)
        f->limit = fit;
    f->sized = fit > 0;
    if (at_most && at_most < f->limit)
        f->limit = at_most;
    /* One line of a nanosecond could not say whether there are more. */
    if (to - from == 1 && f->limit == 1 && loki_limit(p->loki) > 1)
        f->limit = 2;
    f->apart = p->apart && !stages && loki_knows_moments(p->loki);
    f->stages = mem_dup(stages);
    f->again = loop_timer_new(http_loop(loki_http(p->loki)), send_again, f);
    f->patience = loop_timer_new(http_loop(loki_http(p->loki)), lose_patience, f);
    p->fetches = f;
    send(f);
    return f;
}

struct loki_pager *loki_pager_new(struct loki *l, const struct loki_pager_conf *conf)
{
    struct loki_pager *p = mem_alloc(sizeof *p);
    *p = (struct loki_pager){.loki = l,
                             .query = mem_dup(conf->query),
                             .backward = conf->backward,
                             .retries = conf->retries,
                             .aim = conf->page_bytes ? conf->page_bytes : AIM_BYTES,
                             .line_bytes = conf->line_bytes,
                             .slowest = conf->slowest};
    p->most = conf->line_bytes > 0 ? loki_limit(l) : FIRST_LIMIT;
    return p;
}

void loki_pager_free(struct loki_pager *p)
{
    if (!p)
        return;
    while (p->fetches)
        loki_pager_cancel(p->fetches);
    for (size_t i = 0; i < SIZES; i++)
        loki_sizes_free(p->sizes[i]);
    free(p->query);
    free(p);
}

uint32_t loki_pager_requests(const struct loki_pager *p)
{
    return p->requests;
}
