/*
 * Whole days go, key after key in their order, so that a day's index is the last: a reader of half
 * a day finds it, or makes it again. Killed anywhere, the next time goes on.
 */
#include "collect/retention.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"

#define LEFT_AGE (6 * CLOCK_HOUR) /* no put takes so long */

static const char *const whats[] = {[RETENTION_RAW] = "lines",
                                    [RETENTION_PROCESSED] = "windows",
                                    [RETENTION_SNAPSHOTS] = "snapshots"};

/* Names, keys: a list of texts. */
struct texts {
    char **list;
    size_t count, cap, at;
};

struct retention {
    struct retention_conf conf;
    struct loop_timer *timer;
    struct window_store_op *op;
    struct store_op *io;
    int kind; /* being looked at; RETENTION_KINDS and more: the stores are cleaned */
    struct texts rules, keys;
    int64_t *days;
    size_t day_count, day_at;
    size_t removed[RETENTION_KINDS], left;
};

static void forget(struct texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i]);
    free(t->list);
    *t = (struct texts){0};
}

static void add(struct texts *t, const char *text)
{
    mem_grow(&t->list, &t->cap, t->count + 1, sizeof(char *));
    t->list[t->count++] = mem_dup(text);
}

static void clear(struct retention *r)
{
    window_store_cancel(r->op);
    store_cancel(r->io);
    r->op = NULL;
    r->io = NULL;
    forget(&r->rules);
    forget(&r->keys);
    free(r->days);
    r->days = NULL;
    r->day_count = r->day_at = 0;
}

void retention_free(struct retention *r)
{
    if (!r)
        return;
    clear(r);
    loop_timer_free(r->timer);
    free(r);
}

static void end(struct retention *r, const struct err *err)
{
    struct err copy = *err;
    clear(r);
    loop_timer_set(r->timer, (copy.kind ? CLOCK_HOUR : CLOCK_DAY) / CLOCK_MS);
    if (r->conf.done)
        r->conf.done(r->conf.context, r->removed, r->left, &copy);
}

/* The end of a step: true when it worked. */
static bool went_well(struct retention *r, const struct err *err)
{
    r->op = NULL;
    r->io = NULL;
    if (!err->kind)
        return true;
    end(r, err);
    return false;
}

static struct store *store_of(const struct retention *r, int kind)
{
    return kind == RETENTION_RAW ? window_store_raw(r->conf.store)
                                 : window_store_processed(r->conf.store);
}

static void next_kind(struct retention *r);
static void next_rule(struct retention *r);
static void next_day(struct retention *r);
static void next_key(struct retention *r);

/* ---- one day ---- */

static void on_deleted(void *context, const struct err *err)
{
    struct retention *r = context;
    if (!went_well(r, err))
        return;
    r->removed[r->kind]++;
    next_key(r);
}

static void next_key(struct retention *r)
{
    if (r->keys.at == r->keys.count) {
        forget(&r->keys);
        r->day_at++;
        next_day(r);
        return;
    }
    r->io = store_delete(store_of(r, r->kind), r->keys.list[r->keys.at++], r, on_deleted);
}

static bool on_entry(void *context, const struct store_entry *entry)
{
    struct retention *r = context;
    if (!entry->is_folder)
        add(&r->keys, entry->key);
    return true;
}

static void on_listed(void *context, const struct err *err)
{
    struct retention *r = context;
    if (went_well(r, err))
        next_key(r);
}

static const char *rule_now(const struct retention *r)
{
    return r->kind == RETENTION_SNAPSHOTS ? NULL : r->rules.list[r->rules.at];
}

static void next_day(struct retention *r)
{
    char prefix[WINDOW_KEY_SIZE];
    if (r->day_at == r->day_count) {
        free(r->days);
        r->days = NULL;
        r->rules.at++;
        next_rule(r);
        return;
    }
    window_key_day(prefix, window_store_cluster(r->conf.store), whats[r->kind], rule_now(r),
                   r->days[r->day_at]);
    r->io = store_list(
        store_of(r, r->kind),
        &(struct store_list){.prefix = prefix, .context = r, .entry = on_entry, .done = on_listed});
}

/* ---- one rule ---- */

static void on_days(void *context, const int64_t *days, size_t count, const struct err *err)
{
    struct retention *r = context;
    if (!went_well(r, err))
        return;
    r->days = mem_array(count + 1, sizeof *r->days);
    for (size_t i = 0; i < count; i++)
        r->days[i] = days[i];
    r->day_count = count;
    r->day_at = 0;
    next_day(r);
}

static void next_rule(struct retention *r)
{
    if (r->rules.at == r->rules.count) {
        forget(&r->rules);
        r->kind++;
        next_kind(r);
        return;
    }
    /* Days that ended so long ago. */
    int64_t now = r->conf.now ? r->conf.now(r->conf.context) : clock_now();
    int64_t before = clock_align(now - r->conf.keep[r->kind], CLOCK_DAY);
    r->op =
        window_store_list_days(r->conf.store, whats[r->kind], rule_now(r), 0, before, r, on_days);
}

static void on_rules(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct retention *r = context;
    if (!went_well(r, err))
        return;
    for (size_t i = 0; i < count; i++)
        add(&r->rules, rules[i]);
    next_rule(r);
}

/* ---- one kind ---- */

static void on_cleaned(void *context, size_t removed, const struct err *err)
{
    struct retention *r = context;
    if (!went_well(r, err))
        return;
    r->left += removed;
    r->kind++;
    next_kind(r);
}

static void next_clean(struct retention *r)
{
    struct err none = {0};
    bool one = window_store_raw(r->conf.store) == window_store_processed(r->conf.store);
    int number = r->kind - RETENTION_KINDS;
    if (number > (one ? 0 : 1)) {
        end(r, &none);
        return;
    }
    char *prefix = mem_printf("%s/", window_store_cluster(r->conf.store));
    struct store *s =
        number ? window_store_raw(r->conf.store) : window_store_processed(r->conf.store);
    r->io = store_clean(s, prefix, LEFT_AGE, r, on_cleaned);
    free(prefix);
}

static void next_kind(struct retention *r)
{
    while (r->kind < RETENTION_KINDS && r->conf.keep[r->kind] <= 0)
        r->kind++;
    if (r->kind >= RETENTION_KINDS) {
        next_clean(r);
    } else if (r->kind == RETENTION_SNAPSHOTS) {
        add(&r->rules, "");
        next_rule(r);
    } else {
        r->op = window_store_list_rules(r->conf.store, r->kind == RETENTION_RAW, r, on_rules);
    }
}

static void start(void *context)
{
    struct retention *r = context;
    r->kind = 0;
    r->left = 0;
    for (int i = 0; i < RETENTION_KINDS; i++)
        r->removed[i] = 0;
    next_kind(r);
}

struct retention *retention_start(const struct retention_conf *conf)
{
    struct retention *r = mem_alloc(sizeof *r);
    r->conf = *conf;
    r->timer = loop_timer_new(conf->loop, start, r);
    loop_timer_set(r->timer, conf->first_ms);
    return r;
}
