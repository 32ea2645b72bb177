/* The pretend Loki 3.4: generated history and pushed lines behind one API. */
#ifndef SANDBOX_LOKID_H
#define SANDBOX_LOKID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "sandbox/loki/logql.h"
#include "sandbox/reply.h"
#include "sandbox/world/history.h"

struct lokid;
struct lokid_store;

struct lokid *lokid_new(struct loop *l, struct history *h, struct faults *f, const char *tenant);
void lokid_free(struct lokid *d);
void lokid_handle(struct lokid *d, struct reply *p);

/* ---- between the files of Loki ---- */

enum {
    LOKID_LIMIT = 5000,
    LOKID_SERIES = 500,
    LOKID_POINTS = 11000,
    LOKID_PAGE = 4 << 20,
    LOKID_LINE = 256 << 10
};

/* A stream, generated or pushed. */
struct lokid_stream {
    const struct history_label *labels; /* by name */
    size_t label_count;
    const struct history_stream *history; /* NULL: pushed */
    struct lokid_pushed *pushed;
};

struct lokid_tails {
    struct lokid_tail_one *first;
    int count;
};

struct lokid {
    struct history *history;
    struct lokid_store *store;
    struct faults *faults;
    struct loop *loop;
    const char *tenant;
    struct lokid_tails tails;
};

/* lokid_stream.c. Streams that exist in [from, to) and match; the list is the caller's to free. NULL query: all. */
struct lokid_stream *lokid_select(struct lokid *d, const struct logql *q, int64_t from, int64_t to,
                                  size_t *count);

/* A line that was read: its text is valid for the call; structured metadata of a pushed line
 * besides. */
struct lokid_line {
    int64_t time;
    struct str text;
    const struct history_label *meta;
    size_t meta_count;
};
/* Lines of [from, to) in time order, none from the future. */
void lokid_read(struct lokid *d, const struct lokid_stream *s, int64_t from, int64_t to,
                int64_t now, bool (*each)(void *context, const struct lokid_line *line),
                void *context);
/* Sets up a line for logql_run. */
void lokid_set_line(struct logql_line *l, const struct lokid_stream *s,
                    const struct lokid_line *line, bool level);

/* lokid_answer.c: parameters and answers. */
bool lokid_time(struct reply *p, const char *name, int64_t otherwise,
                int64_t *out);                                    /* false: answered with 400 */
const char *lokid_param(const struct reply *p, const char *name); /* "" when absent */
struct logql *lokid_query_param(struct reply *p);                 /* NULL: answered */
bool lokid_wants_categories(const struct reply *p);
void lokid_stats(struct buf *out, size_t lines, size_t bytes, size_t returned); /* ,"stats":{…} */
void lokid_json(struct reply *p, struct str json);

/* lokid_query.c, lokid_metric.c, lokid_push.c, lokid_labels.c, lokid_tail.c: each answers. */
void lokid_query_range(struct lokid *d, struct reply *p);
void lokid_query_instant(struct lokid *d, struct reply *p);
void lokid_metric(struct lokid *d, struct reply *p, const struct logql *q, int64_t start,
                  int64_t end, int64_t step, bool instant);
void lokid_push(struct lokid *d, struct reply *p);
void lokid_labels(struct lokid *d, struct reply *p,
                  const char *label); /* NULL: the names; else its values */
void lokid_labels_series(struct lokid *d, struct reply *p);
void lokid_labels_stats(struct lokid *d, struct reply *p);
void lokid_tail(struct lokid *d, struct reply *p);
void lokid_tail_free_all(struct lokid *d);

/* One collected line as it will be shown. */
struct lokid_entry {
    int64_t time;
    size_t stream, order;
    struct str text;
    struct history_label *labels; /* structured and parsed ones */
    unsigned char *kinds;
    size_t label_count;
    bool whole; /* labels are all there are: a stage dropped or kept some */
    bool parsed;
    bool chosen; /* by lokid_join */
};
/* Writes `"stream":{…}` labels and the value of an entry: ["ns","line"{,…}]. */
void lokid_find_labels(const struct lokid_stream *s, const struct lokid_entry *e, bool categories,
                       struct buf *out);
void lokid_find_value(const struct lokid_entry *e, bool categories, struct buf *out);

/* Collects what a log query finds in [from, to): at most `limit` lines, the first or the last ones,
 * sorted so. Arrays belong to the result. */
struct lokid_found {
    struct lokid_stream *streams;
    size_t stream_count;
    struct lokid_entry *entries;
    size_t count, cap;
    struct arena *arena;
    size_t scanned, bytes;
};
void lokid_find(struct lokid *d, const struct logql *q, int64_t from, int64_t to, size_t limit,
                bool forward, struct lokid_found *out);
void lokid_find_free(struct lokid_found *f);

/* lokid_join.c: the same of each hour, until there are enough, and of more than `limit` those that Loki
 * gives, which are not always the first. categories: result streams are so. */
struct lokid_join {
    struct lokid_found *parts;
    size_t count, cap;
};
void lokid_join_find(struct lokid *d, const struct logql *q, int64_t from, int64_t to, size_t limit,
                     bool forward, bool categories, struct lokid_join *out);
void lokid_join_free(struct lokid_join *j);

/* ---- pushed lines, lokid_store.c ---- */

struct lokid_store *lokid_store_new(void);
void lokid_store_free(struct lokid_store *s);
size_t lokid_store_count(const struct lokid_store *s);
struct lokid_pushed *lokid_store_at(const struct lokid_store *s, size_t i);
/* The stream of these labels (sorted by name), made when it is new; NULL when there are too many.
 */
struct lokid_pushed *lokid_store_stream(struct lokid_store *s, const struct history_label *labels,
                                        size_t count);
const struct history_label *lokid_store_labels(const struct lokid_pushed *p, size_t *count);
int64_t lokid_store_newest(const struct lokid_pushed *p); /* 0: holds nothing */
void lokid_store_span(const struct lokid_pushed *p, int64_t *first, int64_t *last);
/* Copies a line in; the same text at the same time is kept once. The oldest lines give way when
 * there is no room. */
void lokid_store_add(struct lokid_store *s, struct lokid_pushed *p, const struct lokid_line *line);
void lokid_store_read(const struct lokid_pushed *p, int64_t from, int64_t to,
                      bool (*each)(void *context, const struct lokid_line *line), void *context);

#endif
