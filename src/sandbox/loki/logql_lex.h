/* The tokens of LogQL, with their places. */
#ifndef SANDBOX_LOGQL_LEX_H
#define SANDBOX_LOGQL_LEX_H

#include <stddef.h>

#include "base/str.h"

enum logql_lex_type {
    LOGQL_LEX_END,
    LOGQL_LEX_NAME,
    LOGQL_LEX_STRING,
    LOGQL_LEX_NUMBER,
    LOGQL_LEX_DURATION,
    LOGQL_LEX_BYTES,
    LOGQL_LEX_RANGE,
    LOGQL_LEX_MARK,
    LOGQL_LEX_BAD
};

struct logql_lex_token {
    enum logql_lex_type type;
    struct str text;  /* of STRING with its quotes, of RANGE the inside of the brackets */
    int line, column; /* from 1, in characters */
};

struct logql_lex {
    const char *p;
    int line, column;
    struct logql_lex_token token; /* the present one */
    const char *error;            /* of a BAD token: "literal not terminated" */
};

void logql_lex_start(struct logql_lex *l, const char *text);
void logql_lex_next(struct logql_lex *l);
/* What the real parser calls the token: "$end", "IDENTIFIER", "STRING", "|". Returns out. */
const char *logql_lex_name(const struct logql_lex *l, char *out, size_t size);
/* A STRING's value, unescaped (Go's rules; a raw one as it is); NULL when an escape is broken.
 * free() it. */
char *logql_lex_string(struct str quoted);

#endif
