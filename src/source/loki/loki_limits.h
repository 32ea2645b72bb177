/* What a server's refusals say of its limits. */
#ifndef SOURCE_LOKI_LIMITS_H
#define SOURCE_LOKI_LIMITS_H

#include <stdint.h>

struct loki_limits {
    int lines;       /* of a page */
    int64_t longest; /* span of a question, ns */
};

#define LOKI_LIMITS_DEFAULT ((struct loki_limits){.lines = 5000, .longest = INT64_MAX})

enum loki_limits_said { LOKI_LIMITS_NOTHING, LOKI_LIMITS_LINES, LOKI_LIMITS_LONGEST };

/* Takes over a limit that the text of a 400 names and that is narrower than the one known; says of
 * what it speaks. */
enum loki_limits_said loki_limits_learn(struct loki_limits *l, const char *refusal);

#endif
