/*
 * A name is read backwards from its = or :, without case, dashes and underscores, and compared by its
 * end, so that DB_PASSWORD, dbPassword and "db-password" are one rule. In doubt more is taken than
 * less: a value goes on to the end of its quotes, or to a blank.
 */
#include "triage/redact/redact_key.h"

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
    DIGITS,       /* only a number of four to eight digits: pin=4711 */
    MADE,         /* only what a machine made: "auth": "dXNlcjpwYXNz" */
    PAIRS,        /* a cookie: name=value; name=value */
};

struct rule {
    const char *end; /* lower case, only letters */
    size_t n;        /* of them */
    int kind;
    enum trust trust;
    bool whole; /* the name is this word, or ends in it behind a separator */
};

#define NAME(text) text, sizeof text - 1
static const struct rule rules[] = {
    {NAME("secretaccesskey"), REDACT_AWS_KEYS, ALWAYS, false},
    {NAME("awssecretkey"), REDACT_AWS_KEYS, ALWAYS, false},
    {NAME("awssessiontoken"), REDACT_AWS_KEYS, ALWAYS, false},
    {NAME("xamzsecuritytoken"), REDACT_AWS_KEYS, ALWAYS, false},
    {NAME("password"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("passwort"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("passwd"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("passphrase"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("passcode"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("pwd"), REDACT_PASSWORDS, ALWAYS, true},
    {NAME("pass"), REDACT_PASSWORDS, ALWAYS, true},
    {NAME("secretkey"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("secretkeybase"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("clientsecret"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("appsecret"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("consumersecret"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("sharedsecret"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("accountkey"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("sharedaccesskey"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("sharedkey"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("masterkey"), REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {NAME("requirepass"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("masterauth"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("codeverifier"), REDACT_PASSWORDS, ALWAYS, false},
    {NAME("pincode"), REDACT_PASSWORDS, DIGITS, false},
    {NAME("pin"), REDACT_PASSWORDS, DIGITS, true},
    {NAME("otp"), REDACT_PASSWORDS, NOT_IN_PROSE, true},
    {NAME("privatekey"), REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {NAME("encryptionkey"), REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {NAME("signingkey"), REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {NAME("secret"), REDACT_PASSWORDS, NOT_IN_PROSE, false},
    {NAME("vaulttoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("authtoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("privatetoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("csrftoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("xsrftoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("accesstoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("refreshtoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("idtoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("bearertoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("apitoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("sessiontoken"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("token"), REDACT_BEARER_TOKENS, NOT_IN_PROSE, false},
    {NAME("cookie"), REDACT_BEARER_TOKENS, PAIRS, false},
    {NAME("cookies"), REDACT_BEARER_TOKENS, PAIRS, true},
    {NAME("jsessionid"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("phpsessid"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("connectsid"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("sessionid"), REDACT_BEARER_TOKENS, MADE, false},
    {NAME("signature"), REDACT_BEARER_TOKENS, MADE, false},
    {NAME("sig"), REDACT_BEARER_TOKENS, MADE, true},
    {NAME("auth"), REDACT_BEARER_TOKENS, MADE, true},
    {NAME("apikey"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("accesskey"), REDACT_BEARER_TOKENS, NOT_IN_PROSE, false},
    {NAME("authkey"), REDACT_BEARER_TOKENS, ALWAYS, false},
    {NAME("authorization"), REDACT_BEARER_TOKENS, ALWAYS, false},
};
#undef NAME

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

/* The last two letters of the names of the rules: most names end in none of them. */
static bool may_end_name(char before, char last)
{
    static const char *const before_last[26] = {
        ['d' - 'a'] = "rwi", ['e' - 'a'] = "sdir", ['g' - 'a'] = "i", ['h' - 'a'] = "t",
        ['n' - 'a'] = "eoi", ['p' - 'a'] = "t",    ['r' - 'a'] = "e", ['s' - 'a'] = "se",
        ['t' - 'a'] = "re",  ['y' - 'a'] = "e"};
    unsigned i = (unsigned char)last - 'a';
    return i < 26 && before_last[i] && strchr(before_last[i], before);
}

static const struct rule *rule_of(const char *key_end, size_t n, size_t last_word)
{
    if (n < 3 || !may_end_name(key_end[-2], key_end[-1]))
        return NULL;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        if (r->n <= n && r->end[r->n - 1] == key_end[-1] &&
            memcmp(key_end - r->n, r->end, r->n) == 0 && (!r->whole || last_word == r->n))
            return r;
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

/* The same, of base64, hexadecimal or percent-encoded: no path, address, hash of a commit with its
 * name before it, or number. */
static bool looks_made(struct str value)
{
    size_t letters = 0;
    for (size_t i = 0; i < value.n; i++) {
        letters += isalpha((unsigned char)value.p[i]) != 0;
        if (!isalnum((unsigned char)value.p[i]) && !strchr("+/=%-_.~", value.p[i]))
            return false;
    }
    bool padded = value.n && value.n % 4 == 0 && value.p[value.n - 1] == '=';
    return letters >= 3 && value.p[0] != '/' && !str_starts(value, "0x") &&
           (looks_random(value) || (padded && value.n >= 8));
}

bool redact_key_is_no_secret(struct str value)
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

/* Behind "a=b; c=d; HttpOnly" without quotes. */
static size_t end_of_pairs(struct str line, size_t i)
{
    while (i < line.n) {
        size_t end = i;
        while (end < line.n && !isspace((unsigned char)line.p[end]) &&
               !strchr("\"'\\", line.p[end]))
            end++;
        bool more = end > i && line.p[end - 1] == ';' && end < line.n && line.p[end] == ' ';
        if (!more)
            return end;
        i = skip_blanks(line, end);
    }
    return i;
}

/* Behind the bracket of ["Bearer x"]; i when there is none. */
static size_t open_list(struct str line, size_t i)
{
    if (i >= line.n || line.p[i] != '[')
        return i;
    size_t inside = skip_blanks(line, i + 1), quote = inside;
    while (quote < line.n && line.p[quote] == '\\')
        quote++;
    return quote < line.n && strchr("\"'", line.p[quote]) ? inside : i;
}

static size_t end_of_value(struct str line, size_t i, const struct rule *r)
{
    static const char digest[] = "digest ";
    struct str scheme = {line.p + i, line.n - i < 7 ? line.n - i : 7};
    if (r->kind == REDACT_BEARER_TOKENS && str_find_fold(scheme, str_of(digest)) == 0)
        return line.n;
    return r->trust == PAIRS ? end_of_pairs(line, i) : end_of_word(line, i);
}

static bool is_number(struct str value, size_t shortest, size_t longest)
{
    for (size_t i = 0; i < value.n; i++)
        if (!isdigit((unsigned char)value.p[i]))
            return false;
    return value.n >= shortest && value.n <= longest;
}

static bool may_be_secret(struct str value, const struct rule *r, bool quote, bool prose)
{
    if (r->trust == DIGITS)
        return is_number(value, 4, 8);
    if (r->trust == MADE)
        return looks_made(value);
    if (r->whole && is_number(value, 1, 3)) /* PASS=12 FAIL=3 */
        return false;
    if (r->trust == PAIRS)
        return memchr(value.p, '=', value.n) || looks_random(value);
    return !prose || quote || looks_random(value);
}

static bool value_span(struct str line, size_t i, const struct rule *r, bool prose,
                       struct redact_span *span)
{
    size_t escapes = 0;
    i = open_list(line, i);
    char quote = open_quote(line, &i, &escapes);
    size_t end = quote ? end_of_quote(line, i, quote, escapes) : end_of_value(line, i, r);
    if (r->kind == REDACT_BEARER_TOKENS) {
        size_t behind = skip_scheme(line, i);
        if (!quote && behind > i && end < line.n)
            end = end_of_value(line, behind, r);
        i = behind < end ? behind : i;
    }
    struct str value = {line.p + i, end - i};
    if (!quote && value.n && strchr("{[", value.p[0]))
        return false;
    bool sure = value.n >= VALUE_SURE;
    if (!sure && (redact_key_is_no_secret(value) || !may_be_secret(value, r, quote, prose)))
        return false;
    if (r->whole && value.p[0] == '/') /* PWD=/home/x */
        return false;
    *span = (struct redact_span){i, end, r->kind};
    return true;
}

bool redact_key_is_secret(struct str name, int *kind)
{
    char key[KEY_MAX];
    size_t last_word, n = read_key(name, name.n, key, &last_word);
    const struct rule *r = rule_of(key + KEY_MAX, n, last_word);
    if (!r || r->trust == MADE || r->trust == PAIRS || r->trust == DIGITS)
        return false;
    *kind = r->kind;
    return true;
}

bool redact_key_value(struct str line, size_t at, struct redact_span *span)
{
    char key[KEY_MAX];
    size_t end = at, last_word;
    bool colon = line.p[at] == ':';
    if (colon && at + 1 < line.n && line.p[at + 1] == '=')
        return false;
    if (!colon && end && line.p[end - 1] == ':') /* := */
        end--;
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
