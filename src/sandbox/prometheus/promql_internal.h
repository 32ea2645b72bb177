/* The tree between the parser of PromQL and its evaluation. */
#ifndef SANDBOX_PROMQL_INTERNAL_H
#define SANDBOX_PROMQL_INTERNAL_H

#include "base/regex.h"
#include "sandbox/prometheus/promql.h"

enum promql_type { PROMQL_NUMBER, PROMQL_SELECTOR, PROMQL_RATE, PROMQL_AGGREGATE, PROMQL_BINARY };
enum promql_op {
    PROMQL_ADD,
    PROMQL_SUBTRACT,
    PROMQL_MULTIPLY,
    PROMQL_DIVIDE,
    PROMQL_EQUAL,
    PROMQL_NOT_EQUAL,
    PROMQL_GREATER,
    PROMQL_LESS,
    PROMQL_GREATER_EQUAL,
    PROMQL_LESS_EQUAL,
};
enum promql_fold { PROMQL_SUM, PROMQL_AVG, PROMQL_MIN, PROMQL_MAX, PROMQL_COUNT };

struct promql_matcher {
    const char *name, *value;
    bool negative, pattern;
};

struct promql_names {
    const char **list;
    size_t count, cap;
};

struct promql {
    enum promql_type type;
    double number;
    const char *metric;
    struct promql_matcher *matchers;
    size_t matcher_count, matcher_cap;
    int64_t range; /* of a selector in rate() */
    bool increase; /* else rate */
    enum promql_fold fold;
    bool by;                   /* aggregation by `names`, else over all */
    struct promql_names names; /* by, or on */
    bool on, group_left;
    struct promql_names include; /* group_left (…) */
    enum promql_op op;
    struct promql *left, *right; /* left: the operand of rate and aggregation too */
};

#endif
