/*
 * A collector's read API (CONTRACT.md, "The collector's HTTP"): windows, their days and groups,
 * snapshots of the cluster and what nodes and pods used, as the store and kube give them.
 */
#ifndef SOURCE_READ_API_H
#define SOURCE_READ_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "model/window.h"
#include "net/conn.h"

struct http;
struct read_api;
struct read_api_call; /* under way */

/* Asks nothing yet. Copies conn. `h` must outlive it. */
struct read_api *read_api_new(struct http *h, const struct conn *c);
void read_api_free(struct read_api *a); /* cancels what is under way; NULL is allowed */
const char *read_api_place(const struct read_api *a); /* its URL, without credentials */

/* As in store/window_store.h: `done` on the loop, exactly once, never from inside the call, not after
 * read_api_cancel; what it is given as `yours` is freed by who asked. err->kind ERR_NONE when it
 * worked. */
void read_api_cancel(struct read_api_call *c); /* NULL is allowed */

struct read_api_call *read_api_rules(struct read_api *a, void *context,
                                     void (*done)(void *context, const char *const *rules,
                                                  size_t count, const struct err *err));
struct read_api_call *read_api_day(struct read_api *a, const char *rule, int64_t day, void *context,
                                   void (*done)(void *context, struct window_day *yours,
                                                const struct err *err));
struct read_api_call *
read_api_window(struct read_api *a, const char *rule, int64_t from, void *context,
                void (*done)(void *context, struct window *yours, const struct err *err));
/* As window_store_day_span. */
struct read_api_call *
read_api_span(struct read_api *a, const char *rule, int64_t from, int64_t to, void *context,
              void (*done)(void *context, const struct window_entry *list, size_t count,
                           size_t failed, const struct err *err));
/* `rebuilt` is always false: as window_store.h has it. */
struct read_api_call *read_api_groups(struct read_api *a, void *context,
                                      void (*done)(void *context, struct catalogue *yours,
                                                   bool rebuilt, const struct err *err));

/* Elements of one array of the snapshot at or before `at` (0: the newest), page after page of the
 * same snapshot. */
struct read_api_list {
    const char *kind;       /* "pods": an array of collect/snapshot.h */
    const char *namespace_; /* "": all */
    int64_t at;
    size_t most; /* stops after so many; 0: no bound */
    void *context;
    void (*element)(void *context, const struct json *element);
    /* found: the snapshot's time; cluster: the name of it. */
    void (*done)(void *context, int64_t found, const char *cluster, const struct err *err);
};
struct read_api_call *read_api_list(struct read_api *a, const struct read_api_list *list);

/* What nodes and pods used in [from, to): calls `point` with each number of each snapshot. `key`:
 * "namespace/pod", or a node's name. cpu and memory as collect/snapshot.h has them, NaN where it is not
 * known. */
struct read_api_usage {
    int64_t from, to;
    void *context;
    void (*point)(void *context, bool pod, const char *key, int64_t time, double cpu,
                  double memory);
    void (*done)(void *context, const struct err *err);
};
struct read_api_call *read_api_usage(struct read_api *a, const struct read_api_usage *usage);

#endif
