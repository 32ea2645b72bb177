#include "sandbox/loki/logql_lex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static void step(struct logql_lex *l)
{
    if (*l->p == '\n') {
        l->line++;
        l->column = 1;
    } else if ((*l->p & 0xc0) != 0x80) {
        l->column++;
    }
    l->p++;
}

void logql_lex_start(struct logql_lex *l, const char *text)
{
    *l = (struct logql_lex){.p = text, .line = 1, .column = 1};
    logql_lex_next(l);
}

static void skip_blanks(struct logql_lex *l)
{
    for (;;) {
        while (*l->p && isspace((unsigned char)*l->p))
            step(l);
        if (*l->p != '#')
            return;
        while (*l->p && *l->p != '\n')
            step(l);
    }
}

static void take_string(struct logql_lex *l)
{
    char quote = *l->p;
    step(l);
    while (*l->p && *l->p != quote) {
        if (*l->p == '\n' && quote == '"')
            break;
        if (*l->p == '\\' && quote == '"' && l->p[1])
            step(l);
        step(l);
    }
    if (*l->p != quote) {
        l->token.type = LOGQL_LEX_BAD;
        l->error = "literal not terminated";
        return;
    }
    step(l);
    l->token.type = LOGQL_LEX_STRING;
}

static void take_number(struct logql_lex *l)
{
    bool letters = false;
    while (isalnum((unsigned char)*l->p) || *l->p == '.' ||
           (strchr("+-", *l->p) && *l->p && (l->p[-1] == 'e' || l->p[-1] == 'E'))) {
        letters |= isalpha((unsigned char)*l->p) && *l->p != 'e' && *l->p != 'E';
        step(l);
    }
    char last = l->p[-1];
    l->token.type = !letters                     ? LOGQL_LEX_NUMBER
                    : last == 'B' || last == 'b' ? LOGQL_LEX_BYTES
                                                 : LOGQL_LEX_DURATION;
    if (l->token.type != LOGQL_LEX_DURATION || strchr("smhdwy", last))
        return;
    /* No unit: the number ends where the letters begin. */
    while (isalpha((unsigned char)l->p[-1])) {
        l->p--;
        l->column--;
    }
    l->token.type = LOGQL_LEX_NUMBER;
}

static void take_mark(struct logql_lex *l)
{
    static const char *const marks[] = {"|=", "|~", "!=", "!~", "=~", "==", ">=", "<="};
    size_t n = 1;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(l->p, marks[i], 2) == 0)
            n = 2;
    if (n == 2)
        l->token.line = 0; /* as the real one says */
    while (n--)
        step(l);
    l->token.type = LOGQL_LEX_MARK;
}

void logql_lex_next(struct logql_lex *l)
{
    skip_blanks(l);
    const char *start = l->p;
    l->token = (struct logql_lex_token){.line = l->line, .column = l->column};
    if (!*start) {
        l->token.type = LOGQL_LEX_END;
    } else if (*start == '"' || *start == '`') {
        take_string(l);
    } else if (*start == '[') {
        while (*l->p && *l->p != ']')
            step(l);
        l->token.text = (struct str){start + 1, (size_t)(l->p - start - 1)};
        l->token.type = *l->p ? LOGQL_LEX_RANGE : LOGQL_LEX_BAD;
        l->error = "missing closing ']' in duration";
        l->token.line = 0; /* as the real one says */
        if (*l->p)
            step(l);
        return;
    } else if (isdigit((unsigned char)*start) ||
               (*start == '.' && isdigit((unsigned char)start[1]))) {
        take_number(l);
    } else if (isalpha((unsigned char)*start) || *start == '_') {
        while (isalnum((unsigned char)*l->p) || *l->p == '_')
            step(l);
        l->token.type = LOGQL_LEX_NAME;
    } else {
        take_mark(l);
    }
    l->token.text = (struct str){start, (size_t)(l->p - start)};
}

const char *logql_lex_name(const struct logql_lex *l, char *out, size_t size)
{
    static const char *const words[] = {"by",
                                        "without",
                                        "json",
                                        "logfmt",
                                        "drop",
                                        "keep",
                                        "sum",
                                        "avg",
                                        "min",
                                        "max",
                                        "count",
                                        "topk",
                                        "bottomk",
                                        "and",
                                        "or",
                                        "unless",
                                        "on",
                                        "ignoring",
                                        "bool",
                                        "unwrap",
                                        "offset",
                                        "rate",
                                        "count_over_time",
                                        "bytes_over_time",
                                        "bytes_rate",
                                        "line_format",
                                        "label_format",
                                        "pattern",
                                        "regexp",
                                        "unpack",
                                        "decolorize"};
    const struct logql_lex_token *t = &l->token;
    static const char *const names[] = {"$end",     "IDENTIFIER", "STRING", "NUMBER",
                                        "DURATION", "BYTES",      "RANGE"};
    bool word = t->type == LOGQL_LEX_MARK;
    for (size_t i = 0; t->type == LOGQL_LEX_NAME && i < sizeof words / sizeof *words; i++)
        word |= str_is(t->text, words[i]);
    if (word)
        snprintf(out, size, "%.*s", (int)t->text.n, t->text.p);
    else
        snprintf(out, size, "%s", t->type <= LOGQL_LEX_RANGE ? names[t->type] : "?");
    return out;
}

static size_t escape(const char *p, const char *end, char *out, size_t *n)
{
    static const char letters[] = "abfnrtv\\\"'", values[] = "\a\b\f\n\r\t\v\\\"'";
    const char *at = p < end && *p ? strchr(letters, *p) : NULL;
    if (at) {
        out[(*n)++] = values[at - letters];
        return 1;
    }
    size_t digits = p < end && *p == 'x'   ? 2
                    : p < end && *p == 'u' ? 4
                    : p < end && *p == 'U' ? 8
                                           : 0;
    char hex[9] = "";
    if (!digits || (size_t)(end - p) <= digits)
        return 0;
    memcpy(hex, p + 1, digits);
    char *stop;
    unsigned long code = strtoul(hex, &stop, 16);
    if (*stop || code > 0x10ffff)
        return 0;
    if (*p == 'x')
        out[(*n)++] = (char)code;
    else
        *n += utf8_encode((uint32_t)code, out + *n);
    return 1 + digits;
}

char *logql_lex_string(struct str quoted)
{
    const char *p = quoted.p + 1, *end = quoted.p + quoted.n - 1;
    char *out = mem_alloc(quoted.n + 4);
    size_t n = 0;
    while (p < end) {
        if (*p != '\\' || *quoted.p == '`') {
            out[n++] = *p++;
            continue;
        }
        size_t used = escape(p + 1, end, out, &n);
        if (!used) {
            free(out);
            return NULL;
        }
        p += 1 + used;
    }
    return out;
}
