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
 * derived. It is what a window keeps as its query, so it does not name kubeboard's own pods.
 */
void rule_query(const struct rule *r, const struct rule_labels *labels, struct buf *out);

/* `query`, a log query, with a further matcher of its streams (`pod="p"`) before the others. */
void rule_with_matcher(const char *query, const char *matcher, struct buf *out);

/* What is asked and counted in its place (CONTRACT.md, complete): rule_query with app!="kubeboard"
 * among its matchers. */
void rule_counted(const struct rule *r, const struct rule_labels *labels, struct buf *out);

/* A LogQL string literal: quoted and escaped. */
void rule_quote(struct buf *out, const char *text);

void rule_free_inner(struct rule *r);

#endif
