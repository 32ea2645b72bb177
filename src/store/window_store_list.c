/*
 * What is in the store. Days are found by walking years and months as folders, so a year of windows
 * costs a dozen requests; the times of a span by the keys themselves, whose order is that of time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/window_op.h"

/* ---- rules ---- */

struct rules_op {
    struct window_store_op op; /* first */
    struct window_listing *listing;
    bool raw;
    void (*done)(void *context, const char *const *rules, size_t count, const struct err *err);
};

static void stop_rules(struct window_store_op *op)
{
    window_listing_cancel(((struct rules_op *)op)->listing);
}

static void rules_listed(void *context, const struct store_entry *entries, size_t count,
                         const struct err *err)
{
    struct rules_op *r = context;
    struct rules_op copy = *r;
    struct err why = *err;
    char **rules = mem_array(count + 1, sizeof *rules);
    size_t n = 0, skip = strlen(r->op.owner->cluster) + 1 + strlen(r->raw ? "lines/" : "windows/");
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(entries[i].key);
        if (!entries[i].is_folder || length <= skip + 1)
            continue;
        rules[n] = mem_dup_n(entries[i].key + skip, length - skip - 1);
        if (window_key_rule_ok(rules[n]))
            n++;
        else
            free(rules[n]);
    }
    r->listing = NULL;
    window_op_free(&r->op);
    copy.done(copy.op.context, (const char *const *)rules, why.kind ? 0 : n, &why);
    for (size_t i = 0; i < n; i++)
        free(rules[i]);
    free(rules);
}

static void run_rules(struct window_store_op *op, const struct err *early)
{
    struct rules_op *r = (struct rules_op *)op;
    if (early->kind != ERR_NONE) {
        rules_listed(r, NULL, 0, early);
        return;
    }
    char *prefix = mem_printf("%s/%s", op->owner->cluster, r->raw ? "lines/" : "windows/");
    r->listing = window_listing_start(r->raw ? op->owner->raw : op->owner->processed, prefix, true,
                                      r, rules_listed);
    free(prefix);
}

static void need_raw(struct window_store *w, struct window_store_op *op, bool raw)
{
    if (raw && !w->raw)
        err_set(&op->early, ERR_CONFIG, "store.raw", "set store.raw",
                "there is no store for raw lines");
}

struct window_store_op *window_store_list_rules(struct window_store *w, bool raw, void *context,
                                                void (*done)(void *context,
                                                             const char *const *rules, size_t count,
                                                             const struct err *err))
{
    struct rules_op *r = mem_alloc(sizeof *r);
    r->raw = raw;
    r->done = done;
    need_raw(w, &r->op, raw);
    window_op_begin(w, &r->op, run_rules, stop_rules, context);
    return &r->op;
}

/* ---- days ---- */

enum { DEPTH_DAY = 3 };

struct days_op {
    struct window_store_op op; /* first */
    struct store *store;
    struct window_listing *listing;
    char *root;     /* "prod/windows/errors/" */
    char **folders; /* still to be listed, of one depth after the other */
    size_t count, cap, next;
    int64_t from, to;
    int64_t *days;
    size_t day_count, day_cap;
    void (*done)(void *context, const int64_t *days, size_t count, const struct err *err);
};

static void stop_days(struct window_store_op *op)
{
    struct days_op *d = (struct days_op *)op;
    window_listing_cancel(d->listing);
    for (size_t i = 0; i < d->count; i++)
        free(d->folders[i]);
    free(d->folders);
    free(d->days);
    free(d->root);
}

static void finish_days(struct days_op *d, const struct err *err)
{
    struct days_op copy = *d;
    struct err why = *err;
    d->days = NULL;
    window_op_free(&d->op);
    copy.done(copy.op.context, copy.days, why.kind ? 0 : copy.day_count, &why);
    free(copy.days);
}

/* Reads "2021/", "2021/08/" or "2021/08/27/": how deep, and the first and last moment of it. */
static int read_folder(const char *text, int64_t *first, int64_t *last)
{
    int value[3] = {0, 1, 1}, depth = 0, used = 0;
    char rfc3339[CLOCK_TEXT];
    while (depth < DEPTH_DAY && sscanf(text, "%4d%n", &value[depth], &used) == 1 &&
           used == (depth ? 2 : 4) && text[used] == '/') {
        text += used + 1;
        depth++;
    }
    snprintf(rfc3339, sizeof rfc3339, "%04d-%02d-%02dT00:00:00Z", value[0], value[1], value[2]);
    if (!depth || *text || !clock_parse(str_of(rfc3339), false, first))
        return 0;
    *last = *first + (depth == 1 ? 366 : depth == 2 ? 31 : 1) * CLOCK_DAY;
    return depth;
}

static void next_folder(struct days_op *d);

static void take_folder(struct days_op *d, const char *key)
{
    int64_t first, last;
    int depth = read_folder(key + strlen(d->root), &first, &last);
    if (!depth || last <= d->from || first >= d->to)
        return;
    if (depth == DEPTH_DAY) {
        mem_grow(&d->days, &d->day_cap, d->day_count + 1, sizeof *d->days);
        d->days[d->day_count++] = first;
        return;
    }
    mem_grow(&d->folders, &d->cap, d->count + 1, sizeof *d->folders);
    d->folders[d->count++] = mem_dup(key);
}

static void folder_listed(void *context, const struct store_entry *entries, size_t count,
                          const struct err *err)
{
    struct days_op *d = context;
    d->listing = NULL;
    if (err->kind != ERR_NONE) {
        finish_days(d, err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (entries[i].is_folder)
            take_folder(d, entries[i].key);
    next_folder(d);
}

static void next_folder(struct days_op *d)
{
    struct err none;
    err_clear(&none);
    if (d->next == d->count)
        finish_days(d, &none);
    else
        d->listing = window_listing_start(d->store, d->folders[d->next++], true, d, folder_listed);
}

/* A span within one month needs one list: its days. */
static void run_days(struct window_store_op *op, const struct err *early)
{
    struct days_op *d = (struct days_op *)op;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    if (early->kind != ERR_NONE) {
        finish_days(d, early);
        return;
    }
    clock_format(d->from, true, "%Y/%m/", first, sizeof first);
    clock_format(d->to - 1, true, "%Y/%m/", last, sizeof last);
    mem_grow(&d->folders, &d->cap, 1, sizeof *d->folders);
    d->folders[d->count++] = mem_printf("%s%s", d->root, strcmp(first, last) ? "" : first);
    next_folder(d);
}

/* clock_format knows the years 1970 to 9999. */
static int64_t within_calendar(int64_t t)
{
    return t < 0 ? 0 : t;
}

struct window_store_op *window_store_list_days(struct window_store *w, const char *what,
                                               const char *rule, int64_t from, int64_t to,
                                               void *context,
                                               void (*done)(void *context, const int64_t *days,
                                                            size_t count, const struct err *err))
{
    struct days_op *d = mem_alloc(sizeof *d);
    bool raw = !strcmp(what, "lines");
    d->store = raw ? w->raw : w->processed;
    d->root = rule ? mem_printf("%s/%s/%s/", w->cluster, what, rule)
                   : mem_printf("%s/%s/", w->cluster, what);
    d->from = within_calendar(from);
    d->to = to > d->from ? to : d->from + 1;
    d->done = done;
    need_raw(w, &d->op, raw);
    if (rule)
        window_op_check_rule(&d->op, rule);
    window_op_begin(w, &d->op, run_days, stop_days, context);
    return &d->op;
}

/* ---- the times of a span ---- */

struct times_op {
    struct window_store_op op; /* first */
    struct store *store;
    struct store_op *io;
    enum window_key_kind kind;
    char *rule; /* NULL: snapshots */
    int64_t from, to;
    int64_t *times;
    size_t count, cap;
    void (*done)(void *context, const int64_t *times, size_t count, const struct err *err);
};

static void stop_times(struct window_store_op *op)
{
    struct times_op *t = (struct times_op *)op;
    store_cancel(t->io);
    free(t->times);
    free(t->rule);
}

static void times_listed(void *context, const struct err *err)
{
    struct times_op *t = context;
    struct times_op copy = *t;
    struct err why = *err;
    t->io = NULL;
    t->times = NULL;
    window_op_free(&t->op);
    copy.done(copy.op.context, copy.times, why.kind ? 0 : copy.count, &why);
    free(copy.times);
}

static bool take_time(void *context, const struct store_entry *entry)
{
    struct times_op *t = context;
    char rule[WINDOW_KEY_RULE];
    int64_t time;
    if (window_key_read(str_of(entry->key), t->op.owner->cluster, rule, &time) != t->kind)
        return true;
    if (time >= t->to)
        return false;
    if (time >= t->from) {
        mem_grow(&t->times, &t->cap, t->count + 1, sizeof *t->times);
        t->times[t->count++] = time;
    }
    return true;
}

static void run_times(struct window_store_op *op, const struct err *early)
{
    struct times_op *t = (struct times_op *)op;
    char day[WINDOW_KEY_SIZE], text[CLOCK_TEXT];
    if (early->kind != ERR_NONE) {
        times_listed(t, early);
        return;
    }
    const char *what = t->kind == WINDOW_KEY_WINDOW  ? "windows"
                       : t->kind == WINDOW_KEY_LINES ? "lines"
                                                     : "snapshots";
    window_key_day(day, op->owner->cluster, what, t->rule, t->from);
    /* "…/1300" stands before "…/1300.json" and behind all that is earlier. */
    char *after = mem_printf("%s%s", day, clock_format(t->from, true, "%H%M", text, sizeof text));
    char *prefix = t->rule ? mem_printf("%s/%s/%s/", op->owner->cluster, what, t->rule)
                           : mem_printf("%s/%s/", op->owner->cluster, what);
    t->io = store_list(t->store, &(struct store_list){.prefix = prefix,
                                                      .after = after,
                                                      .context = t,
                                                      .entry = take_time,
                                                      .done = times_listed});
    free(prefix);
    free(after);
}

static struct window_store_op *list_times(struct window_store *w, enum window_key_kind kind,
                                          const char *rule, int64_t from, int64_t to, void *context,
                                          void (*done)(void *context, const int64_t *times,
                                                       size_t count, const struct err *err))
{
    struct times_op *t = mem_alloc(sizeof *t);
    t->store = kind == WINDOW_KEY_LINES ? w->raw : w->processed;
    t->kind = kind;
    t->rule = mem_dup(rule);
    t->from = within_calendar(from);
    t->to = to;
    t->done = done;
    need_raw(w, &t->op, kind == WINDOW_KEY_LINES);
    if (kind != WINDOW_KEY_SNAPSHOT)
        window_op_check_rule(&t->op, rule);
    window_op_begin(w, &t->op, run_times, stop_times, context);
    return &t->op;
}

struct window_store_op *window_store_list_windows(
    struct window_store *w, bool raw, const char *rule, int64_t from, int64_t to, void *context,
    void (*done)(void *context, const int64_t *starts, size_t count, const struct err *err))
{
    return list_times(w, raw ? WINDOW_KEY_LINES : WINDOW_KEY_WINDOW, rule, from, to, context, done);
}

struct window_store_op *window_store_list_snapshots(
    struct window_store *w, int64_t from, int64_t to, void *context,
    void (*done)(void *context, const int64_t *times, size_t count, const struct err *err))
{
    return list_times(w, WINDOW_KEY_SNAPSHOT, NULL, from, to, context, done);
}
