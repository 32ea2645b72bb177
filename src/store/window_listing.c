#include <stdlib.h>

#include "base/mem.h"
#include "store/window_op.h"

enum { ENTRIES_MAX = 4 * 1000 * 1000 };

struct window_listing {
    struct store_op *io;
    struct arena arena;
    struct store_entry *list;
    size_t count, cap;
    void *context;
    void (*done)(void *context, const struct store_entry *entries, size_t count,
                 const struct err *err);
};

void window_listing_cancel(struct window_listing *l)
{
    if (!l)
        return;
    store_cancel(l->io);
    arena_free(&l->arena);
    free(l->list);
    free(l);
}

static bool take(void *context, const struct store_entry *entry)
{
    struct window_listing *l = context;
    mem_grow(&l->list, &l->cap, l->count + 1, sizeof *l->list);
    struct store_entry *to = &l->list[l->count++];
    *to = *entry;
    to->key = arena_dup(&l->arena, str_of(entry->key));
    return l->count < ENTRIES_MAX;
}

static void end(void *context, const struct err *err)
{
    struct window_listing *l = context;
    struct window_listing copy = *l;
    struct err why = *err;
    if (why.kind == ERR_NONE && l->count >= ENTRIES_MAX)
        err_set(&why, ERR_LIMIT, "store", "", "over %d keys to list", ENTRIES_MAX);
    free(l);
    copy.done(copy.context, copy.list, copy.count, &why);
    arena_free(&copy.arena);
    free(copy.list);
}

struct window_listing *
window_listing_start(struct store *s, const char *prefix, bool folders, void *context,
                     void (*done)(void *context, const struct store_entry *entries, size_t count,
                                  const struct err *err))
{
    struct window_listing *l = mem_alloc(sizeof *l);
    l->context = context;
    l->done = done;
    arena_init(&l->arena);
    l->io = store_list(
        s, &(struct store_list){
               .prefix = prefix, .folders = folders, .context = l, .entry = take, .done = end});
    return l;
}
