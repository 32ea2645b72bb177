/*
 * The catalogue keeps the ids of groups the same for ever. When it is lost, the windows have it:
 * read in the order of time, as the template that was there first stays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/window_op.h"

struct groups_op {
    struct window_store_op op; /* first */
    struct store_op *io;
    struct window_listing *listing;
    struct window_reader *reader;
    struct catalogue *catalogue;
    struct catalogue *more; /* merging: what is new */
    bool rebuilt;
    char key[WINDOW_KEY_SIZE];
    void (*loaded)(void *context, struct catalogue *yours, bool rebuilt, const struct err *err);
    void (*merged)(void *context, const struct err *err);
};

static void stop_groups(struct window_store_op *op)
{
    struct groups_op *g = (struct groups_op *)op;
    store_cancel(g->io);
    window_listing_cancel(g->listing);
    window_reader_cancel(g->reader);
    catalogue_free(g->catalogue);
    catalogue_free(g->more);
}

static void finish(struct groups_op *g, const struct err *err)
{
    struct groups_op copy = *g;
    struct err why = *err;
    struct catalogue *catalogue = NULL;
    if (why.kind == ERR_NONE && copy.loaded) {
        catalogue = g->catalogue;
        g->catalogue = NULL;
    }
    window_op_free(&g->op);
    if (copy.loaded)
        copy.loaded(copy.op.context, catalogue, copy.rebuilt, &why);
    else
        copy.merged(copy.op.context, &why);
}

static void put_ended(void *context, const struct err *err)
{
    struct groups_op *g = context;
    g->io = NULL;
    finish(g, err);
}

/* The catalogue is there: handed out, or merged and written. */
static void settle(struct groups_op *g)
{
    struct err none;
    err_clear(&none);
    bool write = g->more && (catalogue_merge(g->catalogue, g->more) || g->rebuilt);
    if (!write) {
        finish(g, &none);
        return;
    }
    struct buf body;
    buf_init(&body, WINDOW_OP_GROUPS_MAX);
    catalogue_to_json(g->catalogue, &body);
    g->io = store_put(g->op.owner->processed, g->key, "application/json", &body, g, put_ended);
}

/* ---- from the windows ---- */

static bool take_window(void *context, const char *key, const struct window *window,
                        const struct err *err)
{
    struct groups_op *g = context;
    if (!window) {
        if (window_op_may_skip(err))
            log_event(LOG_WARN, "a window was left out of the catalogue", "key", key, "why",
                      err->what, NULL);
        return window_op_may_skip(err);
    }
    for (size_t i = 0; i < window->group_count; i++) {
        const struct group *group = &window->groups[i];
        catalogue_merge_group(g->catalogue, group->id, group->template_text, group->first,
                              group->last);
    }
    return true;
}

static void windows_read(void *context, const struct err *err)
{
    struct groups_op *g = context;
    g->reader = NULL;
    if (err->kind != ERR_NONE)
        finish(g, err);
    else
        settle(g);
}

struct timed_key {
    char *key;
    int64_t from;
};

static int by_time(const void *a, const void *b)
{
    const struct timed_key *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return strcmp(x->key, y->key);
}

static void listed(void *context, const struct store_entry *entries, size_t count,
                   const struct err *err)
{
    struct groups_op *g = context;
    char rule[WINDOW_KEY_RULE];
    g->listing = NULL;
    if (err->kind != ERR_NONE) {
        finish(g, err);
        return;
    }
    struct timed_key *found = mem_array(count + 1, sizeof *found);
    char **keys = mem_array(count + 1, sizeof *keys);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (window_key_read(str_of(entries[i].key), g->op.owner->cluster, rule, &found[n].from) ==
            WINDOW_KEY_WINDOW)
            found[n++].key = mem_dup(entries[i].key);
    qsort(found, n, sizeof *found, by_time);
    for (size_t i = 0; i < n; i++)
        keys[i] = found[i].key;
    free(found);
    g->reader = window_reader_start(&(struct window_reader_call){.store = g->op.owner->processed,
                                                                 .keys = keys,
                                                                 .count = n,
                                                                 .context = g,
                                                                 .each = take_window,
                                                                 .done = windows_read});
}

static void got_catalogue(void *context, struct str bytes, const struct err *err)
{
    struct groups_op *g = context;
    struct err why = *err;
    g->io = NULL;
    if (why.kind == ERR_NONE)
        g->catalogue = catalogue_from_json(bytes.p, bytes.n, g->key, &why);
    if (g->catalogue) {
        settle(g);
        return;
    }
    if (window_store_is_newer(&why) || !window_op_may_skip(&why)) {
        finish(g, &why);
        return;
    }
    if (why.kind != ERR_NOT_FOUND)
        log_err(LOG_WARN, "the catalogue is made again from the windows", &why);
    char *prefix = mem_printf("%s/windows/", g->op.owner->cluster);
    g->rebuilt = true;
    g->catalogue = catalogue_new(g->op.owner->cluster);
    g->listing = window_listing_start(g->op.owner->processed, prefix, false, g, listed);
    free(prefix);
}

static void run_groups(struct window_store_op *op, const struct err *early)
{
    struct groups_op *g = (struct groups_op *)op;
    if (early->kind != ERR_NONE)
        finish(g, early);
    else
        g->io = store_get(op->owner->processed, g->key, WINDOW_OP_GROUPS_MAX, g, got_catalogue);
}

struct window_store_op *window_store_groups_load(struct window_store *w, void *context,
                                                 void (*done)(void *context,
                                                              struct catalogue *yours, bool rebuilt,
                                                              const struct err *err))
{
    struct groups_op *g = mem_alloc(sizeof *g);
    g->loaded = done;
    window_key_groups(g->key, w->cluster);
    window_op_begin(w, &g->op, run_groups, stop_groups, context);
    return &g->op;
}

struct window_store_op *
window_store_groups_merge(struct window_store *w, const struct catalogue *more, void *context,
                          void (*done)(void *context, const struct err *err))
{
    struct groups_op *g = mem_alloc(sizeof *g);
    g->merged = done;
    g->more = catalogue_new(w->cluster);
    catalogue_merge(g->more, more);
    window_key_groups(g->key, w->cluster);
    window_op_begin_alone(w, &g->op, run_groups, stop_groups, context);
    return &g->op;
}
