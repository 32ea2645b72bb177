/* The metric half of LogQL's grammar. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/loki/logql_parse.h"

static int find_word(const struct logql_parser *p, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (logql_parse_is_word(p, words[i]))
            return i;
    return -1;
}

static bool read_grouping(struct logql_parser *p, struct logql_aggregation *a)
{
    a->by = logql_parse_is_word(p, "by");
    a->without = !a->by;
    logql_lex_next(&p->lex);
    if (!logql_parse_take_mark(p, "(", "("))
        return false;
    while (!logql_parse_is_mark(p, ")")) {
        char *name = logql_parse_take_name(p, a->label_count ? "IDENTIFIER" : "IDENTIFIER or )");
        if (!name)
            return false;
        mem_grow(&a->labels, &a->label_cap, a->label_count + 1, sizeof *a->labels);
        a->labels[a->label_count++] = name;
        if (logql_parse_is_mark(p, ","))
            logql_lex_next(&p->lex);
        else if (!logql_parse_is_mark(p, ")"))
            return logql_parse_unexpected(p, ", or )");
    }
    logql_lex_next(&p->lex);
    return true;
}

static void append(struct logql *q, struct logql_aggregation *a)
{
    struct logql_aggregation **end = &q->aggregations;
    while (*end)
        end = &(*end)->next;
    *end = a;
}

static bool read_vector(struct logql_parser *p, int op)
{
    struct logql_aggregation *a = mem_alloc(sizeof *a);
    a->op = (enum logql_vector)op;
    logql_lex_next(&p->lex);
    bool good = (!logql_parse_is_word(p, "by") && !logql_parse_is_word(p, "without")) ||
                read_grouping(p, a);
    good = good && logql_parse_take_mark(p, "(", a->label_count ? "(" : "");
    if (good && (op == LOGQL_TOPK || op == LOGQL_BOTTOMK)) {
        double k = 0;
        if (logql_parse_is_mark(p, "{"))
            good = logql_parse_log(p, false) && logql_parse_unexpected(p, "");
        else
            good = p->lex.token.type == LOGQL_LEX_NUMBER && str_to_double(p->lex.token.text, &k) &&
                           k >= 1
                       ? true
                       : logql_parse_unexpected(p, "NUMBER");
        a->k = (int)k;
        if (good)
            logql_lex_next(&p->lex);
        good = good && logql_parse_take_mark(p, ",", ",");
    }
    good = good && logql_parse_metric(p) && logql_parse_take_mark(p, ")", "");
    if (good && (logql_parse_is_word(p, "by") || logql_parse_is_word(p, "without")) && !a->by &&
        !a->without)
        good = read_grouping(p, a);
    append(p->q, a);
    return good;
}

static bool read_scalars(struct logql_parser *p)
{
    static const char *const marks[] = {">", ">=", "<", "<=", "==", "!=", "+", "-", "*", "/"};
    for (;;) {
        const char *op = NULL;
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            if (logql_parse_is_mark(p, marks[i]))
                op = marks[i];
        if (!op)
            return true;
        logql_lex_next(&p->lex);
        struct logql_aggregation *a = mem_alloc(sizeof *a);
        a->op = LOGQL_SCALAR;
        snprintf(a->scalar_op, sizeof a->scalar_op, "%s", op);
        append(p->q, a);
        if (logql_parse_is_word(p, "bool")) {
            a->scalar_bool = true;
            logql_lex_next(&p->lex);
        }
        if (p->lex.token.type != LOGQL_LEX_NUMBER)
            return p->lex.token.type == LOGQL_LEX_NAME
                       ? logql_parse_not_here(p, "operations between two queries")
                       : logql_parse_unexpected(p, "");
        str_to_double(p->lex.token.text, &a->scalar);
        logql_lex_next(&p->lex);
    }
}

/* The name of a function counts as one only before its parenthesis or grouping. */
static bool is_call(const struct logql_parser *p)
{
    static const char *const groupings[] = {"by", "without"};
    const char *at = p->lex.p + strspn(p->lex.p, " \t\r\n");
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(groupings[i]);
        if (strncmp(at, groupings[i], n) == 0)
            return at[n + strspn(at + n, " \t\r\n")] == '(';
    }
    return *at == '(';
}

static bool plain_name(struct logql_parser *p)
{
    return logql_parse_fail(p,
                            "parse error at line %d, col %d: syntax error: unexpected IDENTIFIER",
                            p->lex.token.line, p->lex.token.column);
}

bool logql_parse_metric(struct logql_parser *p)
{
    static const char *const ranges[] = {"count_over_time", "rate", "bytes_over_time",
                                         "bytes_rate"};
    static const char *const vectors[] = {"sum", "avg", "min", "max", "count", "topk", "bottomk"};
    if (++p->depth > LOGQL_PARSER_DEPTH)
        return logql_parse_fail(p, "parse error : nesting is too deep");
    int range = is_call(p) ? find_word(p, ranges, 4) : -1,
        vector = is_call(p) ? find_word(p, vectors, 7) : -1;
    bool good;
    if (range >= 0) {
        p->q->range_op = (enum logql_range)range;
        logql_lex_next(&p->lex);
        good = logql_parse_take_mark(p, "(", "(") && logql_parse_log(p, true);
        if (good && logql_parse_is_word(p, "offset"))
            good = logql_parse_not_here(p, "offset");
        good = good && logql_parse_take_mark(p, ")", ")");
    } else if (vector >= 0) {
        good = read_vector(p, vector);
    } else if (logql_parse_is_mark(p, "(")) {
        logql_lex_next(&p->lex);
        good = logql_parse_metric(p) && logql_parse_take_mark(p, ")", "");
    } else {
        /* A log query where a metric must stand is noticed only behind it. */
        good = logql_parse_is_mark(p, "{") && !logql_parse_log(p, false) ? false
               : p->lex.token.type == LOGQL_LEX_NAME && !p->failed       ? plain_name(p)
                                                                   : logql_parse_unexpected(p, "");
    }
    p->depth--;
    return good && read_scalars(p);
}
