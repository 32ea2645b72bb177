/* A recursive descent over the text; what is not known here is refused in Prometheus's manner. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/prometheus/promql_internal.h"

struct parser {
    struct arena *a;
    const char *start, *p;
    char *error;
    size_t size;
    bool failed;
    int depth, open; /* parentheses that are open */
};

enum { DEPTH = 40 };

/* `at` is the place that is shown: line and column in characters. */
static struct promql *failed_at(struct parser *s, const char *at, const char *what)
{
    int line = 1, column = 1;
    for (const char *p = s->start; p < at; p++) {
        column = *p == '\n' ? 1 : column + ((*p & 0xc0) != 0x80);
        line += *p == '\n';
    }
    if (!s->failed)
        snprintf(s->error, s->size, "%d:%d: parse error: %s", line, column, what);
    s->failed = true;
    return NULL;
}

static struct promql *failed(struct parser *s, const char *what)
{
    return failed_at(s, s->p, what);
}

static void blank(struct parser *s)
{
    while (isspace((unsigned char)*s->p))
        s->p++;
}

static bool take(struct parser *s, const char *token)
{
    size_t n = strlen(token);
    blank(s);
    if (strncmp(s->p, token, n) != 0)
        return false;
    if (isalpha((unsigned char)*token) && (isalnum((unsigned char)s->p[n]) || s->p[n] == '_'))
        return false;
    s->p += n;
    return true;
}

/* At the end of the text while more is wanted: the real one names what is open. */
static struct promql *ended(struct parser *s, const char *otherwise)
{
    return failed(s, s->open ? "unclosed left parenthesis" : otherwise);
}

static bool need(struct parser *s, const char *token)
{
    char what[60];
    if (take(s, token)) {
        s->open += *token == '(' ? 1 : *token == ')' ? -1 : 0;
        return true;
    }
    if (!*s->p) {
        ended(s,
              *token == '(' ? "unexpected end of input in aggregation" : "unexpected end of input");
        return false;
    }
    snprintf(what, sizeof what, "unexpected character, expected \"%s\"", token);
    failed(s, what);
    return false;
}

static const char *name(struct parser *s)
{
    blank(s);
    const char *from = s->p;
    while (isalnum((unsigned char)*s->p) || *s->p == '_' || *s->p == ':')
        s->p++;
    if (s->p == from || isdigit((unsigned char)*from)) {
        s->p = from;
        return NULL;
    }
    return arena_dup(s->a, (struct str){from, (size_t)(s->p - from)});
}

static const char *string(struct parser *s)
{
    blank(s);
    char quote = *s->p, *out, *to;
    if (quote != '"' && quote != '\'')
        return (const char *)failed(s, "expected a string");
    to = out = arena_alloc(s->a, strlen(s->p) + 1);
    for (s->p++; *s->p && *s->p != quote; s->p++) {
        if (*s->p == '\\' && s->p[1])
            s->p++;
        *to++ = *s->p;
    }
    if (!*s->p)
        return (const char *)failed(s, "unterminated quoted string");
    s->p++;
    return out;
}

/* An arena's arrays grow by copying: they are short. */
static void *grown(struct parser *s, const void *old, size_t count, size_t size)
{
    char *bigger = arena_alloc(s->a, (count + 1) * size);
    if (count)
        memcpy(bigger, old, count * size);
    return bigger;
}

static void name_list(struct parser *s, struct promql_names *names)
{
    if (!need(s, "("))
        return;
    while (!take(s, ")") && !s->failed) {
        const char *n = name(s);
        if (!n && !*s->p)
            ended(s, "");
        else if (!n)
            failed(s, "expected a label name");
        if (!n)
            return;
        names->list = grown(s, names->list, names->count, sizeof *names->list);
        names->list[names->count++] = n;
        take(s, ",");
    }
    s->open--;
}

static void check_pattern(struct parser *s, const char *at, const char *pattern)
{
    char anchored[600], what[700];
    struct err err;
    snprintf(anchored, sizeof anchored, "^(?:%.500s)$", pattern);
    struct regex *r = regex_new(anchored, REGEX_DEFAULT, &err);
    snprintf(what, sizeof what, "error parsing regexp: %s: `%s`",
             strstr(err.what, "arenthes") ? "missing closing )"
                                          : "invalid or unsupported Perl syntax",
             anchored);
    if (!r)
        failed_at(s, at, what);
    regex_free(r);
}

static void matchers(struct parser *s, struct promql *q)
{
    while (!take(s, "}") && !s->failed) {
        blank(s);
        const char *from = s->p;
        struct promql_matcher m = {.name = name(s)};
        if (!m.name) {
            failed(s, *s->p ? "expected a label name or \"}\""
                            : "unexpected end of input inside braces");
            return;
        }
        if (take(s, "=~"))
            m.pattern = true;
        else if (take(s, "!~"))
            m.pattern = m.negative = true;
        else if (take(s, "!="))
            m.negative = true;
        else if (!need(s, "="))
            return;
        blank(s);
        if (!*s->p)
            failed(s, "unexpected end of input inside braces");
        m.value = s->failed ? "" : string(s);
        if (m.pattern && !s->failed)
            check_pattern(s, from, m.value);
        q->matchers = grown(s, q->matchers, q->matcher_count, sizeof *q->matchers);
        q->matchers[q->matcher_count++] = m;
        take(s, ",");
    }
}

static struct promql *node(struct parser *s, enum promql_type type)
{
    struct promql *q = arena_alloc(s->a, sizeof *q);
    q->type = type;
    return q;
}

static struct promql *selector(struct parser *s, const char *metric)
{
    struct promql *q = node(s, PROMQL_SELECTOR);
    q->metric = metric;
    if (take(s, "{"))
        matchers(s, q);
    if (take(s, "[")) {
        const char *from = s->p;
        while (*s->p && *s->p != ']')
            s->p++;
        if (!clock_parse_span((struct str){from, (size_t)(s->p - from)}, &q->range) ||
            !need(s, "]"))
            return failed(s, "not a valid duration string");
    }
    return q;
}

static struct promql *expression(struct parser *s);

static struct promql *rate(struct parser *s, bool increase)
{
    struct promql *q = node(s, PROMQL_RATE);
    q->increase = increase;
    if (!need(s, "("))
        return NULL;
    blank(s);
    const char *from = s->p, *metric = name(s);
    char what[120];
    q->left = metric ? selector(s, metric) : NULL;
    snprintf(what, sizeof what,
             "expected type range vector in call to function \"%s\", got instant vector",
             increase ? "increase" : "rate");
    if (!metric)
        return failed(s, *s->p ? "unexpected character" : "unclosed left parenthesis");
    if (!s->failed && !q->left->range)
        return failed_at(s, from, what);
    return !s->failed && need(s, ")") ? q : NULL;
}

static struct promql *aggregate(struct parser *s, enum promql_fold fold)
{
    struct promql *q = node(s, PROMQL_AGGREGATE);
    q->fold = fold;
    if (take(s, "by")) {
        q->by = true;
        name_list(s, &q->names);
    }
    if (s->failed || !need(s, "("))
        return NULL;
    q->left = expression(s);
    if (s->failed || !need(s, ")"))
        return NULL;
    if (!q->by && take(s, "by")) {
        q->by = true;
        name_list(s, &q->names);
    }
    return q;
}

static struct promql *primary(struct parser *s)
{
    static const char *const folds[] = {"sum", "avg", "min", "max", "count"};
    blank(s);
    if (*s->p == '(' && need(s, "(")) {
        struct promql *q = expression(s);
        return !s->failed && need(s, ")") ? q : NULL;
    }
    if (isdigit((unsigned char)*s->p) || *s->p == '.') {
        char *end;
        struct promql *q = node(s, PROMQL_NUMBER);
        q->number = strtod(s->p, &end);
        s->p = end;
        return q;
    }
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
        if (take(s, folds[i]))
            return aggregate(s, (enum promql_fold)i);
    if (take(s, "rate"))
        return rate(s, false);
    if (take(s, "increase"))
        return rate(s, true);
    const char *from = s->p, *metric = name(s);
    if (!metric)
        return *s->p ? failed(s, "unexpected character")
                     : ended(s, s->p == s->start ? "no expression found in input"
                                                 : "unexpected end of input");
    blank(s);
    if (*s->p == '(') {
        char what[160];
        snprintf(what, sizeof what, "unknown function with name \"%.100s\"", metric);
        return failed_at(s, from, what);
    }
    return selector(s, metric);
}

struct operator
{
    const char *text;
    enum promql_op op;
    int level; /* the higher binds the tighter */
};

static const struct operator operators[] = {{"*", PROMQL_MULTIPLY, 3},
                                            {"/", PROMQL_DIVIDE, 3},
                                            {"+", PROMQL_ADD, 2},
                                            {"-", PROMQL_SUBTRACT, 2},
                                            {"==", PROMQL_EQUAL, 1},
                                            {"!=", PROMQL_NOT_EQUAL, 1},
                                            {">=", PROMQL_GREATER_EQUAL, 1},
                                            {"<=", PROMQL_LESS_EQUAL, 1},
                                            {">", PROMQL_GREATER, 1},
                                            {"<", PROMQL_LESS, 1}};

static struct promql *binary(struct parser *s, int level)
{
    struct promql *left = level == 4 ? primary(s) : binary(s, level + 1);
    while (level < 4 && !s->failed) {
        size_t i = 0, count = sizeof operators / sizeof *operators;
        while (i < count && !(operators[i].level == level && take(s, operators[i].text)))
            i++;
        if (i == count)
            break;
        struct promql *q = node(s, PROMQL_BINARY);
        q->op = operators[i].op;
        q->left = left;
        if (take(s, "on")) {
            q->on = true;
            name_list(s, &q->names);
        }
        if (take(s, "group_left")) {
            q->group_left = true;
            blank(s);
            if (*s->p == '(')
                name_list(s, &q->include);
        }
        q->right = s->failed ? NULL : binary(s, level + 1);
        left = q;
    }
    return left;
}

static struct promql *expression(struct parser *s)
{
    if (++s->depth > DEPTH)
        return failed(s, "the expression nests too deep");
    struct promql *q = binary(s, 1);
    s->depth--;
    return q;
}

struct promql *promql_parse(struct arena *a, const char *text, char *error, size_t size)
{
    struct parser s = {.a = a, .start = text, .p = text, .error = error, .size = size};
    struct promql *q = expression(&s);
    blank(&s);
    if (!s.failed && *s.p == ')')
        failed_at(&s, s.p + 1, "unexpected right parenthesis ')'");
    else if (!s.failed && *s.p)
        failed(&s, "unexpected character");
    return s.failed ? NULL : q;
}
