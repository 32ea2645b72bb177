/* The keys say what is stored, the days' indexes what was in it: both are read, since a collector
 * may have been killed between writing a window and its index. */
#include "collect/due.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/window_store.h"

struct due {
    struct due_conf conf;
    size_t rule; /* being looked at */
    struct window_store_op *op;
    int64_t *starts; /* of the stored windows of the rule */
    size_t start_count;
    struct due_window *list;
    size_t count, cap;
};

void due_free(struct due *d)
{
    if (!d)
        return;
    window_store_cancel(d->op);
    free(d->starts);
    free(d->list);
    free(d);
}

static int by_time(const void *a, const void *b)
{
    const struct due_window *x = a, *y = b;
    if ((x->kind == DUE_CHECK) != (y->kind == DUE_CHECK))
        return x->kind == DUE_CHECK ? 1 : -1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static void end(struct due *d, const struct err *err)
{
    if (d->count)
        qsort(d->list, d->count, sizeof *d->list, by_time);
    d->conf.done(d->conf.context, d->list, d->count, err);
    due_free(d);
}

static void add(struct due *d, int64_t from, const struct window_entry *e, enum due_kind kind)
{
    mem_grow(&d->list, &d->cap, d->count + 1, sizeof *d->list);
    d->list[d->count++] = (struct due_window){.rule = d->rule,
                                              .from = from,
                                              .to = from + d->conf.width,
                                              .counted = e ? e->counted : 0,
                                              .lines = e ? e->lines : 0,
                                              .young = from + d->conf.width > d->conf.recount_from,
                                              .proved = e && (e->complete || e->truncated),
                                              .kind = kind};
}

static const struct window_entry *entry_at(const struct window_entry *list, size_t count,
                                           int64_t from)
{
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].from == from)
            return &list[middle];
        if (list[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_stored(const struct due *d, int64_t from)
{
    for (size_t low = 0, high = d->start_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (d->starts[middle] == from)
            return true;
        if (d->starts[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void next_rule(struct due *d);

static int64_t first_window(const struct due *d)
{
    return clock_align(d->conf.from + d->conf.width - 1, d->conf.width);
}

static void look(struct due *d, int64_t from, const struct window_entry *e, bool newer)
{
    if (!is_stored(d, from)) {
        if (from >= d->conf.missing_from)
            add(d, from, NULL, DUE_EXTRACT);
    } else if (!e) {
        if (!newer)
            add(d, from, NULL, DUE_REINDEX);
    } else if (from + d->conf.width > d->conf.recount_from || (!e->complete && !e->truncated)) {
        add(d, from, e, DUE_RECOUNT);
    }
    if (e && d->conf.check_from && from >= d->conf.check_from && is_stored(d, from))
        add(d, from, e, DUE_CHECK);
}

bool due_is_worth(const struct due_window *w, uint64_t counted)
{
    if (w->proved)
        return counted > w->counted;
    /* Not proved: it may be now, or there is more; the same difference again is Loki's own (lines
     * pushed twice). */
    return counted == w->lines || counted > w->counted || (w->young && counted > w->lines);
}

static void on_entries(void *context, const struct window_entry *list, size_t count, size_t failed,
                       const struct err *err)
{
    struct due *d = context;
    d->op = NULL;
    /* A day whose index a newer collector writes: what it holds is not known, so nothing of it is
     * counted again. */
    if (failed && err->kind && !window_store_is_newer(err)) {
        end(d, err);
        return;
    }
    for (int64_t from = first_window(d); from + d->conf.width <= d->conf.to; from += d->conf.width)
        look(d, from, entry_at(list, count, from), failed > 0);
    d->rule++;
    next_rule(d);
}

static void take_raw(struct due *d)
{
    for (int64_t from = first_window(d); from + d->conf.width <= d->conf.to; from += d->conf.width)
        if (is_stored(d, from))
            add(d, from, NULL, DUE_EXTRACT);
    d->rule++;
    next_rule(d);
}

static void on_starts(void *context, const int64_t *starts, size_t count, const struct err *err)
{
    struct due *d = context;
    d->op = NULL;
    if (err->kind) {
        end(d, err);
        return;
    }
    d->starts = mem_resize(d->starts, count, sizeof *d->starts);
    for (size_t i = 0; i < count; i++)
        d->starts[i] = starts[i];
    d->start_count = count;
    if (d->conf.raw) {
        take_raw(d);
        return;
    }
    d->op = window_store_day_mend(d->conf.store, d->conf.rules[d->rule].name, d->conf.from,
                                  d->conf.to, d, on_entries);
}

static void next_rule(struct due *d)
{
    struct err none = {0};
    if (d->rule == d->conf.rule_count) {
        end(d, &none);
        return;
    }
    d->op = window_store_list_windows(d->conf.store, d->conf.raw, d->conf.rules[d->rule].name,
                                      d->conf.from, d->conf.to, d, on_starts);
}

struct due *due_start(const struct due_conf *conf)
{
    struct due *d = mem_alloc(sizeof *d);
    d->conf = *conf;
    next_rule(d);
    return d;
}
