/*
 * Changes of the scope, in one place: what they forget, their history, and the intents that follow
 * from where the scope has come to rest. Intents are worked out by comparing what is wanted with
 * what was asked last, so undo, a command and a cursor all take the same way.
 */
#ifndef UI_MOVES_H
#define UI_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "model/pod_log_wish.h"
#include "model/rule.h"

enum { MOVES_DEBOUNCE_MS = 150 };

struct moves; /* opaque */

/* Writes m->scope and m->intents; both arguments must outlive it. `span`: of the live view, ns. */
struct moves *moves_new(struct model *m, const struct rule_labels *labels, int64_t span);
void moves_free(struct moves *v); /* NULL is allowed */

/* "" takes the choice back. A move by a cursor (`browsing`) waits for the next one for
 * MOVES_DEBOUNCE_MS before anything is asked. */
void moves_namespace(struct moves *v, const char *name);
void moves_node(struct moves *v, const char *name);
void moves_workload(struct moves *v, const char *ns, const char *workload); /* "Deployment/web" */
void moves_pod(struct moves *v, const char *ns, const char *name, bool browsing);
void moves_subject(struct moves *v, const struct scope *from); /* scope_set_subject */
void moves_group(struct moves *v, const char *id);
void moves_window(struct moves *v, const char *rule, int64_t from, int64_t to);
void moves_time(struct moves *v, int64_t at);
void moves_span_to(struct moves *v, int64_t from,
                   int64_t at); /* the span before `at` begins at from */
void moves_live(struct moves *v);
/* The window before (-1) or after (1) that of the scope; behind the last one it is live. */
void moves_step(struct moves *v, int direction, int64_t now);

/* The same a day earlier or later. */
void moves_day(struct moves *v, int direction, int64_t now);

/* A query typed by hand in the place of the scope's, whatever the scope moves to; NULL takes it back. */
void moves_query(struct moves *v, const char *logql);
const char *moves_typed_query(const struct moves *v); /* or NULL */
/* The same by a pane: every move to something else takes it back. */
void moves_narrow(struct moves *v, const char *logql);
bool moves_is_edited(const struct moves *v); /* the query is one that was typed */

/* A metric query for the graph pane; NULL: none. */
void moves_graph(struct moves *v, enum question_language language, const char *text);
const char *moves_graph_query(const struct moves *v,
                              enum question_language *language); /* or NULL */

int64_t moves_span(const struct moves *v); /* of the live view, ns */

/* The log of one container through the API server in the place of Loki's lines; NULL takes it back, as
 * does every move to something else. */
void moves_pod_log(struct moves *v, const struct pod_log_wish *w);
void moves_container(struct moves *v, const char *name); /* of the scope's pod; "": all of them */

/* The lines of another query and span in the place of the scope's, for a while: NULL ends it, as does
 * every move. */
void moves_around(struct moves *v, const char *logql, int64_t from, int64_t to);
const char *moves_around_query(const struct moves *v); /* or NULL */

/* A line to be shown among its neighbours by the pane of lines, which takes it, and the pane that one
 * goes back to from there. */
struct moves_line {
    const struct labels *labels; /* held while it waits; may be NULL */
    int64_t time;
    uint64_t text;    /* hash_bytes of it */
    const char *back; /* lives for ever */
};
void moves_line(struct moves *v, const struct moves_line *line);
bool moves_take_line(struct moves *v, struct moves_line *out); /* labels_drop them; false: none */

/* One step out: around, typed query, group, time, pod, workload, node; false when there is nothing left but the
 * namespace. */
bool moves_out(struct moves *v);
bool moves_undo(struct moves *v);
bool moves_redo(struct moves *v);

/* Pushes the intents that are due at `tick` (monotonic ns). Returns when it has to be called again
 * (tick), or INT64_MAX. */
int64_t moves_due(struct moves *v, int64_t now, int64_t tick);

/* Whether model->logs is still of another query than the scope's: what is shown is not what is chosen. */
bool moves_is_asking(const struct moves *v);

#endif
