#include "sandbox/loki/logql_parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

bool logql_parse_fail(struct logql_parser *p, const char *fmt, ...)
{
    va_list args;
    if (p->failed)
        return false;
    p->failed = true;
    va_start(args, fmt);
    vsnprintf(p->error, p->size, fmt, args);
    va_end(args);
    return false;
}

bool logql_parse_unexpected(struct logql_parser *p, const char *expecting)
{
    char name[80];
    const struct logql_lex_token *t = &p->lex.token;
    if (t->type == LOGQL_LEX_BAD)
        return logql_parse_fail(p, "parse error at line %d, col %d: %s", t->line, t->column,
                                p->lex.error);
    bool whole_empty = t->type == LOGQL_LEX_END && t->line == 1 && t->column == 1;
    if (whole_empty)
        return logql_parse_fail(p, "parse error : syntax error: unexpected $end");
    return logql_parse_fail(p, "parse error at line %d, col %d: syntax error: unexpected %s%s%s",
                            t->line, t->column, logql_lex_name(&p->lex, name, sizeof name),
                            *expecting ? ", expecting " : "", expecting);
}

bool logql_parse_not_here(struct logql_parser *p, const char *what)
{
    return logql_parse_fail(p, "parse error at line %d, col %d: the sandbox does not evaluate %s",
                            p->lex.token.line, p->lex.token.column, what);
}

bool logql_parse_is_mark(const struct logql_parser *p, const char *mark)
{
    return p->lex.token.type == LOGQL_LEX_MARK && str_is(p->lex.token.text, mark);
}

bool logql_parse_is_word(const struct logql_parser *p, const char *word)
{
    return p->lex.token.type == LOGQL_LEX_NAME && str_is(p->lex.token.text, word);
}

bool logql_parse_take_mark(struct logql_parser *p, const char *mark, const char *expecting)
{
    if (!logql_parse_is_mark(p, mark))
        return logql_parse_unexpected(p, expecting);
    logql_lex_next(&p->lex);
    return true;
}

char *logql_parse_take_name(struct logql_parser *p, const char *expecting)
{
    if (p->lex.token.type != LOGQL_LEX_NAME) {
        logql_parse_unexpected(p, expecting);
        return NULL;
    }
    char *name = mem_dup_n(p->lex.token.text.p, p->lex.token.text.n);
    logql_lex_next(&p->lex);
    return name;
}
