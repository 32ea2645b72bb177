/*
 * One Loki: how it is reached, its clock, its limits, its state, and the small questions (one
 * request, one answer). Pages of lines are loki_page.h's, whole spans loki_extract.h's, following
 * loki_follow.h's.
 */
#ifndef SOURCE_LOKI_H
#define SOURCE_LOKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/labels.h"
#include "model/rule.h"
#include "model/upstream.h"
#include "net/conn.h"
#include "net/http.h"

struct loki;

/* Asks nothing yet. Copies conn and labels (NULL: rule_labels_default). `h` must outlive it. */
struct loki *loki_new(struct http *h, const struct conn *c, const struct rule_labels *labels);
/* Questions under way are cancelled (their `done` is not called); extracts, tails and follows must
 * have been freed before. */
void loki_free(struct loki *l); /* NULL is allowed */

const struct upstream *
loki_upstream(const struct loki *l); /* changes with every answer to anything asked of this Loki */
const struct rule_labels *loki_labels(const struct loki *l);
struct http *loki_http(const struct loki *l);
struct http_target *loki_target(const struct loki *l);

/* The server's time as wall ns: our clock and what its Date headers (whole seconds) say of the
 * difference, good to ±0.5 s after one answer and better after several. Our own clock before the
 * first. */
int64_t loki_now(const struct loki *l);
/* The server's clock less ours, ns; 0 while ours fits all that was seen. */
int64_t loki_clock_offset(const struct loki *l);

/* Lines that this server gives a page: 5,000, or what its refusal of more said. */
int loki_limit(const struct loki *l);
/* The longest span that it takes a question of: INT64_MAX until its refusal of one said less. */
int64_t loki_longest(const struct loki *l);

/* A small question under way. `done` is called exactly once, never from inside the call that asks;
 * err is never NULL, its kind ERR_NONE when it was answered. After `done`, or loki_cancel, it is
 * gone. */
struct loki_call;
void loki_cancel(struct loki_call *c); /* `done` is not called any more; NULL is allowed */

/* Lines that `query` (a log query) has in [from, to), by instant count_over_time at to − 1 ns. to −
 * from must be whole milliseconds (else ERR_USAGE). Errors of parsers are dropped before counting,
 * where the server knows `drop` (Loki 2.9). */
struct loki_call *loki_count(struct loki *l, const char *query, int64_t from, int64_t to,
                             void (*done)(void *context, uint64_t count, const struct err *err),
                             void *context);

/* As loki_count, but lines that are the same (stream, time, length and the first 300 bytes) count once.
 * loki_count counts a line more often that was pushed again later, until its chunks are stored and
 * read as one, or for ever (3.4: 784 of 1,600 in memory, 55 once flushed; pages give each once).
 * Loki keeps some kB for each line meanwhile: not for more than 100,000. Where it has no words for it
 * (before 2.4), it is loki_count. */
struct loki_call *loki_count_distinct(struct loki *l, const char *query, int64_t from, int64_t to,
                                      void (*done)(void *context, uint64_t count,
                                                   const struct err *err),
                                      void *context);

/* "count_over_time(QUERY …[SPAN])" with what parsers could not read dropped, where the server knows how,
 * and "> 0" where a sum over it would be wrong without; span: whole milliseconds. free() it. */
char *loki_counted(const struct loki *l, const char *query, int64_t span);
/* Whether `drop` may be sent: not once the server has refused it. */
bool loki_knows_drop(const struct loki *l);
/* Whether the server may shuffle the lines that a stream has on one nanosecond: Loki does since it
 * gathers answers with a sort that is not stable (2.9 at the latest). Two lines keep their order, and
 * so do all of a result stream of at most 12 (measured on 3.4; 2.3 keeps every order). */
bool loki_shuffles(const struct loki *l);
/* Whether it has not refused yet to tell a line's nanosecond (loki_request's `apart`). */
bool loki_knows_moments(const struct loki *l);
void loki_learn_no_moments(struct loki *l);
/* Whether the refusal of `query`, sent with "| drop …" on a line of its own behind it (dropped), says
 * that the server does not know `drop`: then it is not sent any more, and the question should be
 * asked once again. */
bool loki_learn_no_drop(struct loki *l, const char *query, bool dropped, const struct err *err);

enum loki_query { LOKI_QUERY_LINES, LOKI_QUERY_METRIC };
/* Is this LogQL, and of which kind? By asking for one line of the last second: all that the server
 * checks is checked (regular expressions too). A refusal is ERR_REFUSED with the server's text: see
 * loki_error_place. */
struct loki_call *
loki_check(struct loki *l, const char *query,
           void (*done)(void *context, enum loki_query kind, const struct err *err), void *context);
/* Where the server's refusal points: line and column from 1, counted in characters. False when it
 * names no place. */
bool loki_error_place(const struct err *err, int *line, int *column);

/* Values of a label (NULL: the names of all labels that streams are selected by) in [from, to),
 * sorted; of streams that match `selector` when it is not NULL. The array lasts until `done`
 * returns; no value at all is no error. */
struct loki_call *loki_label_values(struct loki *l, const char *label, const char *selector,
                                    int64_t from, int64_t to,
                                    void (*done)(void *context, const char *const *values,
                                                 size_t count, const struct err *err),
                                    void *context);

struct loki_stats {
    uint64_t streams, chunks, bytes, entries;
};
/* What the index says of a selector (the query's stages are cut off here): a guess of the size, 0
 * for what is not flushed yet and whole chunks for the rest. ERR_NOT_FOUND on a server without
 * index statistics (before 2.6). */
struct loki_call *loki_index_stats(struct loki *l, const char *query, int64_t from, int64_t to,
                                   void (*done)(void *context, const struct loki_stats *stats,
                                                const struct err *err),
                                   void *context);

/* A metric query over a span: `point` for every point of every series (a series' points in time
 * order, one series after the other), while the answer arrives; then `done` with the number of
 * series. step in ns, at least 1 ms; at most 11,000 steps. */
struct loki_call *
loki_matrix(struct loki *l, const char *query, int64_t from, int64_t to, int64_t step,
            void (*point)(void *context, const struct labels *series, int64_t time, double value),
            void (*done)(void *context, size_t series, const struct err *err), void *context);

/* For the other files of this source: every answer passes here, so that clock, state and limit are
 * known in one place. sent_at: clock_now() when the request went out. A 404, a 405 or HTML where an
 * answer should be becomes ERR_PROTOCOL "no Loki"; a limit that the server names is taken over and
 * becomes ERR_LIMIT. *err is rewritten in place. */
void loki_note_answer(struct loki *l, struct http_request *r, int status, int64_t sent_at,
                      struct err *err);
/* Sends the form (as conn_query makes it, with its question mark) to the path: by GET, or by POST
 * when it is long. The call brings headers, times and callbacks; target, path and body are set
 * here. */
struct http_request *loki_send(struct loki *l, const char *path, struct str form,
                               const struct http_call *call);

#endif
