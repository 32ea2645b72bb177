#include "source/loki/loki_limits.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

/* The server may measure a span a little longer than it was asked for. */
#define MARGIN CLOCK_SECOND

/* The span behind `name` in "(query length: 744h0m0s, limit: 30d1h)"; 0: none that can be read. */
static int64_t span_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    int64_t span = 0;
    if (!at)
        return 0;
    at += strlen(name);
    return clock_parse_span((struct str){at, strcspn(at, ",)")}, &span) ? span : 0;
}

/* Where the limit cannot be read, half of what was too long. */
static enum loki_limits_said learn_longest(struct loki_limits *l, const char *refusal)
{
    int64_t longest = span_behind(refusal, ", limit: ") - MARGIN;
    if (longest <= 0)
        longest = span_behind(refusal, "(query length: ") / 2;
    if (longest > 0 && longest < l->longest)
        l->longest = longest;
    return LOKI_LIMITS_LONGEST;
}

enum loki_limits_said loki_limits_learn(struct loki_limits *l, const char *refusal)
{
    if (strstr(refusal, "query time range exceeds the limit"))
        return learn_longest(l, refusal);
    const char *at = strstr(refusal, "max_entries_limit"); /* 3: max_entries_limit_per_query */
    if (!at)
        return LOKI_LIMITS_NOTHING;
    at = strchr(at, '>');
    long limit = at ? strtol(at + 1, NULL, 10) : 0;
    if (limit > 0 && limit < l->lines)
        l->lines = (int)limit;
    return LOKI_LIMITS_LINES;
}
