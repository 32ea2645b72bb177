/* A selector and the stages behind it. */
#include "sandbox/loki/logql_parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/regex.h"

enum { STAGES_MAX = 100 };

static char *take_string(struct logql_parser *p, const char *expecting)
{
    if (p->lex.token.type != LOGQL_LEX_STRING) {
        logql_parse_unexpected(p, expecting);
        return NULL;
    }
    char *value = logql_lex_string(p->lex.token.text);
    if (!value)
        logql_parse_fail(p, "parse error at line %d, col %d: invalid char escape",
                         p->lex.token.line, p->lex.token.column);
    logql_lex_next(&p->lex);
    return value;
}

/* Go's regexp names what is wrong with a pattern; the commonest case is a parenthesis that is
 * missing. */
static struct regex *compile(struct logql_parser *p, const char *pattern, const char *whole,
                             const char *stage)
{
    struct err err;
    struct regex *r = regex_new(whole, REGEX_DEFAULT, &err);
    if (r)
        return r;
    const char *what =
        strstr(err.what, "arenthes") ? "missing closing )" : "invalid or unsupported Perl syntax";
    logql_parse_fail(p, "parse error : %s%serror parsing regexp: %s: `%s`", stage,
                     *stage ? " : " : "", what, pattern);
    return NULL;
}

/* ---- selectors ---- */

static bool anchored(struct logql_parser *p, struct logql_matcher *m)
{
    if (m->op != LOGQL_MATCHES && m->op != LOGQL_NOT_MATCHES)
        return true;
    char *whole = mem_printf("^(?s:%s)$", m->value);
    m->regex = compile(p, m->value, whole, "");
    free(whole);
    return m->regex != NULL;
}

static bool match_op(struct logql_parser *p, enum logql_match *op, const char *expecting)
{
    static const char *const marks[] = {"=", "!=", "=~", "!~"};
    for (int i = 0; i < 4; i++)
        if (logql_parse_is_mark(p, marks[i])) {
            *op = (enum logql_match)i;
            logql_lex_next(&p->lex);
            return true;
        }
    return logql_parse_unexpected(p, expecting);
}

static bool read_matcher(struct logql_parser *p, struct logql_matcher *m)
{
    m->name = logql_parse_take_name(p, "IDENTIFIER");
    return m->name && match_op(p, &m->op, "= or =~ or !~ or !=") &&
           (m->value = take_string(p, "STRING")) && anchored(p, m);
}

static bool read_selector(struct logql_parser *p)
{
    struct logql *q = p->q;
    if (!logql_parse_take_mark(p, "{", ""))
        return false;
    while (!logql_parse_is_mark(p, "}")) {
        mem_grow(&q->matchers, &q->matcher_cap, q->matcher_count + 1, sizeof *q->matchers);
        struct logql_matcher *m = &q->matchers[q->matcher_count++];
        memset(m, 0, sizeof *m);
        if (p->lex.token.type != LOGQL_LEX_NAME && q->matcher_count == 1)
            return logql_parse_unexpected(p, "IDENTIFIER or }");
        if (!read_matcher(p, m))
            return false;
        bool comma = logql_parse_is_mark(p, ",");
        if (!comma && !logql_parse_is_mark(p, "}"))
            return logql_parse_unexpected(p, "} or ,");
        if (comma)
            logql_lex_next(&p->lex);
        if (comma && p->lex.token.type != LOGQL_LEX_NAME)
            return logql_parse_unexpected(p, "IDENTIFIER");
    }
    logql_lex_next(&p->lex);
    return true;
}

/* ---- stages ---- */

static bool read_line_filter(struct logql_parser *p, struct logql_stage *s)
{
    static const char *const marks[] = {"|=", "!=", "|~", "!~"};
    for (int i = 0; i < 4; i++)
        if (logql_parse_is_mark(p, marks[i]))
            s->op = (enum logql_match)i;
    s->type = LOGQL_LINE;
    logql_lex_next(&p->lex);
    if (logql_parse_is_word(p, "ip"))
        return logql_parse_not_here(p, "ip()");
    const struct str quoted = p->lex.token.text;
    if (!(s->text = take_string(p, "STRING or ip")))
        return false;
    if (s->op == LOGQL_MATCHES || s->op == LOGQL_NOT_MATCHES) {
        char *stage = mem_printf("stage '%s %.*s'", marks[s->op], (int)quoted.n, quoted.p);
        s->regex = compile(p, s->text, s->text, stage);
        free(stage);
        if (!s->regex)
            return false;
    }
    if (!logql_parse_is_word(p, "or"))
        return true;
    s->or_ = mem_alloc(sizeof *s->or_);
    s->or_->op = s->op;
    /* The lexer stands at "or": what follows is read as if the operator stood there again. */
    struct logql_stage *other = s->or_;
    other->type = LOGQL_LINE;
    logql_lex_next(&p->lex);
    if (!(other->text = take_string(p, "STRING or ip")))
        return false;
    return !(s->op == LOGQL_MATCHES || s->op == LOGQL_NOT_MATCHES) ||
           (other->regex = compile(p, other->text, other->text, ""));
}

static bool parse_bytes(struct str text, double *out)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824.},
                 {"KB", 1e3},   {"kB", 1e3},      {"MB", 1e6},
                 {"GB", 1e9},   {"B", 1},         {"b", 1}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].unit);
        if (text.n > n && str_ends(text, units[i].unit) &&
            str_to_double((struct str){text.p, text.n - n}, out)) {
            *out *= units[i].factor;
            return true;
        }
    }
    return false;
}

static bool read_number(struct logql_parser *p, struct logql_node *n)
{
    bool negative = logql_parse_is_mark(p, "-");
    if (negative)
        logql_lex_next(&p->lex);
    struct str text = p->lex.token.text;
    int64_t span = 0;
    bool good = false;
    if (p->lex.token.type == LOGQL_LEX_NUMBER) {
        n->type = LOGQL_NUMBER;
        good = str_to_double(text, &n->number);
    } else if (p->lex.token.type == LOGQL_LEX_DURATION) {
        n->type = LOGQL_DURATION;
        good = clock_parse_span(text, &span);
        n->number = (double)span / 1e9;
    } else if (p->lex.token.type == LOGQL_LEX_BYTES) {
        n->type = LOGQL_BYTES;
        good = parse_bytes(text, &n->number);
    }
    if (!good)
        return logql_parse_unexpected(p, "");
    if (negative)
        n->number = -n->number;
    logql_lex_next(&p->lex);
    return true;
}

static struct logql_node *read_or(struct logql_parser *p);

static bool read_comparison(struct logql_parser *p, struct logql_node *n)
{
    static const char *const marks[] = {"==", "!=", ">", ">=", "<", "<=", "="};
    if (!(n->matcher.name = logql_parse_take_name(p, "IDENTIFIER or (")))
        return false;
    int op = -1;
    for (int i = 0; i < 7; i++)
        if (logql_parse_is_mark(p, marks[i]))
            op = i;
    bool regex = logql_parse_is_mark(p, "=~") || logql_parse_is_mark(p, "!~");
    if (op < 0 && !regex)
        return logql_parse_unexpected(p, "");
    struct str mark = p->lex.token.text;
    logql_lex_next(&p->lex);
    if (p->lex.token.type == LOGQL_LEX_STRING && (regex || op == 1 || op == 6)) {
        n->type = LOGQL_STRING;
        n->matcher.op = str_is(mark, "=")    ? LOGQL_EQUAL
                        : str_is(mark, "!=") ? LOGQL_NOT_EQUAL
                        : str_is(mark, "=~") ? LOGQL_MATCHES
                                             : LOGQL_NOT_MATCHES;
        return (n->matcher.value = take_string(p, "")) && anchored(p, &n->matcher);
    }
    if (logql_parse_is_word(p, "ip"))
        return logql_parse_not_here(p, "ip()");
    if (regex)
        return logql_parse_unexpected(p, "STRING");
    n->compare = op == 6 ? LOGQL_EQ : (enum logql_compare)op;
    return read_number(p, n);
}

static struct logql_node *read_primary(struct logql_parser *p)
{
    if (++p->depth > LOGQL_PARSER_DEPTH) {
        logql_parse_fail(p, "parse error : nesting is too deep");
        return NULL;
    }
    struct logql_node *n = NULL;
    if (logql_parse_is_mark(p, "(")) {
        logql_lex_next(&p->lex);
        n = read_or(p);
        if (n)
            logql_parse_take_mark(p, ")", "");
    } else {
        n = mem_alloc(sizeof *n);
        read_comparison(p, n);
    }
    p->depth--;
    return n;
}

static struct logql_node *join(enum logql_node_type type, struct logql_node *left,
                               struct logql_node *right)
{
    struct logql_node *n = mem_alloc(sizeof *n);
    n->type = type;
    n->left = left;
    n->right = right;
    return n;
}

static struct logql_node *read_and(struct logql_parser *p)
{
    struct logql_node *n = read_primary(p);
    while (n && !p->failed && (logql_parse_is_word(p, "and") || logql_parse_is_mark(p, ","))) {
        logql_lex_next(&p->lex);
        struct logql_node *right = read_primary(p);
        n = right ? join(LOGQL_AND, n, right) : n;
    }
    return n;
}

static struct logql_node *read_or(struct logql_parser *p)
{
    struct logql_node *n = read_and(p);
    while (n && !p->failed && logql_parse_is_word(p, "or")) {
        logql_lex_next(&p->lex);
        struct logql_node *right = read_and(p);
        n = right ? join(LOGQL_OR, n, right) : n;
    }
    return n;
}

static bool read_labels(struct logql_parser *p, struct logql_stage *s)
{
    do {
        mem_grow(&s->labels, &s->label_cap, s->label_count + 1, sizeof *s->labels);
        struct logql_matcher *m = &s->labels[s->label_count++];
        memset(m, 0, sizeof *m);
        if (logql_parse_is_mark(p, ","))
            logql_lex_next(&p->lex);
        if (!(m->name = logql_parse_take_name(p, "IDENTIFIER")))
            return false;
        if (!logql_parse_is_mark(p, "=") && !logql_parse_is_mark(p, "!=") &&
            !logql_parse_is_mark(p, "=~") && !logql_parse_is_mark(p, "!~"))
            continue;
        if (!match_op(p, &m->op, "") || !(m->value = take_string(p, "STRING")) || !anchored(p, m))
            return false;
    } while (logql_parse_is_mark(p, ","));
    return true;
}

static bool read_pipe_stage(struct logql_parser *p, struct logql_stage *s)
{
    static const char *const others[] = {"line_format", "label_format", "pattern",
                                         "regexp",      "unpack",       "unwrap"};
    logql_lex_next(&p->lex);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (logql_parse_is_word(p, others[i]))
            return logql_parse_not_here(p, others[i]);
    if (logql_parse_is_word(p, "json") || logql_parse_is_word(p, "logfmt")) {
        s->type = logql_parse_is_word(p, "json") ? LOGQL_JSON : LOGQL_LOGFMT;
        logql_lex_next(&p->lex);
        if (p->lex.token.type == LOGQL_LEX_NAME && !logql_parse_is_word(p, "offset"))
            return logql_parse_not_here(p, "parser parameters");
        return true;
    }
    if (logql_parse_is_word(p, "drop") || logql_parse_is_word(p, "keep")) {
        s->type = logql_parse_is_word(p, "drop") ? LOGQL_DROP : LOGQL_KEEP;
        logql_lex_next(&p->lex);
        return read_labels(p, s);
    }
    if (logql_parse_is_word(p, "decolorize")) {
        s->type = LOGQL_DECOLORIZE;
        logql_lex_next(&p->lex);
        return true;
    }
    s->type = LOGQL_FILTER;
    if (logql_parse_is_mark(p, ">"))
        return logql_parse_not_here(p, "pattern filters");
    if (p->lex.token.type != LOGQL_LEX_NAME && !logql_parse_is_mark(p, "("))
        return logql_parse_unexpected(p, "");
    s->filter = read_or(p);
    return s->filter && !p->failed;
}

static bool read_stages(struct logql_parser *p)
{
    struct logql_stage **end = &p->q->stages;
    while (*end)
        end = &(*end)->next;
    for (int i = 0; i < STAGES_MAX; i++) {
        bool filter = logql_parse_is_mark(p, "|=") || logql_parse_is_mark(p, "!=") ||
                      logql_parse_is_mark(p, "|~") || logql_parse_is_mark(p, "!~");
        if (!filter && !logql_parse_is_mark(p, "|"))
            return true;
        struct logql_stage *s = *end = mem_alloc(sizeof *s);
        end = &s->next;
        if (!(filter ? read_line_filter(p, s) : read_pipe_stage(p, s)))
            return false;
    }
    return logql_parse_fail(p, "parse error : too many stages");
}

static bool read_range(struct logql_parser *p)
{
    if (p->lex.token.type != LOGQL_LEX_RANGE)
        return logql_parse_unexpected(p, "");
    struct str text = str_trim(p->lex.token.text);
    if (!clock_parse_span(text, &p->q->range) || !p->q->range) {
        size_t digits = 0;
        while (digits < text.n && isdigit((unsigned char)text.p[digits]))
            digits++;
        if (digits && digits < text.n)
            return logql_parse_fail(
                p, "parse error at line 0, col %d: unknown unit \"%.*s\" in duration \"%.*s\"",
                p->lex.token.column, (int)(text.n - digits), text.p + digits, (int)text.n, text.p);
        return logql_parse_fail(
            p, "parse error at line 0, col %d: not a valid duration string: \"%.*s\"",
            p->lex.token.column, (int)text.n, text.p);
    }
    logql_lex_next(&p->lex);
    return true;
}

bool logql_parse_log(struct logql_parser *p, bool ranged)
{
    bool paren = logql_parse_is_mark(p, "(") && ranged;
    if (paren)
        logql_lex_next(&p->lex);
    if (!read_selector(p))
        return false;
    bool had = ranged && p->lex.token.type == LOGQL_LEX_RANGE;
    if (had && !read_range(p))
        return false;
    if (!read_stages(p))
        return false;
    if (ranged && !had && p->lex.token.type == LOGQL_LEX_RANGE)
        had = read_range(p);
    if (paren && !logql_parse_take_mark(p, ")", ""))
        return false;
    if (ranged && !had && !read_range(p))
        return false;
    return true;
}
