#include "cmd/window_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "triage/comparison.h"

enum {
    AT_ONCE = 4,
    DAYS = 96,
    GROUPS_MOST = 20000, /* a window of more is too large to be loaded beside the chosen one */
};
#define AGAIN (30 * CLOCK_SECOND)
#define DAY_KEEPS (10 * CLOCK_MINUTE)

struct want {
    char rule[RULE_NAME_MAX + 1];
    int64_t from;
};

struct known_day {
    struct want of;         /* from: 00:00 UTC */
    struct window_day *day; /* NULL: it failed */
    int64_t asked;          /* monotonic */
};

struct slot {
    struct window_history *owner;
    void *op;
    struct want of;
    bool is_day;
};

struct failure {
    struct want of;
    int64_t at; /* monotonic */
};

struct window_history {
    struct window_history_conf conf;
    struct want wants[WINDOW_HISTORY_WANTS];
    size_t want_count;
    struct known_day days[DAYS];
    size_t day_count;
    struct failure failures[WINDOW_HISTORY_WANTS];
    size_t failure_count;
    struct slot slots[AT_ONCE];
    struct loop_timer *pump;
    bool waits; /* to be pumped */
};

static bool is_same(const struct want *a, const struct want *b)
{
    return a->from == b->from && strcmp(a->rule, b->rule) == 0;
}

/* ---- what is known of a day ---- */

static struct known_day *day_of(struct window_history *h, const struct want *w)
{
    struct want of = *w;
    of.from = clock_align(w->from, CLOCK_DAY);
    for (size_t i = 0; i < h->day_count; i++)
        if (is_same(&h->days[i].of, &of))
            return &h->days[i];
    return NULL;
}

/* Replaces what was known; of too many the one that was asked longest ago goes. */
static void put_day(struct window_history *h, const struct want *of, struct window_day *yours)
{
    struct known_day *d = day_of(h, of);
    for (size_t i = 0; !d && h->day_count == DAYS && i < DAYS; i++)
        if (!d || h->days[i].asked < d->asked)
            d = &h->days[i];
    if (!d)
        d = &h->days[h->day_count++];
    window_day_free(d->day);
    *d = (struct known_day){*of, yours, clock_monotonic()};
}

/* A day that still grows is told by whoever shows it, or asked for again. */
static bool is_fresh(const struct known_day *d)
{
    int64_t age = clock_monotonic() - d->asked;
    bool over = d->of.from + CLOCK_DAY + CLOCK_HOUR < clock_now();
    return age < (!d->day || !over ? AGAIN : DAY_KEEPS);
}

static const struct window_entry *entry_of(const struct window_day *day, int64_t from)
{
    for (size_t i = 0; day && i < day->count; i++)
        if (day->list[i].from == from)
            return &day->list[i];
    return NULL;
}

/* ---- what failed ---- */

static bool failed_lately(const struct window_history *h, const struct want *w)
{
    for (size_t i = 0; i < h->failure_count; i++)
        if (is_same(&h->failures[i].of, w))
            return clock_monotonic() - h->failures[i].at < AGAIN;
    return false;
}

static void note_failure(struct window_history *h, const struct want *w)
{
    size_t at = 0;
    while (at < h->failure_count && !is_same(&h->failures[at].of, w))
        at++;
    if (at == WINDOW_HISTORY_WANTS)
        at = 0;
    h->failure_count += at == h->failure_count;
    h->failures[at] = (struct failure){*w, clock_monotonic()};
}

/* ---- loading ---- */

static struct slot *slot_of(struct window_history *h, const struct want *w, bool is_day)
{
    for (int i = 0; i < AT_ONCE; i++)
        if (h->slots[i].op && h->slots[i].is_day == is_day && is_same(&h->slots[i].of, w))
            return &h->slots[i];
    return NULL;
}

static struct slot *free_slot(struct window_history *h)
{
    for (int i = 0; i < AT_ONCE; i++)
        if (!h->slots[i].op)
            return &h->slots[i];
    return NULL;
}

static void pump_soon(struct window_history *h)
{
    h->waits = true;
    loop_timer_set(h->pump, 0);
}

static void came(struct slot *s)
{
    struct window_history *h = s->owner;
    s->op = NULL;
    pump_soon(h);
    h->conf.changed(h->conf.context);
}

static void on_day(void *context, struct window_day *yours, const struct err *err)
{
    struct slot *s = context;
    put_day(s->owner, &s->of, err->kind ? NULL : yours);
    came(s);
}

static void on_window(void *context, struct window *yours, const struct err *err)
{
    struct slot *s = context;
    struct window_history *h = s->owner;
    if (yours)
        pasts_put(h->conf.pasts, yours);
    else
        pasts_put_none(h->conf.pasts, s->of.rule, s->of.from,
                       err->kind == ERR_NOT_FOUND ? PAST_ABSENT : PAST_FAILED);
    if (!yours)
        note_failure(h, &s->of);
    window_free(yours);
    came(s);
}

static void ask(struct window_history *h, struct slot *s, const struct want *of, bool is_day)
{
    const struct window_source *source = &h->conf.source;
    *s = (struct slot){.owner = h, .of = *of, .is_day = is_day};
    if (is_day)
        s->op = source->ops->day(source->self, s->of.rule, s->of.from, s, on_day);
    else
        s->op = source->ops->window(source->self, s->of.rule, s->of.from, s, on_window);
}

/* Writes down what the index says by itself; true when the window has to be read. */
static bool has_to_be_read(struct window_history *h, const struct want *w,
                           const struct window_entry *e)
{
    const struct past *p = pasts_find(h->conf.pasts, w->rule, w->from);
    bool same =
        e && p && p->state == PAST_KNOWN && p->lines == e->lines && p->counted == e->counted;
    pasts_touch(h->conf.pasts, w->rule, w->from);
    if (same || failed_lately(h, w))
        return false;
    if (e && e->lines && e->groups <= GROUPS_MOST)
        return true;
    if (e && !e->lines)
        pasts_put_entry(h->conf.pasts, w->rule, e);
    else if (!p || p->state != (e ? PAST_FAILED : PAST_ABSENT))
        pasts_put_none(h->conf.pasts, w->rule, w->from, e ? PAST_FAILED : PAST_ABSENT);
    return false;
}

static void load(struct window_history *h, const struct want *w)
{
    struct want day = *w;
    const struct known_day *d = day_of(h, w);
    day.from = clock_align(w->from, CLOCK_DAY);
    if ((!d || !is_fresh(d)) && !slot_of(h, &day, true)) {
        ask(h, free_slot(h), &day, true);
        return;
    }
    bool known = d && d->day;
    if (known && has_to_be_read(h, w, entry_of(d->day, w->from)) && !slot_of(h, w, false))
        ask(h, free_slot(h), w, false);
}

static void pump(void *context)
{
    struct window_history *h = context;
    h->waits = false;
    for (size_t i = 0; i < h->want_count && free_slot(h); i++)
        load(h, &h->wants[i]);
    if (window_history_settled(h))
        h->conf.changed(h->conf.context);
}

/* ---- from outside ---- */

struct window_history *window_history_new(const struct window_history_conf *conf)
{
    struct window_history *h = mem_alloc(sizeof *h);
    h->conf = *conf;
    h->pump = loop_timer_new(conf->loop, pump, h);
    return h;
}

void window_history_free(struct window_history *h)
{
    if (!h)
        return;
    for (int i = 0; i < AT_ONCE; i++)
        h->conf.source.ops->cancel(h->slots[i].op);
    for (size_t i = 0; i < h->day_count; i++)
        window_day_free(h->days[i].day);
    loop_timer_free(h->pump);
    free(h);
}

/* The first wish of each, then the second …: all badges come before the first trend. */
void window_history_show(struct window_history *h, const struct window_history_want *list,
                         size_t count)
{
    h->want_count = 0;
    size_t most = h->conf.wants ? h->conf.wants : COMPARISON_WANTS;
    for (size_t k = 0; k < most; k++) {
        for (size_t i = 0; i < count && h->want_count < WINDOW_HISTORY_WANTS; i++) {
            int64_t from[COMPARISON_WANTS];
            struct want *w = &h->wants[h->want_count];
            if (k >= comparison_wants(list[i].from, list[i].width, from))
                continue;
            h->want_count++;
            w->from = from[k];
            str_copy(w->rule, sizeof w->rule, list[i].rule);
        }
    }
    pump_soon(h);
}

void window_history_day(struct window_history *h, const struct window_day *day)
{
    struct want of = {.from = day->day};
    struct window_day *copy = mem_alloc(sizeof *copy);
    str_copy(of.rule, sizeof of.rule, day->rule);
    copy->day = day->day;
    for (size_t i = 0; i < day->count; i++)
        window_day_put(copy, &day->list[i]);
    put_day(h, &of, copy);
    pump_soon(h);
}

bool window_history_settled(const struct window_history *h)
{
    for (int i = 0; i < AT_ONCE; i++)
        if (h->slots[i].op)
            return false;
    return !h->waits;
}
