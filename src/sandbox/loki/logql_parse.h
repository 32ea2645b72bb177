/* Between the files of the LogQL parser. */
#ifndef SANDBOX_LOGQL_PARSE_H
#define SANDBOX_LOGQL_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/loki/logql.h"
#include "sandbox/loki/logql_lex.h"

enum { LOGQL_PARSER_DEPTH = 40 };

struct logql_parser {
    struct logql_lex lex;
    char *error;
    size_t size;
    bool failed;
    int depth;
    struct logql *q;
};

/* logql_parse_token.c. Each notes the first error and returns false. */
bool logql_parse_fail(struct logql_parser *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool logql_parse_unexpected(struct logql_parser *p, const char *expecting); /* the present token */
bool logql_parse_not_here(struct logql_parser *p, const char *what);

bool logql_parse_is_mark(const struct logql_parser *p, const char *mark);
bool logql_parse_is_word(const struct logql_parser *p, const char *word);
bool logql_parse_take_mark(struct logql_parser *p, const char *mark, const char *expecting);
char *logql_parse_take_name(struct logql_parser *p, const char *expecting); /* free() it */

/* logql_parse_log.c: a selector and its stages; ranged: with a [range] in one of its places. */
bool logql_parse_log(struct logql_parser *p, bool ranged);
/* logql_parse_metric.c: everything else. */
bool logql_parse_metric(struct logql_parser *p);

#endif
