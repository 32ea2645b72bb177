/* Where error windows are read from: the store itself, or a collector's read API. The same
 * questions, the same answers. */
#ifndef CMD_WINDOW_SOURCE_H
#define CMD_WINDOW_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/window.h"

struct read_api;
struct window_store;

/* As in store/window_store.h: `done` on the loop, exactly once, never from inside the call, not after
 * `cancel`; what it is given as `yours` is freed by who asked. A call gives what `cancel` takes. */
struct window_source_ops {
    void *(*rules)(void *self, void *context,
                   void (*done)(void *context, const char *const *rules, size_t count,
                                const struct err *err));
    void *(*day)(void *self, const char *rule, int64_t day, void *context,
                 void (*done)(void *context, struct window_day *yours, const struct err *err));
    /* The entries of [from, to) of one rule, oldest first, as window_store_day_span. */
    void *(*span)(void *self, const char *rule, int64_t from, int64_t to, void *context,
                  void (*done)(void *context, const struct window_entry *list, size_t count,
                               size_t failed, const struct err *err));
    void *(*window)(void *self, const char *rule, int64_t from, void *context,
                    void (*done)(void *context, struct window *yours, const struct err *err));
    /* `rebuilt` is for who writes it. */
    void *(*catalogue)(void *self, void *context,
                       void (*done)(void *context, struct catalogue *yours, bool rebuilt,
                                    const struct err *err));
    void (*cancel)(void *op); /* NULL is allowed */
};

struct window_source {
    const struct window_source_ops *ops; /* NULL: there is none */
    void *self;
};

struct window_source window_source_of_store(struct window_store *store); /* NULL: none */
struct window_source window_source_of_api(struct read_api *api);

#endif
