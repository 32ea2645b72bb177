/*
 * A name is read backwards from its = or :, without case, dashes and underscores, and compared by its
 * end, so that DB_PASSWORD, dbPassword and "db-password" are one rule. In doubt more is taken than
 * less: a value goes on to the end of its quotes, or to a blank.
 */
#include "triage/redact_key.h"

#include <ctype.h>
#include <string.h>

enum {
    KEY_MAX = 40,
    VALUE_SURE = 4096, /* a value as long as this is taken unseen: nobody writes it as prose */
};

/* How sure the name alone is, where `name: value` may as well be prose. */
enum trust {
    ALWAYS,
    NOT_IN_PROSE, /* "unexpected token: x", "secret: my-secret-name" */
};

struct rule {
    const char *end; /* lower case, only letters */
    int kind;
    enum trust trust;
    bool whole; /* the name is this word, or ends in it behind a separator */
};

static const struct rule rules[] = {
    {"secretaccesskey", REDACT_AWS_KEYS, ALWAYS, false},
    {"awssecretkey", REDACT_AWS_KEYS, ALWAYS, false},
    {"awssessiontoken", REDACT_AWS_KEYS, ALWAYS, false},
    {"xamzsecuritytoken", REDACT_AWS_KEYS, ALWAYS, false},
    {"password", REDACT_PASSWORDS, ALWAYS, false},
    {"passwort", REDACT_PASSWORDS, ALWAYS, false},
    {"passwd", REDACT_PASSWORDS, ALWAYS, false},
    {"passphrase", REDACT_PASSWORDS, ALWAYS, false},
    {"passcode", REDACT_PASSWORDS, ALWAYS, false},
    {"pwd", REDACT_PASSWORDS, ALWAYS, true},
    {"pass", REDACT_PASSWORDS, ALWAYS, true},
    {"secretkey", REDACT_PASSWORDS, ALWAYS, false},
    {"privatekey", REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {"encryptionkey", REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {"signingkey", REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {"secret", REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {"token", REDACT_BEARER_TOKENS, NOT_IN_PROSE, false},
    {"apikey", REDACT_BEARER_TOKENS, ALWAYS, false},
    {"accesskey", REDACT_BEARER_TOKENS, NOT_IN_PROSE, false},
    {"authkey", REDACT_BEARER_TOKENS, ALWAYS, false},
    {"authorization", REDACT_BEARER_TOKENS, ALWAYS, false},
};

/* The name that ends before `end`: its letters and digits in lower case, at the end of key, and the
 * place in key of the word behind its last separator. Returns its length, 0 when it is none. */
static size_t read_key(struct str line, size_t end, char key[KEY_MAX], size_t *last_word)
{
    size_t n = 0, i = end, word = 0;
    while (i && n < KEY_MAX) {
        unsigned char c = (unsigned char)line.p[i - 1];
        if (isalnum(c)) {
            key[KEY_MAX - ++n] = (char)(c | 32);
            bool camel = isupper(c) && i >= 2 && islower((unsigned char)line.p[i - 2]);
            if (camel && !word)
                word = n;
        } else if (c == '_' || c == '-' || c == '.') {
            word = word ? word : n;
        } else {
            break;
        }
        i--;
    }
    *last_word = word ? word : n;
    return n;
}

static const struct rule *rule_of(const char *key_end, size_t n, size_t last_word)
{
    /* What these names end in: most names are none of them. */
    if (!n || !memchr("dtenys", key_end[-1], 6))
        return NULL;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t m = strlen(rules[i].end);
        if (m <= n && memcmp(key_end - m, rules[i].end, m) == 0 &&
            (!rules[i].whole || last_word == m))
            return &rules[i];
    }
    return NULL;
}

static size_t skip_blanks(struct str line, size_t i)
{
    while (i < line.n && line.p[i] == ' ')
        i++;
    return i;
}

/* The quote at i, with how many backslashes before it; *i moves behind it. 0: there is none. */
static char open_quote(struct str line, size_t *i, size_t *escapes)
{
    size_t k = *i;
    while (k < line.n && line.p[k] == '\\')
        k++;
    if (k >= line.n || !strchr("\"'`", line.p[k]) || !line.p[k])
        return 0;
    *escapes = k - *i;
    *i = k + 1;
    return line.p[k];
}

/* Where the text of a quote ends: at the same quote with no more backslashes before it. */
static size_t end_of_quote(struct str line, size_t i, char quote, size_t escapes)
{
    size_t backslashes = 0;
    for (; i < line.n; i++) {
        if (line.p[i] == quote && backslashes <= escapes && (backslashes == escapes || !escapes))
            return i - backslashes;
        if (line.p[i] == quote && backslashes % 2 == 0)
            return i - backslashes;
        backslashes = line.p[i] == '\\' ? backslashes + 1 : 0;
    }
    return line.n;
}

static bool ends_word(struct str line, size_t i)
{
    return i >= line.n || isspace((unsigned char)line.p[i]) || line.p[i] == ',';
}

/* Without quotes a value ends at a blank, & or ; and leaves a closing bracket or comma alone. */
static size_t end_of_word(struct str line, size_t i)
{
    for (; i < line.n; i++) {
        char c = line.p[i];
        if (isspace((unsigned char)c) || c == '&' || c == ';' || c == '"' || c == '\'' || c == '\\')
            break;
        if ((c == ',' || c == ')' || c == ']' || c == '}') && ends_word(line, i + 1))
            break;
    }
    return i;
}

/* Something that was made by a machine: long, with a digit. */
static bool looks_random(struct str value)
{
    size_t digits = 0;
    for (size_t i = 0; i < value.n; i++)
        digits += isdigit((unsigned char)value.p[i]) != 0;
    return value.n >= 12 && digits >= 2;
}

static bool is_no_secret(struct str value)
{
    static const char *const words[] = {"null", "nil",   "none", "true",      "false",
                                        "yes",  "empty", "no",   "undefined", "required"};
    size_t stars = 0;
    for (size_t i = 0; i < value.n; i++)
        stars += value.p[i] == '*';
    if (!value.n || stars == value.n || str_starts(value, "<redacted:"))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (value.n == strlen(words[i]) && str_find_fold(value, str_of(words[i])) == 0)
            return true;
    return false;
}

/* "Basic dXNlcjpw": the scheme stays, and what follows it goes. */
static size_t skip_scheme(struct str line, size_t i)
{
    static const char *const schemes[] = {"basic ",  "bearer ",    "token ",
                                          "digest ", "negotiate ", "apikey "};
    struct str rest = {line.p + i, line.n - i};
    for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++)
        if (rest.n > strlen(schemes[k]) &&
            str_find_fold((struct str){rest.p, strlen(schemes[k])}, str_of(schemes[k])) == 0)
            return skip_blanks(line, i + strlen(schemes[k]));
    return i;
}

static bool value_span(struct str line, size_t i, const struct rule *r, bool prose,
                       struct redact_span *span)
{
    size_t escapes = 0;
    char quote = open_quote(line, &i, &escapes);
    if (r->kind == REDACT_BEARER_TOKENS)
        i = skip_scheme(line, i);
    size_t end = quote ? end_of_quote(line, i, quote, escapes) : end_of_word(line, i);
    struct str value = {line.p + i, end - i};
    if (!quote && value.n && strchr("{[", value.p[0]))
        return false;
    bool sure = value.n >= VALUE_SURE;
    if (!sure && (is_no_secret(value) || (prose && !quote && !looks_random(value))))
        return false;
    if (r->whole && value.p[0] == '/') /* PWD=/home/x */
        return false;
    *span = (struct redact_span){i, end, r->kind};
    return true;
}

bool redact_key_value(struct str line, size_t at, struct redact_span *span)
{
    char key[KEY_MAX];
    size_t end = at, last_word;
    while (end && line.p[end - 1] == ' ')
        end--;
    bool quoted = end && (line.p[end - 1] == '"' || line.p[end - 1] == '\'');
    if (quoted)
        for (end--; end && line.p[end - 1] == '\\';)
            end--;
    size_t n = read_key(line, end, key, &last_word);
    const struct rule *r = rule_of(key + KEY_MAX, n, last_word);
    if (!r)
        return false;
    size_t i = at + 1;
    bool colon = line.p[at] == ':';
    if (!colon && i < line.n && (line.p[i] == '>' || line.p[i] == '='))
        i++; /* => and == */
    size_t value = skip_blanks(line, i);
    bool prose = colon && !quoted && r->trust == NOT_IN_PROSE;
    return value_span(line, value, r, prose, span);
}

bool redact_key_option(struct str line, size_t at, struct redact_span *span)
{
    char key[KEY_MAX];
    size_t end = at, last_word;
    while (end < line.n && end - at < KEY_MAX &&
           (isalnum((unsigned char)line.p[end]) || line.p[end] == '-' || line.p[end] == '_'))
        end++;
    if (end >= line.n || line.p[end] != ' ')
        return false;
    size_t n = read_key(line, end, key, &last_word);
    const struct rule *r = rule_of(key + KEY_MAX, n, last_word);
    size_t value = skip_blanks(line, end);
    if (!r || value >= line.n || line.p[value] == '-')
        return false;
    return value_span(line, value, r, false, span);
}
