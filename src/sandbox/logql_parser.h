/* Between the files of the LogQL parser. */
#ifndef SANDBOX_LOGQL_PARSER_H
#define SANDBOX_LOGQL_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/logql.h"
#include "sandbox/logql_lex.h"

enum { LOGQL_PARSER_DEPTH = 40 };

struct logql_parser {
    struct logql_lex lex;
    char *error;
    size_t size;
    bool failed;
    int depth;
    struct logql *q;
};

/* Each notes the first error and returns false. */
bool logql_parser_fail(struct logql_parser *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool logql_parser_unexpected(struct logql_parser *p, const char *expecting); /* the present token */
bool logql_parser_not_here(struct logql_parser *p, const char *what);

bool logql_parser_is_mark(const struct logql_parser *p, const char *mark);
bool logql_parser_is_word(const struct logql_parser *p, const char *word);
bool logql_parser_take_mark(struct logql_parser *p, const char *mark, const char *expecting);
char *logql_parser_take_name(struct logql_parser *p, const char *expecting); /* free() it */

/* A selector and its stages; ranged: with a [range] in one of its places. */
bool logql_parser_log(struct logql_parser *p, bool ranged);
/* Everything else: logql_parse_metric.c. */
bool logql_parse_metric(struct logql_parser *p);

#endif
