/* A rule of the collector: what counts as an error (window × namespaces × pattern, or LogQL). */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/labels.h"

enum { RULE_NAME_MAX = 40 };

struct rule {
    char *name;                /* [a-z0-9-]{1,40} */
    char **namespaces;         /* globs; NULL-terminated; NULL: all */
    char **exclude_namespaces; /* globs */
    char *match;               /* a regular expression; NULL when logql is given */
    char *logql;               /* a log query that starts with its stream selector */
    int around;                /* lines of context about each error */
    int64_t limit;             /* lines a window at most; 0: none */
};

/* What log labels are called (configuration loki.labels). */
struct rule_labels {
    const char *namespace_, *pod, *container, *node, *app;
};
extern const struct rule_labels rule_labels_default; /* namespace pod container node_name app */

/*
 * The LogQL that the rule asks, as CONTRACT.md shows it: the cheap filter first where it can be
 * derived. It is what a window keeps as its query, so it does not name kubeboard's own pods:
 * whoever reads its answer leaves out the streams of which rule_is_own is true, and rule_counted
 * leaves them out of the count.
 */
void rule_query(const struct rule *r, const struct rule_labels *labels, struct buf *out);

/* `query`, a log query, with a further matcher of its streams (`pod="p"`) before the others. */
void rule_with_matcher(const char *query, const char *matcher, struct buf *out);

/* The log query whose lines are counted (CONTRACT.md, complete): rule_query with app!="kubeboard"
 * among its matchers, so that Loki counts what rule_is_own leaves. */
void rule_counted(const struct rule *r, const struct rule_labels *labels, struct buf *out);

/* Whether a stream is of kubeboard's own pods (app="kubeboard"). `stream` may be NULL. */
bool rule_is_own(const struct labels *stream, const struct rule_labels *labels);

/* A LogQL string literal: quoted and escaped. */
void rule_quote(struct buf *out, const char *text);

void rule_free_inner(struct rule *r);

#endif
