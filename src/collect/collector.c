/*
 * A round: Loki is asked whether it is there, which also tells its clock, as no window may be done
 * before it is over; the catalogue is read, the store is asked what is due, each due window is
 * done, one at a time (their order decides which window sees a message first, so it is always the
 * same). A source that is away ends the round; the next one begins where it stopped, since what is
 * due is read from the store each time. A window that fails again and again while Loki answers
 * would hold up all others: after a while it is passed over.
 */
#include "collect/collector.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/due.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "source/loki/loki_proof.h"
#include "store/window_store.h"

enum { STUCK_MAX = 32, ONCE_TRIES = 3, QUERY_ROOM = 64 << 10 };

/* How often stored windows are looked at whether they still read, and how far back: what a store
 * broke is noticed while Loki still has the lines. */
#define CHECK_EACH CLOCK_DAY
#define CHECK_SPAN (CLOCK_DAY + CLOCK_HOUR)

struct stuck {
    size_t rule;
    int64_t from, since; /* since: monotonic */
    int times;
};

struct collector {
    struct collector_conf conf;
    struct loop_timer *timer;
    struct backoff backoff;
    struct catalogue *catalogue; /* over rounds: what another writer overwrote heals */
    struct due *due;
    struct due_window *list;
    size_t count, at;
    struct window_job *job;
    struct loki_call *greeting; /* is Loki there? */
    struct loki_proof *recount;
    struct window_store_op *op;
    int64_t closed;  /* windows that end by then were over when the round began */
    int64_t checked; /* monotonic: when all windows were looked at last; 0: never */
    bool checking;   /* in this round */
    bool rebuilt;    /* it was lost, and is still to be written */
    struct collector_round round;
    int tries; /* rounds broken off, of `once` */
    struct stuck stuck[STUCK_MAX];
    size_t stuck_count;
};

static void forget_round(struct collector *c)
{
    due_free(c->due);
    window_job_free(c->job);
    loki_cancel(c->greeting);
    loki_proof_free(c->recount);
    window_store_cancel(c->op);
    free(c->list);
    c->due = NULL;
    c->job = NULL;
    c->greeting = NULL;
    c->recount = NULL;
    c->op = NULL;
    c->list = NULL;
    c->count = c->at = 0;
}

void collector_free(struct collector *c)
{
    if (!c)
        return;
    forget_round(c);
    catalogue_free(c->catalogue);
    loop_timer_free(c->timer);
    free(c);
}

/* The server's clock, as the lines have their times from there. */
static int64_t now_of(const struct collector *c)
{
    return c->conf.loki ? loki_now(c->conf.loki) : clock_now();
}

/* Until the first window may be read that the round saw open: at once, when that closed meanwhile.
 */
static int64_t until_next(const struct collector *c)
{
    int64_t width = c->conf.width, next = clock_align(c->closed, width) + width + c->conf.grace;
    int64_t wait = next - now_of(c);
    return wait < 0 ? 0 : (wait < width ? wait : width) / CLOCK_MS + 1;
}

static void end_round(struct collector *c, const struct err *err)
{
    struct collector_round round = c->round;
    forget_round(c);
    if (c->conf.once && err_is_transient(err) && ++c->tries < ONCE_TRIES) {
        log_err(LOG_WARN, "round broke off and is tried again", err);
        loop_timer_set(c->timer, backoff_next(&c->backoff, err));
        return;
    }
    if (!c->conf.once) {
        if (err->kind) {
            loop_timer_set(c->timer, backoff_next(&c->backoff, err));
        } else {
            backoff_reset(&c->backoff);
            loop_timer_set(c->timer, until_next(c));
        }
    }
    if (c->conf.round_done)
        c->conf.round_done(c->conf.context, &round, err);
}

static void next_window(struct collector *c);

static const struct due_window *current(const struct collector *c)
{
    return &c->list[c->at];
}

static const struct rule *current_rule(const struct collector *c)
{
    return &c->conf.rules[current(c)->rule];
}

/* Whether the rest of the round makes sense: one rule that Loki refuses says nothing of the others.
 */
static bool ends_round(const struct err *err)
{
    return err->kind && err->kind != ERR_REFUSED && err->kind != ERR_LIMIT &&
           err->kind != ERR_USAGE;
}

static void tell(struct collector *c, enum window_job_result result, const struct window *w,
                 const struct err *err)
{
    c->round.stored += result == WINDOW_JOB_STORED;
    c->round.kept += result == WINDOW_JOB_KEPT;
    c->round.failed += result == WINDOW_JOB_FAILED;
    c->round.incomplete += result == WINDOW_JOB_STORED && w && !w->complete && !w->truncated;
    c->round.lines += result == WINDOW_JOB_STORED && w ? w->lines : 0;
    if (c->conf.window_done)
        c->conf.window_done(c->conf.context, current_rule(c), current(c)->from, result, w, err);
}

static struct stuck *find_stuck(struct collector *c)
{
    for (size_t i = 0; i < c->stuck_count; i++)
        if (c->stuck[i].rule == current(c)->rule && c->stuck[i].from == current(c)->from)
            return &c->stuck[i];
    return NULL;
}

/* Whether the window broke rounds off so often that the others should not wait for it. */
static bool is_stuck(struct collector *c)
{
    struct stuck *s = find_stuck(c);
    if (!s && c->stuck_count == STUCK_MAX)
        return false;
    if (!s) {
        s = &c->stuck[c->stuck_count++];
        *s = (struct stuck){current(c)->rule, current(c)->from, clock_monotonic(), 0};
    }
    s->times++;
    return s->times >= COLLECTOR_STUCK_TIMES &&
           clock_monotonic() - s->since >= COLLECTOR_STUCK_SPAN;
}

static void forget_stuck(struct collector *c)
{
    struct stuck *s = find_stuck(c);
    if (s)
        *s = c->stuck[--c->stuck_count];
}

static void go_on(struct collector *c, const struct err *err)
{
    if (ends_round(err) && (c->conf.once || !is_stuck(c))) {
        end_round(c, err);
        return;
    }
    if (!err->kind)
        forget_stuck(c);
    c->at++;
    next_window(c);
}

static void on_job(void *context, enum window_job_result result, const struct window *w,
                   const struct err *err)
{
    struct collector *c = context;
    c->job = NULL;
    tell(c, result, w, err);
    go_on(c, err);
}

static int64_t reach_of(const struct collector *c)
{
    return c->conf.grace < EXTRACTION_REACH ? c->conf.grace : EXTRACTION_REACH;
}

static void extract(struct collector *c)
{
    const struct collector_conf *conf = &c->conf;
    struct window_job_conf job = {.extraction = {.loki = conf->loki,
                                                 .cluster = conf->cluster,
                                                 .rule = current_rule(c),
                                                 .labels = conf->labels,
                                                 .from = current(c)->from,
                                                 .to = current(c)->to,
                                                 .reach = reach_of(c),
                                                 .redactor = conf->redactor},
                                  .loop = conf->loop,
                                  .reprocess = conf->reprocess,
                                  .store = conf->store,
                                  .catalogue = c->catalogue,
                                  .force = conf->force,
                                  .expected = current(c)->kind == DUE_CHECK ? current(c)->lines : 0,
                                  .context = c,
                                  .done = on_job};
    c->job = window_job_start(&job);
}

static void on_recount(void *context, uint64_t counted, uint64_t again, const struct err *err)
{
    struct collector *c = context;
    (void)again;
    c->recount = NULL;
    if (err->kind && counted <= current(c)->counted) {
        tell(c, WINDOW_JOB_FAILED, NULL, err);
        go_on(c, err);
    } else if (due_is_worth(current(c), counted)) {
        extract(c);
    } else {
        go_on(c, err);
    }
}

static void recount(struct collector *c)
{
    struct buf query;
    buf_init(&query, QUERY_ROOM);
    rule_counted(current_rule(c), c->conf.labels, &query);
    c->recount = loki_proof_start(c->conf.loki, buf_text(&query), current(c)->from, current(c)->to,
                                  current(c)->counted, on_recount, c);
    buf_free(&query);
}

static void on_reindexed(void *context, const struct err *err)
{
    struct collector *c = context;
    struct err none = {0};
    c->op = NULL;
    go_on(c, window_store_is_newer(err) ? &none : err);
}

static void warn_of_broken(const struct collector *c, const struct err *err)
{
    char line[1024], from[CLOCK_TEXT];
    clock_rfc3339(current(c)->from, false, from);
    log_event(LOG_WARN, "a stored window does not read and is made again", "rule",
              current_rule(c)->name, "from", from, "error", err_line(err, line, sizeof line), NULL);
}

/* One whose index entry lacks, or that was to be checked. */
static void on_loaded(void *context, struct window *w, const struct err *err)
{
    struct collector *c = context;
    struct err none = {0};
    c->op = NULL;
    if (w && current(c)->kind == DUE_CHECK && w->lines == current(c)->lines)
        go_on(c, &none);
    else if (w)
        c->op = window_store_day_index(c->conf.store, w, c, on_reindexed);
    else if (window_store_is_newer(err))
        go_on(c, &none); /* its collector sees to the index */
    else if (err->kind == ERR_PROTOCOL || err->kind == ERR_NOT_FOUND) {
        warn_of_broken(c, err);
        extract(c);
    } else
        go_on(c, err);
    window_free(w);
}

static void on_checked(void *context, const struct err *err)
{
    struct collector *c = context;
    c->op = NULL;
    c->rebuilt &= err->kind != ERR_NONE;
    end_round(c, err);
}

/* Another that writes too (collect --from beside a running one) may have put an older catalogue
 * over ours meanwhile: it is read again, and written only when something lacks. */
static void end_windows(struct collector *c)
{
    struct err none = {0};
    if (c->checking)
        c->checked = clock_monotonic();
    if (c->round.stored || c->rebuilt)
        c->op = window_store_groups_merge(c->conf.store, c->catalogue, c, on_checked);
    else
        end_round(c, &none);
}

static void next_window(struct collector *c)
{
    if (c->at == c->count) {
        end_windows(c);
        return;
    }
    switch (current(c)->kind) {
    case DUE_EXTRACT:
        extract(c);
        break;
    case DUE_RECOUNT:
        recount(c);
        break;
    case DUE_REINDEX:
    case DUE_CHECK:
        c->op =
            window_store_load(c->conf.store, current_rule(c)->name, current(c)->from, c, on_loaded);
        break;
    }
}

static void on_due(void *context, const struct due_window *list, size_t count,
                   const struct err *err)
{
    struct collector *c = context;
    c->due = NULL;
    if (err->kind) {
        end_round(c, err);
        return;
    }
    c->list = mem_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        c->list[i] = list[i];
        if (c->conf.again_to || c->conf.reprocess)
            c->list[i].kind = DUE_EXTRACT;
    }
    c->count = count;
    next_window(c);
}

static void ask_due(struct collector *c)
{
    const struct collector_conf *conf = &c->conf;
    int64_t now = now_of(c), closed = now - conf->grace;
    c->closed = closed;
    struct due_conf due = {.store = conf->store,
                           .rules = conf->rules,
                           .rule_count = conf->rule_count,
                           .width = conf->width,
                           .context = c,
                           .done = on_due};
    if (conf->again_to || conf->reprocess) {
        due.from = conf->again_from;
        due.to = conf->again_to && conf->again_to < now ? conf->again_to : now;
        due.raw = conf->reprocess;
        due.missing_from = due.from;
    } else {
        /* The window that closed last is due however short the time to catch up is. */
        int64_t last = clock_align(closed, conf->width) - conf->width;
        int64_t missing = now - conf->catch_up;
        due.to = closed;
        due.recount_from = closed - DUE_RECOUNT_SPAN;
        due.missing_from = missing < last ? missing : last;
        int64_t young = due.recount_from - conf->width;
        due.from = due.missing_from < young ? due.missing_from : young;
        c->checking = !c->checked || clock_monotonic() - c->checked >= CHECK_EACH;
        if (c->checking)
            due.check_from = now - CHECK_SPAN > due.from ? now - CHECK_SPAN : due.from;
    }
    c->due = due_start(&due);
}

static void on_catalogue(void *context, struct catalogue *yours, bool rebuilt,
                         const struct err *err)
{
    struct collector *c = context;
    c->op = NULL;
    if (err->kind) {
        end_round(c, err);
        return;
    }
    if (rebuilt && yours->count)
        log_event(LOG_WARN,
                  "the catalogue of groups was missing or broken: made again from the windows",
                  "cluster", c->conf.cluster, NULL);
    if (c->catalogue)
        catalogue_merge(yours, c->catalogue);
    catalogue_free(c->catalogue);
    c->catalogue = yours;
    c->rebuilt |= rebuilt && yours->count;
    ask_due(c);
}

static void load_catalogue(struct collector *c)
{
    c->op = window_store_groups_load(c->conf.store, c, on_catalogue);
}

static void on_there(void *context, uint64_t counted, const struct err *err)
{
    struct collector *c = context;
    (void)counted;
    c->greeting = NULL;
    if (ends_round(err))
        end_round(c, err);
    else
        load_catalogue(c);
}

/* One second that is over: Loki says no more of it than that it is there, and what time it is. */
static void ask_loki(struct collector *c)
{
    struct buf query;
    int64_t second = clock_align(now_of(c), CLOCK_SECOND) - CLOCK_SECOND;
    buf_init(&query, QUERY_ROOM);
    rule_counted(&c->conf.rules[0], c->conf.labels, &query);
    c->greeting =
        loki_count(c->conf.loki, buf_text(&query), second, second + CLOCK_SECOND, on_there, c);
    buf_free(&query);
}

static void start_round(void *context)
{
    struct collector *c = context;
    if (!c->tries)
        c->round = (struct collector_round){0};
    if (c->conf.reprocess)
        load_catalogue(c);
    else
        ask_loki(c);
}

struct collector *collector_start(const struct collector_conf *conf)
{
    struct collector *c = mem_alloc(sizeof *c);
    c->conf = *conf;
    c->timer = loop_timer_new(conf->loop, start_round, c);
    loop_timer_set(c->timer, 0);
    return c;
}
