#include "cmd/window_source.h"

#include "source/read_api/read_api.h"
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

static void *store_span(void *self, const char *rule, int64_t from, int64_t to, void *context,
                        void (*done)(void *context, const struct window_entry *list, size_t count,
                                     size_t failed, const struct err *err))
{
    return window_store_day_span(self, rule, from, to, context, done);
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
                                                   .span = store_span,
                                                   .window = store_window,
                                                   .catalogue = store_catalogue,
                                                   .cancel = store_stop};

struct window_source window_source_of_store(struct window_store *store)
{
    return (struct window_source){store ? &store_ops : NULL, store};
}

static void *api_rules(void *self, void *context,
                       void (*done)(void *context, const char *const *rules, size_t count,
                                    const struct err *err))
{
    return read_api_rules(self, context, done);
}

static void *api_day(void *self, const char *rule, int64_t day, void *context,
                     void (*done)(void *context, struct window_day *yours, const struct err *err))
{
    return read_api_day(self, rule, day, context, done);
}

static void *api_span(void *self, const char *rule, int64_t from, int64_t to, void *context,
                      void (*done)(void *context, const struct window_entry *list, size_t count,
                                   size_t failed, const struct err *err))
{
    return read_api_span(self, rule, from, to, context, done);
}

static void *api_window(void *self, const char *rule, int64_t from, void *context,
                        void (*done)(void *context, struct window *yours, const struct err *err))
{
    return read_api_window(self, rule, from, context, done);
}

static void *api_catalogue(void *self, void *context,
                           void (*done)(void *context, struct catalogue *yours, bool rebuilt,
                                        const struct err *err))
{
    return read_api_groups(self, context, done);
}

static void api_stop(void *op)
{
    read_api_cancel(op);
}

static const struct window_source_ops api_ops = {.rules = api_rules,
                                                 .day = api_day,
                                                 .span = api_span,
                                                 .window = api_window,
                                                 .catalogue = api_catalogue,
                                                 .cancel = api_stop};

struct window_source window_source_of_api(struct read_api *api)
{
    return (struct window_source){&api_ops, api};
}
