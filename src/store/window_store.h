/*
 * Windows, days, catalogue, raw lines and snapshots of one cluster in the store, as CONTRACT.md
 * fixes their keys and forms. The order of writing (raw, catalogue, window, index) is the
 * collector's; each step is here, and each may be repeated.
 */
#ifndef STORE_WINDOW_STORE_H
#define STORE_WINDOW_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/catalogue.h"
#include "model/window.h"
#include "store/window_key.h"

struct spool;
struct store;
struct window_store;
struct window_store_op; /* under way */

/* The stores are the caller's and must outlive this; `raw` may be NULL (a reader without it) or the
 * same as `processed`. The cluster's name is one that may
 * stand in a key: the configuration sees to it. */
struct window_store *window_store_new(struct store *raw, struct store *processed,
                                      const char *cluster);
/* Cancels what is under way, without callbacks; NULL is allowed. */
void window_store_free(struct window_store *w);
const char *window_store_cluster(const struct window_store *w);
struct store *window_store_raw(const struct window_store *w);
struct store *window_store_processed(const struct window_store *w);
bool window_store_write_failed(const struct window_store *w); /* of either: store.h */

/*
 * As in store.h: `done` on the loop, exactly once, never from inside the call, not after
 * window_store_cancel. err->kind ERR_NONE when it worked. A rule's name that is not ok fails with
 * ERR_USAGE. What a callback is given as `yours` is freed by the caller.
 */
void window_store_cancel(struct window_store_op *op); /* NULL is allowed */

/* Whether that error says that the object is of a newer schema: it is whole, and not ours to write
 * again. */
bool window_store_is_newer(const struct err *err);

/* One window. ERR_NOT_FOUND, or ERR_PROTOCOL when it is broken or of a newer schema. */
struct window_store_op *
window_store_load(struct window_store *w, const char *rule, int64_t from, void *context,
                  void (*done)(void *context, struct window *yours, const struct err *err));
/* The commit. The window is copied out at once: it may be freed after the call. */
struct window_store_op *window_store_save(struct window_store *w, const struct window *window,
                                          void *context,
                                          void (*done)(void *context, const struct err *err));

/* A day's index, by one GET; a missing or broken one is made again from the day's windows (not
 * written). A day without windows is an empty day. `day`: any moment of it, UTC. */
struct window_store_op *
window_store_day_load(struct window_store *w, const char *rule, int64_t day, void *context,
                      void (*done)(void *context, struct window_day *yours, const struct err *err));
/*
 * Puts the window into its day's index and writes that. Heals: what the day's keys show to be
 * missing in the index, or newer than it, is read from its window, and entries without a window go.
 * One after another, so several may be under way.
 */
struct window_store_op *window_store_day_index(struct window_store *w, const struct window *window,
                                               void *context,
                                               void (*done)(void *context, const struct err *err));
/* The entries of [from, to) of one rule, oldest first; days that cannot be read are counted in
 * `failed`, the last one's error in err while the rest is told. `list` is valid until the callback
 * returns. */
struct window_store_op *
window_store_day_span(struct window_store *w, const char *rule, int64_t from, int64_t to,
                      void *context,
                      void (*done)(void *context, const struct window_entry *list, size_t count,
                                   size_t failed, const struct err *err));

/* The same by the one who writes: an index that was missing or broken is written as it was made again.
 */
struct window_store_op *
window_store_day_mend(struct window_store *w, const char *rule, int64_t from, int64_t to,
                      void *context,
                      void (*done)(void *context, const struct window_entry *list, size_t count,
                                   size_t failed, const struct err *err));

/* The catalogue; a missing or broken one is made again from all windows (`rebuilt`, not written). A
 * cluster without windows has an empty one. A newer schema is an error, not broken. */
struct window_store_op *window_store_groups_load(struct window_store *w, void *context,
                                                 void (*done)(void *context,
                                                              struct catalogue *yours, bool rebuilt,
                                                              const struct err *err));
/* Loads as above, merges these groups in and writes it when it is new or anything changed. One
 * after another. The catalogue is copied at once. */
struct window_store_op *
window_store_groups_merge(struct window_store *w, const struct catalogue *more, void *context,
                          void (*done)(void *context, const struct err *err));

/* Raw lines, gzip as stored (base/gzip.h); the spool (spool.h) is the callee's. ERR_CONFIG when there
 * is no raw store. */
struct window_store_op *
window_store_load_lines(struct window_store *w, const char *rule, int64_t from, void *context,
                        void (*done)(void *context, struct spool *yours, const struct err *err));

/* Snapshots, gzip as stored; their times are those of their keys, in whole minutes. */

/* The newest whose key's time is at or before `at`, with that time. ERR_NOT_FOUND when there is
 * none. */
struct window_store_op *window_store_snapshot_load(
    struct window_store *w, int64_t at, void *context,
    void (*done)(void *context, int64_t found, struct str packed, const struct err *err));
/* The times of the snapshots with from <= time < to, oldest first; valid until the callback
 * returns. */
struct window_store_op *window_store_list_snapshots(
    struct window_store *w, int64_t from, int64_t to, void *context,
    void (*done)(void *context, const int64_t *times, size_t count, const struct err *err));

/* The rules that have windows (raw: lines), sorted; valid until the callback returns. */
struct window_store_op *window_store_list_rules(struct window_store *w, bool raw, void *context,
                                                void (*done)(void *context,
                                                             const char *const *rules, size_t count,
                                                             const struct err *err));
/* The days (00:00 UTC) with from <= end of day, day < to, that hold anything of `what` ("windows",
 * "lines", "snapshots"; rule NULL for snapshots), oldest first; "lines" are looked for in the raw
 * store. Valid until the callback returns. */
struct window_store_op *window_store_list_days(struct window_store *w, const char *what,
                                               const char *rule, int64_t from, int64_t to,
                                               void *context,
                                               void (*done)(void *context, const int64_t *days,
                                                            size_t count, const struct err *err));
/* The starts of the windows (raw: of the lines) stored of [from, to), oldest first: what is missing
 * shows, whatever the index says. Valid until the callback returns. */
struct window_store_op *window_store_list_windows(
    struct window_store *w, bool raw, const char *rule, int64_t from, int64_t to, void *context,
    void (*done)(void *context, const int64_t *starts, size_t count, const struct err *err));

#endif
