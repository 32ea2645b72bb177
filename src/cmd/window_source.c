#include "cmd/window_source.h"

#include "store/window_store.h"

static void *store_rules(void *self, void *context,
                         void (*done)(void *context, const char *const *rules, size_t count,
                                      const struct err *err))
{
    return window_store_list_rules(self, false, context, done);
}

static void *store_day(void *self, const char *rule, int64_t day, void *context,
                       void (*done)(void *context, struct window_day *yours, const struct err *err))
{
    return window_store_day_load(self, rule, day, context, done);
}

static void *store_window(void *self, const char *rule, int64_t from, void *context,
                          void (*done)(void *context, struct window *yours, const struct err *err))
{
    return window_store_load(self, rule, from, context, done);
}

static void *store_catalogue(void *self, void *context,
                             void (*done)(void *context, struct catalogue *yours, bool rebuilt,
                                          const struct err *err))
{
    return window_store_groups_load(self, context, done);
}

static void store_stop(void *op)
{
    window_store_cancel(op);
}

static const struct window_source_ops store_ops = {.rules = store_rules,
                                                   .day = store_day,
                                                   .window = store_window,
                                                   .catalogue = store_catalogue,
                                                   .cancel = store_stop};

struct window_source window_source_of_store(struct window_store *store)
{
    return (struct window_source){store ? &store_ops : NULL, store};
}
