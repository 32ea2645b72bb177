/*
 * A day's index is a copy of what its windows say. A reader takes it as it is, one GET, and makes
 * it again when it is not there or broken; a writer compares it with the day's keys each time, so
 * that whatever a killed writer left out heals at the next window.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/window_op.h"

enum { DAYS_AT_ONCE = 8 };

/* What both operations on one day have. */
struct day_op {
    struct window_store_op op; /* first */
    char *rule;
    int64_t day;
    struct store_op *io;
    struct window_listing *listing;
    struct window_reader *reader;
    struct window_day *index;
    char key[WINDOW_KEY_SIZE];
    bool writing;              /* else only read */
    bool mending, rebuilt;     /* reading: what was made again is written */
    struct window_entry entry; /* writing: to put in */
    void (*loaded)(void *context, struct window_day *yours, const struct err *err);
    void (*written)(void *context, const struct err *err);
};

static void stop_day(struct window_store_op *op)
{
    struct day_op *d = (struct day_op *)op;
    store_cancel(d->io);
    window_listing_cancel(d->listing);
    window_reader_cancel(d->reader);
    window_day_free(d->index);
    free(d->rule);
}

static void finish(struct day_op *d, const struct err *err)
{
    struct day_op copy = *d;
    struct err why = *err;
    struct window_day *index = why.kind == ERR_NONE ? d->index : NULL;
    if (index)
        d->index = NULL;
    window_op_free(&d->op);
    if (copy.writing) {
        window_day_free(index);
        copy.written(copy.op.context, &why);
    } else {
        copy.loaded(copy.op.context, index, &why);
    }
}

static struct window_day *empty_day(const struct day_op *d)
{
    struct window_day *index = mem_alloc(sizeof *index);
    index->cluster = mem_dup(d->op.owner->cluster);
    index->rule = mem_dup(d->rule);
    index->day = d->day;
    return index;
}

static void put_ended(void *context, const struct err *err)
{
    struct day_op *d = context;
    d->io = NULL;
    finish(d, err);
}

static void settle(struct day_op *d)
{
    struct err none;
    err_clear(&none);
    bool mend = d->mending && d->rebuilt && d->index->count;
    if (!d->writing && !mend) {
        finish(d, &none);
        return;
    }
    struct buf body;
    buf_init(&body, WINDOW_OP_DAY_MAX);
    if (d->writing)
        window_day_put(d->index, &d->entry);
    window_day_to_json(d->index, &body);
    d->io = store_put(d->op.owner->processed, d->key, "application/json", &body, d, put_ended);
}

/* ---- from the windows ---- */

static bool take_window(void *context, const char *key, const struct window *window,
                        const struct err *err)
{
    struct day_op *d = context;
    struct window_entry e;
    if (!window) {
        if (window_op_may_skip(err))
            log_event(LOG_WARN, "a window was left out of its index", "key", key, "why", err->what,
                      NULL);
        return window_op_may_skip(err);
    }
    window_entry_of(window, &e);
    if (clock_align(e.from, CLOCK_DAY) == d->day)
        window_day_put(d->index, &e);
    return true;
}

static void windows_read(void *context, const struct err *err)
{
    struct day_op *d = context;
    d->reader = NULL;
    if (err->kind != ERR_NONE)
        finish(d, err);
    else
        settle(d);
}

static const struct window_entry *find_entry(const struct window_day *day, int64_t from)
{
    for (size_t i = 0; i < day->count; i++)
        if (day->list[i].from == from)
            return &day->list[i];
    return NULL;
}

/* Takes out the entries whose windows are not listed. */
static void drop_gone(struct window_day *index, const int64_t *listed, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < index->count; i++) {
        bool there = false;
        for (size_t k = 0; k < count && !there; k++)
            there = listed[k] == index->list[i].from;
        if (there)
            index->list[kept++] = index->list[i];
    }
    index->count = kept;
}

/* The day's keys: the windows that the index lacks, or that are newer than it, are read. */
static void listed(void *context, const struct store_entry *entries, size_t count,
                   const struct err *err)
{
    struct day_op *d = context;
    const char *cluster = d->op.owner->cluster;
    char rule[WINDOW_KEY_RULE];
    int64_t from, written = 0;
    d->listing = NULL;
    if (err->kind != ERR_NONE) {
        finish(d, err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!strcmp(entries[i].key, d->key))
            written = entries[i].modified;
    char **keys = mem_array(count + 1, sizeof *keys);
    int64_t *starts = mem_array(count + 1, sizeof *starts);
    size_t wanted = 0, windows = 0;
    for (size_t i = 0; i < count; i++) {
        struct str key = str_of(entries[i].key);
        if (window_key_read(key, cluster, rule, &from) != WINDOW_KEY_WINDOW)
            continue;
        starts[windows++] = from;
        bool known = find_entry(d->index, from) && entries[i].modified < written;
        if (!known && !(d->writing && from == d->entry.from))
            keys[wanted++] = mem_dup(entries[i].key);
    }
    drop_gone(d->index, starts, windows);
    free(starts);
    d->reader = window_reader_start(&(struct window_reader_call){.store = d->op.owner->processed,
                                                                 .keys = keys,
                                                                 .count = wanted,
                                                                 .context = d,
                                                                 .each = take_window,
                                                                 .done = windows_read});
}

static void list_keys(struct day_op *d)
{
    char prefix[WINDOW_KEY_SIZE];
    window_key_day(prefix, d->op.owner->cluster, "windows", d->rule, d->day);
    d->listing = window_listing_start(d->op.owner->processed, prefix, false, d, listed);
}

/* ---- the index itself ---- */

static void got_index(void *context, struct str bytes, const struct err *err)
{
    struct day_op *d = context;
    struct err why = *err;
    d->io = NULL;
    if (why.kind == ERR_NONE)
        d->index = window_day_from_json(bytes.p, bytes.n, d->key, &why);
    bool rebuild = !d->index && !window_store_is_newer(&why) && window_op_may_skip(&why);
    if (!d->index && !rebuild) {
        finish(d, &why);
        return;
    }
    d->rebuilt = rebuild;
    if (rebuild)
        d->index = empty_day(d);
    if (rebuild && why.kind != ERR_NOT_FOUND)
        log_err(LOG_WARN, "a day's index is made again from its windows", &why);
    if (rebuild || d->writing)
        list_keys(d);
    else
        settle(d);
}

static void run_day(struct window_store_op *op, const struct err *early)
{
    struct day_op *d = (struct day_op *)op;
    if (early->kind != ERR_NONE)
        finish(d, early);
    else
        d->io = store_get(op->owner->processed, d->key, WINDOW_OP_DAY_MAX, d, got_index);
}

static struct day_op *new_day(struct window_store *w, const char *rule, int64_t day)
{
    struct day_op *d = mem_alloc(sizeof *d);
    window_op_check_rule(&d->op, rule);
    d->rule = mem_dup(rule);
    d->day = clock_align(day, CLOCK_DAY);
    if (d->op.early.kind == ERR_NONE)
        window_key_index(d->key, w->cluster, rule, d->day);
    return d;
}

static struct window_store_op *
load_day(struct window_store *w, const char *rule, int64_t day, bool mend, void *context,
         void (*done)(void *context, struct window_day *yours, const struct err *err))
{
    struct day_op *d = new_day(w, rule, day);
    d->loaded = done;
    d->mending = mend;
    window_op_begin(w, &d->op, run_day, stop_day, context);
    return &d->op;
}

struct window_store_op *
window_store_day_load(struct window_store *w, const char *rule, int64_t day, void *context,
                      void (*done)(void *context, struct window_day *yours, const struct err *err))
{
    return load_day(w, rule, day, false, context, done);
}

struct window_store_op *window_store_day_index(struct window_store *w, const struct window *window,
                                               void *context,
                                               void (*done)(void *context, const struct err *err))
{
    struct day_op *d = new_day(w, window->rule, window->from);
    d->writing = true;
    d->written = done;
    window_entry_of(window, &d->entry);
    window_op_begin_alone(w, &d->op, run_day, stop_day, context);
    return &d->op;
}

/* ---- the entries of a span ---- */

struct span_slot {
    struct span_op *span;
    struct window_store_op *io;
    struct window_day *day;
};

struct span_op {
    struct window_store_op op; /* first */
    char *rule;
    int64_t from, to;
    bool mending;
    struct window_store_op *days_io;
    struct span_slot *slots; /* one a day */
    int64_t *days;
    size_t count, asked, came, failed;
    struct err last;
    void (*done)(void *context, const struct window_entry *list, size_t count, size_t failed,
                 const struct err *err);
};

static void stop_span(struct window_store_op *op)
{
    struct span_op *s = (struct span_op *)op;
    window_store_cancel(s->days_io);
    for (size_t i = 0; i < s->count; i++) {
        window_store_cancel(s->slots[i].io);
        window_day_free(s->slots[i].day);
    }
    free(s->slots);
    free(s->days);
    free(s->rule);
}

static void finish_span(struct span_op *s)
{
    struct window_entry *list = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct window_day *day = s->slots[i].day;
        for (size_t k = 0; day && k < day->count; k++) {
            const struct window_entry *e = &day->list[k];
            if (e->from < s->from || e->from >= s->to)
                continue;
            mem_grow(&list, &cap, count + 1, sizeof *list);
            list[count++] = *e;
        }
    }
    struct span_op copy = *s;
    window_op_free(&s->op);
    copy.done(copy.op.context, list, count, copy.failed, &copy.last);
    free(list);
}

static void ask_days(struct span_op *s);

static void day_came(void *context, struct window_day *yours, const struct err *err)
{
    struct span_slot *slot = context;
    struct span_op *s = slot->span;
    slot->io = NULL;
    slot->day = yours;
    s->came++;
    if (err->kind != ERR_NONE) {
        s->failed++;
        s->last = *err;
    }
    if (s->came == s->count)
        finish_span(s);
    else
        ask_days(s);
}

static void ask_days(struct span_op *s)
{
    while (s->asked < s->count && s->asked - s->came < DAYS_AT_ONCE) {
        struct span_slot *slot = &s->slots[s->asked];
        slot->span = s;
        slot->io = load_day(s->op.owner, s->rule, s->days[s->asked++], s->mending, slot, day_came);
    }
}

static void days_listed(void *context, const int64_t *days, size_t count, const struct err *err)
{
    struct span_op *s = context;
    s->days_io = NULL;
    s->last = *err;
    if (err->kind != ERR_NONE || !count) {
        finish_span(s);
        return;
    }
    s->days = mem_array(count, sizeof *s->days);
    s->slots = mem_array(count, sizeof *s->slots);
    memcpy(s->days, days, count * sizeof *days);
    s->count = count;
    ask_days(s);
}

static void run_span(struct window_store_op *op, const struct err *early)
{
    struct span_op *s = (struct span_op *)op;
    s->last = *early;
    if (early->kind != ERR_NONE)
        finish_span(s);
    else
        s->days_io =
            window_store_list_days(op->owner, "windows", s->rule, s->from, s->to, s, days_listed);
}

static struct span_op *begin_span(struct window_store *w, const char *rule, int64_t from,
                                  int64_t to, void *context,
                                  void (*done)(void *context, const struct window_entry *list,
                                               size_t count, size_t failed, const struct err *err))
{
    struct span_op *s = mem_alloc(sizeof *s);
    window_op_check_rule(&s->op, rule);
    s->rule = mem_dup(rule);
    s->from = from;
    s->to = to;
    s->done = done;
    window_op_begin(w, &s->op, run_span, stop_span, context);
    return s;
}

struct window_store_op *
window_store_day_span(struct window_store *w, const char *rule, int64_t from, int64_t to,
                      void *context,
                      void (*done)(void *context, const struct window_entry *list, size_t count,
                                   size_t failed, const struct err *err))
{
    return &begin_span(w, rule, from, to, context, done)->op;
}

struct window_store_op *
window_store_day_mend(struct window_store *w, const char *rule, int64_t from, int64_t to,
                      void *context,
                      void (*done)(void *context, const struct window_entry *list, size_t count,
                                   size_t failed, const struct err *err))
{
    struct span_op *s = begin_span(w, rule, from, to, context, done);
    s->mending = true;
    return &s->op;
}
