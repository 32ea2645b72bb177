/*
 * LogQL, as much of it as kubeboard sends: selectors, line filters, json, logfmt, label filters,
 * drop, keep; count_over_time, rate, bytes_over_time, bytes_rate; sum, avg, min, max, count by or
 * without labels, topk, bottomk; comparison and arithmetic with a number. Whatever else is refused.
 * Errors are worded and placed as Loki 3.4 does.
 */
#ifndef SANDBOX_LOGQL_H
#define SANDBOX_LOGQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct regex;

enum logql_match { LOGQL_EQUAL, LOGQL_NOT_EQUAL, LOGQL_MATCHES, LOGQL_NOT_MATCHES };

struct logql_matcher {
    char *name, *value;
    enum logql_match op;
    struct regex *regex; /* anchored; for the last two */
};

enum logql_stage_type {
    LOGQL_LINE,
    LOGQL_JSON,
    LOGQL_LOGFMT,
    LOGQL_FILTER,
    LOGQL_DROP,
    LOGQL_KEEP,
    LOGQL_DECOLORIZE
};

enum logql_compare { LOGQL_EQ, LOGQL_NE, LOGQL_GT, LOGQL_GE, LOGQL_LT, LOGQL_LE };

/* A label filter: a tree of and, or over comparisons. */
enum logql_node_type {
    LOGQL_AND,
    LOGQL_OR,
    LOGQL_STRING,
    LOGQL_NUMBER,
    LOGQL_DURATION,
    LOGQL_BYTES
};
struct logql_node {
    enum logql_node_type type;
    struct logql_node *left, *right;
    struct logql_matcher matcher; /* STRING; its name for the others too */
    enum logql_compare compare;
    double number; /* DURATION in seconds */
};

struct logql_stage {
    struct logql_stage *next;
    enum logql_stage_type type;
    enum logql_match op; /* LINE */
    char *text;
    struct regex *regex;
    struct logql_stage *or_; /* LINE: |= "a" or "b" */
    struct logql_node *filter;
    struct logql_matcher
        *labels; /* DROP, KEEP: a name alone is `name=~".*"` with regex NULL and value NULL */
    size_t label_count, label_cap;
};

enum logql_range { LOGQL_COUNT_OVER_TIME, LOGQL_RATE, LOGQL_BYTES_OVER_TIME, LOGQL_BYTES_RATE };
enum logql_vector {
    LOGQL_SUM,
    LOGQL_AVG,
    LOGQL_MIN,
    LOGQL_MAX,
    LOGQL_COUNT,
    LOGQL_TOPK,
    LOGQL_BOTTOMK,
    LOGQL_SCALAR
};

/* Applied from the innermost to the outermost. */
struct logql_aggregation {
    struct logql_aggregation *next;
    enum logql_vector op;
    bool by, without;
    char **labels;
    size_t label_count, label_cap;
    int k;
    char scalar_op[4]; /* SCALAR: > >= < <= == != + - * / */
    bool scalar_bool;
    double scalar;
};

struct logql {
    struct logql_matcher *matchers;
    size_t matcher_count, matcher_cap;
    struct logql_stage *stages;
    bool metric;
    enum logql_range range_op;
    int64_t range;                          /* ns */
    struct logql_aggregation *aggregations; /* innermost first */
};

/* NULL and Loki's words for what is wrong with it ("parse error at line 1, col 18: …"). */
struct logql *logql_parse(const char *text, char *error, size_t size);
void logql_free(struct logql *q); /* NULL is allowed */

/* ---- labels of a line while it goes through the stages ---- */

enum logql_kind { LOGQL_STREAM, LOGQL_STRUCTURED, LOGQL_PARSED };
struct logql_label {
    struct str name, value;
    enum logql_kind kind;
};
enum { LOGQL_LABELS_MAX = 300 };

struct logql_line {
    struct logql_label list[LOGQL_LABELS_MAX + 4]; /* room for what is found last */
    size_t count;
    struct str text;
    struct buf scratch; /* holds what was unescaped; cleared for each line */
    bool parsed;        /* a parser stage ran */
};
void logql_line_init(struct logql_line *l);
void logql_line_free(struct logql_line *l);
struct str logql_line_get(const struct logql_line *l, const char *name);

bool logql_matches(const struct logql_matcher *m, struct str value);
/* Sends the line (its labels and text are set) through the stages; whether it stays. no_parsers:
 * nobody looks at labels. */
bool logql_run(const struct logql *q, struct logql_line *l, bool no_parsers);

/* Whether a query's result depends on detected_level, which costs time to find. */
bool logql_needs_level(const struct logql *q);
/* Whether parsers may be passed over as Loki does, since no label of theirs is asked for. */
bool logql_needs_no_labels(const struct logql *q);

#endif
