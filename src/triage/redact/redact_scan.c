/*
 * One pass: a byte that can begin or mark a secret is looked at, all others cost a table look-up.
 * What is found is a span of the original line, so that kinds cannot see each other's replacements.
 */
#include "triage/redact/redact_scan.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "triage/mask/mask_word.h"
#include "triage/redact/redact_form.h"
#include "triage/redact/redact_key.h"
#include "triage/redact/redact_token.h"

enum {
    KEY_WORD = 40,   /* characters of a key that stand behind other words */
    USER_MAX = 4096, /* bytes of a URL before its host */
    WORD = MASK_LETTER | MASK_DIGIT | MASK_HIGH,
};

void redact_scan_add(struct redact_spans *spans, size_t from, size_t to, int kind)
{
    mem_grow(&spans->list, &spans->cap, spans->count + 1, sizeof *spans->list);
    spans->list[spans->count++] = (struct redact_span){from, to, kind};
}

struct scan {
    struct str line;
    unsigned kinds;
    struct redact_spans *spans;
    size_t no_jwt; /* none begins before this byte */
    bool oracle;   /* the line names a database of Oracle's JDBC driver */
};

static bool wants(const struct scan *s, int kind)
{
    return s->kinds >> kind & 1;
}

static bool is_at(const struct scan *s, size_t at, const char *text)
{
    size_t n = strlen(text);
    return s->line.n - at >= n && s->line.p[at + 1] == text[1] &&
           memcmp(s->line.p + at, text, n) == 0;
}

static bool word_char_at(const struct scan *s, size_t at)
{
    return at < s->line.n && (isalnum((unsigned char)s->line.p[at]) || s->line.p[at] == '_');
}

/* ---- words that begin with a known prefix ---- */

/* Returns where reading goes on: behind the secret, else at `next`. */
static size_t find_by_form(const struct scan *s, size_t at,
                           bool (*form)(struct str, size_t, struct redact_span *), size_t next)
{
    struct redact_span span;
    if (!form(s->line, at, &span) || !wants(s, span.kind))
        return next;
    redact_scan_add(s->spans, span.from, span.to, span.kind);
    return span.to;
}

/* What words may be that begin with a letter. */
enum start { NOTHING = 0, AWS = 1, JWT = 2, BEARER = 4, TOKEN = 8, FORM = 16 };
static const unsigned char starts[128] = {
    ['A'] = AWS | TOKEN,  ['B'] = BEARER,       ['E'] = TOKEN,          ['G'] = TOKEN,
    ['I'] = FORM,         ['M'] = FORM,         ['N'] = TOKEN,          ['P'] = TOKEN | FORM,
    ['R'] = FORM,         ['S'] = TOKEN,        ['b'] = BEARER | TOKEN, ['c'] = TOKEN,
    ['d'] = TOKEN,        ['e'] = JWT,          ['g'] = TOKEN,          ['h'] = TOKEN,
    ['i'] = FORM,         ['l'] = TOKEN,        ['m'] = FORM,           ['n'] = TOKEN,
    ['p'] = TOKEN | FORM, ['r'] = TOKEN | FORM, ['s'] = TOKEN,          ['w'] = TOKEN,
    ['x'] = TOKEN,        ['y'] = TOKEN};

/* Tokens are long, or go on behind a - or a dot. */
static bool may_be_token(const struct scan *s, size_t at, size_t end)
{
    return end - at >= 20 || (end < s->line.n && (s->line.p[end] == '-' || s->line.p[end] == '.'));
}

/* An access key's id and the secret near it. Returns where reading goes on. */
static size_t add_aws(struct scan *s, size_t at, size_t n)
{
    size_t from, secret = redact_token_aws_secret(s->line, at + n, &from);
    redact_scan_add(s->spans, at, at + n, REDACT_AWS_KEYS);
    if (!secret)
        return at + n;
    redact_scan_add(s->spans, from, from + secret, REDACT_AWS_KEYS);
    return from + secret;
}

/* At the word at…end. Returns where reading goes on. */
static size_t find_by_prefix(struct scan *s, size_t at, size_t end, unsigned start)
{
    size_t n = 0, skip = 0;
    int kind = REDACT_BEARER_TOKENS;
    if (start & AWS && wants(s, REDACT_AWS_KEYS) && (n = redact_token_aws(s->line, at)))
        return add_aws(s, at, n);
    if (start & JWT && wants(s, REDACT_JWTS) && (n = redact_token_jwt(s->line, at, &s->no_jwt)))
        kind = REDACT_JWTS;
    else if (start & BEARER && end - at == 6 && wants(s, kind) &&
             (n = redact_token_bearer(s->line, at)))
        skip = 7;
    else if (start & TOKEN && wants(s, kind) && may_be_token(s, at, end))
        n = redact_token_known(s->line, at);
    if (!n)
        return start & FORM && end - at >= 6 ? find_by_form(s, at, redact_form_word, end) : end;
    redact_scan_add(s->spans, at + skip, at + skip + n, kind);
    return at + skip + n;
}

/* ---- marks inside ---- */

static bool all_digits(struct str line, size_t from, size_t to)
{
    while (from < to && isdigit((unsigned char)line.p[from]))
        from++;
    return from == to;
}

/* user:password@ of a URL: from the colon to the last @ before the host ends. */
static void find_url_password(const struct scan *s, size_t colon)
{
    size_t at = colon + 3, password = 0, end = 0;
    if (!is_at(s, colon, "://"))
        return;
    size_t stop = s->line.n - at > USER_MAX ? at + USER_MAX : s->line.n;
    for (; at < stop; at++) {
        char c = s->line.p[at];
        if (isspace((unsigned char)c) || c == '"' || c == '\'' || c == '<' || c == '>')
            break;
        if ((c == '/' || c == '?' || c == '#') &&
            (!password || end || all_digits(s->line, password, at)))
            break; /* the path; a password that is no port may hold these too */
        if (c == ':' && !password)
            password = at + 1;
        if (c == '@' && password)
            end = at;
    }
    struct str value = {s->line.p + password, end > password ? end - password : 0};
    if (value.n && !str_starts(value, "<redacted:"))
        redact_scan_add(s->spans, password, end, REDACT_PASSWORDS);
}

static bool is_local_char(unsigned char c)
{
    return isalnum(c) || c >= 0x80 || (c && strchr(".!#$&*+/?^_{}~-", c));
}

/* Things with an @ and a dot that are nobody's address. */
static bool is_no_domain(struct str last)
{
    static const char *const ends[] = {"service", "socket", "timer", "target", "mount", "slice",
                                       "scope",   "device", "path",  "swap",   "png",   "jpg",
                                       "jpeg",    "gif",    "svg",   "webp",   "js",    "css"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_is(last, ends[i]))
            return true;
    return false;
}

/* local@domain (RFC 5322, without quoted local parts), also with %40 for the @. */
static void find_email(const struct scan *s, size_t at, size_t sign)
{
    size_t from = at, to = at + sign, dot = 0;
    while (from && is_local_char((unsigned char)s->line.p[from - 1]))
        from--;
    while (from < at && strchr("./?&#!*{", s->line.p[from]))
        from++;
    const char *slash = from < at ? memrchr(s->line.p + from, '/', at - from) : NULL;
    if (slash) /* a path before it is none of it */
        from = (size_t)(slash - s->line.p) + 1;
    while (to < s->line.n) {
        unsigned char c = (unsigned char)s->line.p[to];
        bool inner = (c == '.' || c == '-') && to + 1 < s->line.n &&
                     (isalnum((unsigned char)s->line.p[to + 1]) || s->line.p[to + 1] < 0);
        if (!isalnum(c) && c < 0x80 && !inner)
            break;
        if (c == '.')
            dot = to;
        to++;
    }
    struct str last = {s->line.p + dot + 1, dot ? to - dot - 1 : 0};
    if (from == at || last.n < 2 || is_no_domain(last))
        return;
    for (size_t i = 0; i < last.n; i++)
        if (!isalpha((unsigned char)last.p[i]) && last.p[i] >= 0)
            return;
    redact_scan_add(s->spans, from, to, REDACT_EMAILS);
}

/* ---- card numbers ---- */

static bool luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        if (i % 2)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* By the first digits and the length (ISO/IEC 7812 issuers; 9 is used inside Korea). */
static bool is_card(const char *d, size_t n)
{
    int two = (d[0] - '0') * 10 + d[1] - '0';
    bool known = (d[0] == '4' && (n == 13 || n == 16 || n == 19)) ||
                 (n == 16 && ((two >= 51 && two <= 55) || (two >= 22 && two <= 27))) ||
                 (n == 15 && (two == 34 || two == 37)) ||
                 (n == 14 && (two == 30 || two == 36 || two == 38)) ||
                 (n >= 16 && n <= 19 && (two == 35 || two == 60 || (two >= 62 && two <= 65))) ||
                 (n == 16 && d[0] == '9');
    return known && luhn(d, n);
}

/* Digits at `at`, in one run or in groups with one blank or dash between. Returns how many bytes
 * they take. */
static size_t find_card(const struct scan *s, size_t at)
{
    char digits[20];
    size_t n = 0, used = 0, i = at;
    char separator = 0;
    for (; i < s->line.n && n < sizeof digits; i++) {
        char c = s->line.p[i];
        if (isdigit((unsigned char)c)) {
            digits[n++] = c;
            used = i + 1 - at;
        } else if ((c == ' ' || c == '-') && n >= 4 && i == at + used &&
                   (!separator || separator == c)) {
            separator = c;
        } else {
            break;
        }
    }
    char before = at ? s->line.p[at - 1] : 0;
    bool bounded = !(before && strchr("._-", before)) && !word_char_at(s, at + used) &&
                   !(at + used + 1 < s->line.n && s->line.p[at + used] == '.' &&
                     isdigit((unsigned char)s->line.p[at + used + 1]));
    if (n >= 13 && n <= 19 && bounded && is_card(digits, n)) {
        redact_scan_add(s->spans, at, at + used, REDACT_CARD_NUMBERS);
        return used;
    }
    size_t run = 0;
    while (at + run < s->line.n && isdigit((unsigned char)s->line.p[at + run]))
        run++;
    return run;
}

/* ---- private keys ---- */

static const char *find_text(struct str line, size_t from, const char *text)
{
    return from < line.n ? memmem(line.p + from, line.n - from, text, strlen(text)) : NULL;
}

/* Behind "-----END … PRIVATE KEY-----" at or behind `from`; 0 when the line does not hold it. */
static size_t end_of_key(struct str line, size_t from)
{
    const char *end = find_text(line, from, "-----END ");
    const char *dashes = end ? find_text(line, (size_t)(end - line.p) + 9, "-----") : NULL;
    return dashes ? (size_t)(dashes - line.p) + 5 : 0;
}

/* Returns where reading goes on. */
static size_t find_private_key(const struct scan *s, size_t at, int *in_key)
{
    const char *dashes = is_at(s, at, "-----BEGIN ") ? find_text(s->line, at + 11, "-----") : NULL;
    if (!dashes)
        return at + 1;
    struct str name = {s->line.p + at, (size_t)(dashes - s->line.p) - at};
    if (name.n > 60 || !memmem(name.p, name.n, "PRIVATE KEY", 11))
        return at + 5;
    size_t end = end_of_key(s->line, at + name.n);
    if (!end) {
        *in_key = REDACT_KEY_LINES;
        end = s->line.n;
    }
    redact_scan_add(s->spans, at, end, REDACT_PRIVATE_KEYS);
    return end;
}

/* A line of the inside of a PEM block: base64, or a header of the old encrypted form. */
/* A logger may have put its own words before each line of the key, whose lines are of 64. */
static bool is_key_line(struct str line)
{
    line = str_trim(line);
    size_t last = line.n, odd = 0;
    while (last && !isspace((unsigned char)line.p[last - 1]))
        last--;
    if (line.n - last < KEY_WORD)
        last = 0;
    for (size_t i = last; i < line.n; i++)
        odd += !isalnum((unsigned char)line.p[i]) && !strchr("+/=", line.p[i]);
    return odd == 0 || str_starts(line, "Proc-Type:") || str_starts(line, "DEK-Info:") ||
           memmem(line.p, line.n, "-----END ", 9);
}

/* Where reading of the line begins: behind what belongs to a key that lines before it opened. */
static size_t go_on_with_key(const struct scan *s, int *in_key)
{
    size_t end = end_of_key(s->line, 0);
    if (!is_key_line(s->line)) {
        *in_key = 0;
        return 0;
    }
    *in_key = end ? 0 : *in_key - 1;
    end = end ? end : s->line.n;
    if (end)
        redact_scan_add(s->spans, 0, end, REDACT_PRIVATE_KEYS);
    return end;
}

/* ---- the pass ---- */

/* Returns where reading goes on: behind the value, else at `next`. */
static size_t find_by_key(const struct scan *s, size_t at, bool option, size_t next)
{
    struct redact_span span;
    bool found =
        option ? redact_key_option(s->line, at, &span) : redact_key_value(s->line, at, &span);
    if (!found || !wants(s, span.kind))
        return next;
    redact_scan_add(s->spans, span.from, span.to, span.kind);
    /* A key in a value may go on in the next line: it has to be seen. */
    bool key = memmem(s->line.p + span.from, span.to - span.from, "-----BEGIN ", 11);
    return key ? next : span.to;
}

/* Go's MySQL: user:password@tcp(host:port)/database; Oracle's: jdbc:oracle:thin:user/password@… */
static void find_dsn_password(const struct scan *s, size_t at)
{
    size_t from = at, password = 0;
    bool mysql = is_at(s, at, "@tcp(") || is_at(s, at, "@unix(");
    if (!mysql && !s->oracle)
        return;
    while (from && at - from < USER_MAX && !isspace((unsigned char)s->line.p[from - 1]))
        if (s->line.p[--from] == (mysql ? ':' : '/'))
            password = from + 1;
    struct str value = {s->line.p + password, password ? at - password : 0};
    if (value.n && !str_starts(value, "<redacted:"))
        redact_scan_add(s->spans, password, at, REDACT_PASSWORDS);
}

static size_t look_at_mark(struct scan *s, size_t i, int *in_key)
{
    switch (s->line.p[i]) {
    case ':':
        s->oracle |= i >= 11 && is_at(s, i - 11, "jdbc:oracle:");
        if (wants(s, REDACT_PASSWORDS))
            find_url_password(s, i);
        return find_by_key(s, i, false, i + 1);
    case '=':
        return find_by_key(s, i, false, i + 1);
    case '@':
        if (wants(s, REDACT_PASSWORDS))
            find_dsn_password(s, i);
        if (wants(s, REDACT_EMAILS))
            find_email(s, i, 1);
        return i + 1;
    case '%':
        if (wants(s, REDACT_EMAILS) && is_at(s, i, "%40"))
            find_email(s, i, 3);
        return is_at(s, i, "%3") ? find_by_form(s, i, redact_form_encoded, i + 1) : i + 1;
    case '>':
        if (i && (word_char_at(s, i - 1) || s->line.p[i - 1] == '"'))
            return find_by_form(s, i, redact_form_element, i + 1);
        return i + 1;
    case '-':
        if (is_at(s, i, "-----BEGIN ") && wants(s, REDACT_PRIVATE_KEYS))
            return find_private_key(s, i, in_key);
        if (is_at(s, i, "--") && word_char_at(s, i + 2)) {
            size_t next = find_by_key(s, i + 2, true, i + 1);
            if (next > i + 1)
                return next;
        }
        if (i && s->line.p[i - 1] == ' ')
            return find_by_form(s, i, redact_form_option, i + 1);
        return i + 1;
    default:
        return i + 1;
    }
}

static size_t end_of_word(const struct scan *s, size_t i)
{
    while (i < s->line.n && mask_word_class[(unsigned char)s->line.p[i]] & WORD)
        i++;
    return i;
}

/* Behind the word, or the number, that begins at i. */
static size_t look_at_word(struct scan *s, size_t i)
{
    unsigned char c = (unsigned char)s->line.p[i];
    unsigned start = c < sizeof starts ? starts[c] : NOTHING;
    if (wants(s, REDACT_CARD_NUMBERS) && isdigit(c))
        return end_of_word(s, i + find_card(s, i));
    size_t end = end_of_word(s, i + 1);
    return start ? end_of_word(s, find_by_prefix(s, i, end, start)) : end;
}

void redact_scan(struct str line, unsigned kinds, int *in_key, struct redact_spans *spans)
{
    struct scan s = {.line = line, .kinds = kinds, .spans = spans};
    size_t i = 0;
    if (*in_key > 0)
        i = go_on_with_key(&s, in_key);
    while (i < line.n) {
        unsigned char c = (unsigned char)line.p[i];
        if (mask_word_class[c] & WORD)
            i = look_at_word(&s, i);
        else if (c == ':' || c == '=' || c == '@' || c == '%' || c == '-' || c == '>')
            i = look_at_mark(&s, i, in_key);
        else
            i++;
    }
}
