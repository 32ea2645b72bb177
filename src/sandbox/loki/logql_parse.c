/* Recursive descent, from here down: the whole query, a metric's or a log's (logql_parse_metric.c,
 * logql_parse_log.c), its tokens. The error says what the real, generated parser would say where
 * that is known. */
#include "sandbox/loki/logql_parse.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { QUERY_MAX = 128 << 10 };

/* A query must name at least something. */
static bool check_selector(struct logql_parser *p)
{
    for (size_t i = 0; i < p->q->matcher_count; i++) {
        const struct logql_matcher *m = &p->q->matchers[i];
        bool positive = m->op == LOGQL_EQUAL || m->op == LOGQL_MATCHES ||
                        m->op == LOGQL_NOT_EQUAL || m->op == LOGQL_NOT_MATCHES;
        if (positive && !logql_matches(m, (struct str){"", 0}))
            return true;
    }
    return logql_parse_fail(
        p, "parse error : queries require at least one regexp or equality matcher that does not "
           "have an empty-compatible "
           "value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will");
}

/* A log query may stand in parentheses, with nothing behind them. */
static bool read_whole(struct logql_parser *p)
{
    size_t parens = 0;
    const char *behind = p->lex.p + strspn(p->lex.p, "( \t\r\n");
    p->q->metric = !logql_parse_is_mark(p, "{") && !(logql_parse_is_mark(p, "(") && *behind == '{');
    if (p->q->metric)
        return logql_parse_metric(p);
    while (logql_parse_is_mark(p, "(") && ++parens)
        logql_lex_next(&p->lex);
    bool good = logql_parse_log(p, false);
    for (; good && parens; parens--)
        good = logql_parse_take_mark(p, ")", ")");
    return good;
}

struct logql *logql_parse(const char *text, char *error, size_t size)
{
    struct logql_parser p = {.error = error, .size = size, .q = mem_alloc(sizeof *p.q)};
    snprintf(error, size, "parse error : syntax error");
    bool good = strlen(text) <= QUERY_MAX || logql_parse_fail(&p, "parse error : query too long");
    if (good) {
        logql_lex_start(&p.lex, text);
        good = read_whole(&p);
    }
    if (good && p.lex.token.type != LOGQL_LEX_END)
        good = logql_parse_unexpected(&p, "");
    if (good && !p.failed && check_selector(&p))
        return p.q;
    logql_free(p.q);
    return NULL;
}
