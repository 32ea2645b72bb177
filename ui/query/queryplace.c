/*
 * A small lexer and a state machine over the text before the cursor: it need not judge the query (the
 * server does), only know what usually comes next. The last word, when the cursor touches it, is the one
 * that is being typed and changes no state.
 */
#include "ui/query/queryplace.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH = 64 };

enum token_kind { END, NAME, NUMBER, STRING, OPEN_STRING, MARK };
struct token {
    enum token_kind kind;
    struct str text;
};

struct scan {
    struct str all;
    size_t at;
    enum queryplace_kind state;
    bool selector, pipeline, span;
    bool listing; /* labels of drop, keep, by: commas go on */
    bool grouped; /* by or without was read: its parenthesis comes */
    bool groups[DEPTH];
    int depth;
    struct str name, op;
    struct queryplace *out;
    size_t matchers; /* bytes in out->selector */
    bool positive;   /* one of them can be asked by */
};

static bool is_name_byte(char c, bool first)
{
    return isalpha((unsigned char)c) || c == '_' || c == ':' || c == '@' ||
           (!first && (isdigit((unsigned char)c) || c == '.' || c == '-'));
}

/* "a-b" and "a.b" are no names in a query, but a saved query's @NAME may be one. */
static size_t name_length(struct str rest)
{
    size_t n = 1;
    bool saved = rest.p[0] == '@';
    while (n < rest.n && is_name_byte(rest.p[n], false) &&
           (saved || (rest.p[n] != '.' && rest.p[n] != '-')))
        n++;
    return n;
}

static struct token string_token(struct str rest)
{
    char quote = rest.p[0];
    for (size_t n = 1; n < rest.n; n++) {
        if (rest.p[n] == '\\' && quote == '"')
            n++;
        else if (rest.p[n] == quote)
            return (struct token){STRING, {rest.p, n + 1}};
    }
    return (struct token){OPEN_STRING, rest};
}

static struct token next(struct scan *s)
{
    static const char *const pairs[] = {"=~", "!~", "!=", "==", "|=", "|~", ">=", "<=", "|>", "!>"};
    while (s->at < s->all.n && isspace((unsigned char)s->all.p[s->at]))
        s->at++;
    struct str rest = {s->all.p + s->at, s->all.n - s->at};
    struct token t = {END, {rest.p, 0}};
    if (!rest.n)
        return t;
    if (rest.p[0] == '"' || rest.p[0] == '`') {
        t = string_token(rest);
    } else if (is_name_byte(rest.p[0], true)) {
        t = (struct token){NAME, {rest.p, name_length(rest)}};
    } else if (isdigit((unsigned char)rest.p[0])) {
        size_t n = 1;
        while (n < rest.n && (isalnum((unsigned char)rest.p[n]) || rest.p[n] == '.'))
            n++;
        t = (struct token){NUMBER, {rest.p, n}};
    } else {
        t = (struct token){MARK, {rest.p, 1}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (str_starts(rest, pairs[i]))
                t.text.n = 2;
    }
    s->at += t.text.n;
    return t;
}

static bool is_one_of(struct str text, const char *words)
{
    struct str rest = str_of(words), word;
    while (str_cut(&rest, ' ', &word))
        if (str_eq(text, word))
            return true;
    return false;
}

/* A finished matcher joins those that narrow what is offered. */
static void add_matcher(struct scan *s, struct str value)
{
    struct queryplace *o = s->out;
    size_t room = sizeof o->selector - s->matchers;
    int n = snprintf(o->selector + s->matchers, room, "%s%.*s%.*s%.*s", s->matchers ? ", " : "{",
                     (int)s->name.n, s->name.p, (int)s->op.n, s->op.p, (int)value.n, value.p);
    if (n < 0 || (size_t)n + 2 > room) /* too long to ask by: without this one */
        o->selector[s->matchers] = '\0';
    else
        s->matchers += (size_t)n;
    s->positive |=
        (str_is(s->op, "=") || str_is(s->op, "=~")) && value.n > 2 && !str_is(value, "\".*\"");
}

static void in_selector(struct scan *s, struct token t)
{
    if (t.kind == NAME) {
        s->name = t.text;
        s->state = QUERYPLACE_MATCH;
    } else if (t.kind == STRING) {
        add_matcher(s, t.text);
        s->state = QUERYPLACE_NEXT;
    } else if (str_is(t.text, ",")) {
        s->state = QUERYPLACE_NAME;
    } else if (str_is(t.text, "}")) {
        s->selector = false;
        s->pipeline = true;
        s->listing = false;
        s->state = QUERYPLACE_STAGE;
    } else if (is_one_of(t.text, "= != =~ !~")) {
        s->op = t.text;
        s->state = QUERYPLACE_VALUE;
    }
}

static void a_name(struct scan *s, struct str name)
{
    bool field = s->state == QUERYPLACE_FIELD;
    s->name = name;
    if (s->pipeline && s->state == QUERYPLACE_PARSER) {
        s->listing = is_one_of(name, "drop keep");
        if (is_one_of(name, "json logfmt unpack decolorize"))
            s->state = QUERYPLACE_STAGE;
        else if (is_one_of(name, "pattern regexp line_format"))
            s->state = QUERYPLACE_NOTHING;
        else if (is_one_of(name, "drop keep unwrap label_format"))
            s->state = QUERYPLACE_FIELD;
        else
            s->state = QUERYPLACE_COMPARE;
    } else if (s->pipeline && is_one_of(name, "and or")) {
        s->state = QUERYPLACE_FIELD;
        s->listing = false;
    } else if (s->depth && s->groups[s->depth - 1]) {
        s->state = QUERYPLACE_NOTHING;
    } else if (field) {
        s->state = s->listing ? QUERYPLACE_STAGE : QUERYPLACE_COMPARE;
    } else if (is_one_of(name, "by without on ignoring group_left group_right")) {
        s->grouped = true;
        s->state = QUERYPLACE_NOTHING;
    } else if (s->pipeline) {
        s->state = QUERYPLACE_STAGE;
    } else {
        s->state = is_one_of(name, "and or unless") ? QUERYPLACE_START : QUERYPLACE_CALL;
    }
}

static void open_parenthesis(struct scan *s)
{
    if (s->depth < DEPTH)
        s->groups[s->depth++] = s->grouped;
    s->state = s->grouped || s->pipeline ? QUERYPLACE_FIELD : QUERYPLACE_START;
    s->grouped = false;
}

static void close_parenthesis(struct scan *s)
{
    bool group = s->depth && s->groups[s->depth - 1];
    s->depth -= s->depth > 0;
    if (!group && s->pipeline && s->state == QUERYPLACE_STAGE && !s->depth)
        s->pipeline = false;
    s->state = s->pipeline ? QUERYPLACE_STAGE : QUERYPLACE_CALL;
}

static void a_mark(struct scan *s, struct str mark)
{
    if (str_is(mark, "{")) {
        bool named = s->state == QUERYPLACE_CALL && s->name.n;
        snprintf(s->out->metric, sizeof s->out->metric, "%.*s", named ? (int)s->name.n : 0,
                 named ? s->name.p : "");
        s->selector = true;
        s->pipeline = s->positive = false;
        s->matchers = 0;
        s->state = QUERYPLACE_NAME;
    } else if (str_is(mark, "(")) {
        open_parenthesis(s);
    } else if (str_is(mark, ")")) {
        close_parenthesis(s);
    } else if (str_is(mark, "[")) {
        s->span = true;
        s->state = QUERYPLACE_SPAN;
    } else if (str_is(mark, "|") && s->pipeline) {
        s->state = QUERYPLACE_PARSER;
    } else if (is_one_of(mark, "|= |~ |> !>") ||
               (s->pipeline && s->state == QUERYPLACE_STAGE && is_one_of(mark, "!= !~"))) {
        s->state = QUERYPLACE_NOTHING;
    } else if (str_is(mark, ",")) {
        s->state = (s->depth && s->groups[s->depth - 1]) || s->listing ? QUERYPLACE_FIELD
                   : s->pipeline                                       ? QUERYPLACE_FIELD
                                                                       : QUERYPLACE_START;
    } else if (s->pipeline) {
        s->op = mark;
        s->state = is_one_of(mark, "= != =~ !~") ? QUERYPLACE_VALUE : QUERYPLACE_NOTHING;
    } else {
        s->state = QUERYPLACE_START; /* between two operands */
    }
}

static void outside(struct scan *s, struct token t)
{
    if (s->span) {
        s->span = !str_is(t.text, "]");
        s->pipeline = s->pipeline && s->span;
        s->state = s->span ? QUERYPLACE_SPAN : QUERYPLACE_NOTHING;
    } else if (t.kind == NAME) {
        a_name(s, t.text);
    } else if (t.kind == STRING || t.kind == NUMBER) {
        s->state = s->pipeline ? QUERYPLACE_STAGE : QUERYPLACE_NOTHING;
    } else {
        a_mark(s, t.text);
    }
}

static void finish(struct scan *s, struct token last)
{
    struct queryplace *o = s->out;
    o->word = (size_t)(last.text.p - s->all.p);
    o->kind = s->state;
    if (last.kind == OPEN_STRING) {
        o->word++;
        o->quote = last.text.p[0];
        if (s->state != QUERYPLACE_VALUE)
            o->kind = QUERYPLACE_NOTHING;
    }
    if (s->matchers && s->positive)
        memcpy(o->selector + s->matchers, "}", 2);
    else
        o->selector[0] = '\0';
    snprintf(o->label, sizeof o->label, "%.*s", (int)s->name.n, s->name.n ? s->name.p : "");
}

void queryplace_find(struct str before, struct queryplace *out)
{
    struct scan s = {.all = before, .state = QUERYPLACE_START, .out = out};
    memset(out, 0, sizeof *out);
    for (;;) {
        struct token t = next(&s);
        bool touched = (t.kind == NAME || t.kind == NUMBER) && s.at == before.n;
        if (t.kind == END || t.kind == OPEN_STRING || touched) {
            finish(&s, t);
            return;
        }
        if (s.selector)
            in_selector(&s, t);
        else
            outside(&s, t);
    }
}
