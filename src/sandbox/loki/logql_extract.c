#include "sandbox/loki/logql_extract.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"

enum { DEPTH_MAX = 32, NAME_MAX_BYTES = 512 };

static void set_label(struct logql_line *l, struct str name, struct str value)
{
    for (size_t i = 0; i < l->count; i++) {
        if (!str_eq(l->list[i].name, name))
            continue;
        if (l->list[i].kind == LOGQL_PARSED) {
            l->list[i].value = value;
            return;
        }
    }
    if (l->count < LOGQL_LABELS_MAX)
        l->list[l->count++] = (struct logql_label){name, value, LOGQL_PARSED};
}

static bool is_base(const struct logql_line *l, struct str name)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].kind != LOGQL_PARSED && str_eq(l->list[i].name, name))
            return true;
    return false;
}

/* A label's name made of a key: other characters become '_'; a name that the stream has gets
 * "_extracted" behind it. */
static struct str label_name(struct logql_line *l, struct str prefix, struct str key)
{
    char name[NAME_MAX_BYTES];
    size_t n = 0;
    key = str_trim(key);
    for (size_t i = 0; i < prefix.n && n < sizeof name - 16; i++)
        name[n++] = prefix.p[i];
    if (prefix.n)
        name[n++] = '_';
    else if (key.n && isdigit((unsigned char)key.p[0]))
        name[n++] = '_';
    for (size_t i = 0; i < key.n && n < sizeof name - 16; i++)
        if ((key.p[i] & 0xc0) != 0x80)
            name[n++] = isalnum((unsigned char)key.p[i]) ? key.p[i] : '_';
    if (is_base(l, (struct str){name, n})) {
        memcpy(name + n, "_extracted", 10);
        n += 10;
    }
    size_t at = l->scratch.n;
    if (!buf_add(&l->scratch, name, n))
        return (struct str){"_", 1};
    return (struct str){l->scratch.p + at, n};
}

/* ---- JSON ---- */

enum trouble { OPEN_OBJECT, MALFORMED, OPEN_STRING, OPEN_ARRAY, OPEN_VALUE, UNKNOWN_VALUE };

struct scan {
    struct logql_line *line;
    const char *p, *end;
    int depth;
    enum trouble trouble;
};

static bool is_trouble(struct scan *s, enum trouble t)
{
    s->trouble = t;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
        s->p++;
}

/* At a quote: the inside, and behind it. */
static bool take_string(struct scan *s, struct str *inside)
{
    const char *start = ++s->p;
    while (s->p < s->end && *s->p != '"')
        s->p += *s->p == '\\' ? 2 : 1;
    if (s->p >= s->end)
        return false;
    *inside = (struct str){start, (size_t)(s->p - start)};
    s->p++;
    return true;
}

static bool skip_value(struct scan *s)
{
    struct str inside;
    int depth = 0;
    do {
        skip_space(s);
        if (s->p >= s->end)
            return false;
        if (*s->p == '"') {
            if (!take_string(s, &inside))
                return false;
            continue;
        }
        if (*s->p == '{' || *s->p == '[')
            depth++;
        if (*s->p == '}' || *s->p == ']')
            depth--;
        s->p++;
    } while (depth > 0);
    return true;
}

static struct str unescape(struct scan *s, struct str inside)
{
    if (!inside.n || !memchr(inside.p, '\\', inside.n))
        return inside;
    size_t at = s->line->scratch.n;
    if (!json_unescape(&s->line->scratch, inside))
        return (struct str){"", 0};
    return (struct str){s->line->scratch.p + at, s->line->scratch.n - at};
}

static bool scan_object(struct scan *s, struct str prefix);

static bool scan_value(struct scan *s, struct str prefix, struct str key)
{
    struct str value;
    if (s->p >= s->end)
        return is_trouble(s, MALFORMED);
    if (*s->p == '"') {
        if (!take_string(s, &value))
            return is_trouble(s, OPEN_STRING);
        set_label(s->line, label_name(s->line, prefix, key), unescape(s, value));
        return true;
    }
    if (*s->p == '{') {
        char name[NAME_MAX_BYTES];
        size_t n = 0;
        for (size_t i = 0; i < prefix.n && n < sizeof name - 1; i++)
            name[n++] = prefix.p[i];
        if (prefix.n && n < sizeof name - 1)
            name[n++] = '_';
        for (size_t i = 0; i < key.n && n < sizeof name - 1; i++)
            name[n++] = isalnum((unsigned char)key.p[i]) ? key.p[i] : '_';
        return scan_object(s, (struct str){name, n});
    }
    if (*s->p == '[')
        return skip_value(s) || is_trouble(s, OPEN_ARRAY);
    const char *start = s->p;
    while (s->p < s->end && !strchr(",}] \t\r\n", *s->p))
        s->p++;
    value = (struct str){start, (size_t)(s->p - start)};
    if (s->p >= s->end)
        return is_trouble(s, OPEN_VALUE);
    if (!value.n || (!isdigit((unsigned char)*start) && !strchr("-tfn", *start)))
        return is_trouble(s, UNKNOWN_VALUE);
    if (!str_is(value, "null"))
        set_label(s->line, label_name(s->line, prefix, key), value);
    return true;
}

static bool scan_object(struct scan *s, struct str prefix)
{
    struct str key;
    if (s->p >= s->end || *s->p != '{' || ++s->depth > DEPTH_MAX)
        return false;
    s->p++;
    for (;;) {
        skip_space(s);
        if (s->p < s->end && *s->p == '}')
            break;
        if (s->p >= s->end || *s->p != '"' || !take_string(s, &key))
            return false;
        skip_space(s);
        if (s->p >= s->end || *s->p++ != ':')
            return false;
        skip_space(s);
        if (!scan_value(s, prefix, key))
            return false;
        skip_space(s);
        if (s->p < s->end && *s->p == ',')
            s->p++;
        else if (s->p >= s->end || *s->p != '}')
            return false;
    }
    s->p++;
    s->depth--;
    return true;
}

bool logql_extract_json(struct logql_line *l)
{
    static const char *const troubles[] = {
        "Value looks like object, but can't find closing '}' symbol",
        "Malformed JSON error",
        "Value is string, but can't find closing '\"' symbol",
        "Value is array, but can't find closing ']' symbol",
        "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol",
        "Unknown value type"};
    struct scan s = {.line = l, .p = l->text.p, .end = l->text.p + l->text.n};
    skip_space(&s);
    if (l->text.n && scan_object(&s, (struct str){"", 0}))
        return true;
    set_label(l, str_of("__error__"), str_of("JSONParserErr"));
    set_label(l, str_of("__error_details__"), str_of(troubles[s.trouble]));
    return false;
}

/* ---- logfmt ---- */

/* The next key and value; false at the end. A value in quotes is unescaped. A pair with a stray
 * quote or a second '=' is *broken. */
static bool next_pair(struct str *rest, struct str *key, struct str *value, bool *broken,
                      struct buf *scratch)
{
    while (rest->n && (unsigned char)*rest->p <= ' ')
        *rest = (struct str){rest->p + 1, rest->n - 1};
    if (!rest->n)
        return false;
    size_t i = 0;
    while (i < rest->n && (unsigned char)rest->p[i] > ' ' && rest->p[i] != '=')
        i++;
    *key = (struct str){rest->p, i};
    *value = (struct str){"", 0};
    *broken = !i || memchr(rest->p, '"', i);
    if (i < rest->n && rest->p[i] == '=') {
        size_t start = ++i;
        bool quoted = i < rest->n && rest->p[i] == '"';
        if (quoted) {
            for (i++; i < rest->n && rest->p[i] != '"'; i++)
                i += rest->p[i] == '\\';
            if (i > rest->n)
                i = rest->n;
            struct str inside = {rest->p + start + 1, i - start - 1};
            i += i < rest->n;
            *value = inside;
            if (inside.n && memchr(inside.p, '\\', inside.n)) {
                size_t at = scratch->n;
                if (json_unescape(scratch, inside))
                    *value = (struct str){scratch->p + at, scratch->n - at};
            }
        } else {
            while (i < rest->n && (unsigned char)rest->p[i] > ' ')
                i++;
            *value = (struct str){rest->p + start, i - start};
            *broken |=
                value->n && (memchr(value->p, '=', value->n) || memchr(value->p, '"', value->n));
        }
    }
    *rest = (struct str){rest->p + i, rest->n - i};
    return true;
}

void logql_extract_logfmt(struct logql_line *l)
{
    struct str rest = l->text, key, value;
    bool broken;
    while (next_pair(&rest, &key, &value, &broken, &l->scratch))
        if (!broken && value.n)
            set_label(l, label_name(l, (struct str){"", 0}, key), value);
}

/* ---- the level ---- */

static const char *const level_keys[] = {"level",    "LEVEL", "Level", "severity", "SEVERITY",
                                         "Severity", "lvl",   "LVL",   "Lvl"};
enum { LEVEL_KEYS = sizeof level_keys / sizeof *level_keys };

static const char *level_of_value(struct str value)
{
    static const struct {
        const char *text, *level;
    } levels[] = {{"trace", "trace"}, {"trc", "trace"}, {"debug", "debug"},
                  {"dbg", "debug"},   {"info", "info"}, {"inf", "info"},
                  {"warn", "warn"},   {"wrn", "warn"},  {"warning", "warn"},
                  {"error", "error"}, {"err", "error"}, {"critical", "critical"},
                  {"fatal", "fatal"}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (value.n == strlen(levels[i].text) && strncasecmp(value.p, levels[i].text, value.n) == 0)
            return levels[i].level;
    return NULL;
}

static bool contains(struct str line, const char *word)
{
    return str_find(line, str_of(word)) >= 0;
}

static const char *level_of_words(struct str line)
{
    if (contains(line, "info") || contains(line, "INFO"))
        return "info";
    if (contains(line, "err:") || contains(line, "ERR:") || contains(line, "error") ||
        contains(line, "ERROR"))
        return "error";
    if (contains(line, "warn:") || contains(line, "WARN:") || contains(line, "warning") ||
        contains(line, "WARNING"))
        return "warn";
    if (contains(line, "CRITICAL:") || contains(line, "critical:"))
        return "critical";
    if (contains(line, "debug:") || contains(line, "DEBUG:"))
        return "debug";
    return "unknown";
}

/* The value of the first of the level's keys at the top of a JSON object. */
static struct str json_level(struct str line)
{
    struct scan s = {.p = line.p, .end = line.p + line.n};
    struct str key, found = {"", 0};
    size_t best = LEVEL_KEYS;
    skip_space(&s);
    s.p++;
    for (;;) {
        skip_space(&s);
        if (s.p >= s.end || *s.p != '"' || !take_string(&s, &key))
            return found;
        skip_space(&s);
        if (s.p >= s.end || *s.p++ != ':')
            return found;
        skip_space(&s);
        const char *start = s.p;
        struct str value = {"", 0};
        if (s.p < s.end && *s.p == '"' ? !take_string(&s, &value)
                                       : s.p < s.end && strchr("{[", *s.p) && !skip_value(&s))
            return found;
        if (s.p == start)
            while (s.p < s.end && !strchr(",} ", *s.p))
                s.p++;
        for (size_t k = 0; k < best; k++)
            if (str_is(key, level_keys[k])) {
                best = k;
                found = value;
            }
        skip_space(&s);
        if (s.p >= s.end || *s.p++ != ',')
            return found;
    }
}

static struct str logfmt_level(struct str line)
{
    struct str key, value, found = {"", 0};
    struct buf scratch;
    size_t best = LEVEL_KEYS;
    buf_init(&scratch, 0);
    bool broken = false;
    while (best && !broken && next_pair(&line, &key, &value, &broken, &scratch))
        for (size_t k = 0; k < best; k++)
            if (key.n == strlen(level_keys[k]) && strncasecmp(key.p, level_keys[k], key.n) == 0) {
                best = k;
                found = value;
            }
    buf_free(&scratch);
    return found;
}

const char *logql_extract_level(struct str line)
{
    struct str trimmed = str_trim(line);
    const char *level = NULL;
    if (trimmed.n > 1 && trimmed.p[0] == '{' && trimmed.p[trimmed.n - 1] == '}')
        level = level_of_value(json_level(line));
    else if (line.n && memchr(line.p, '=', line.n))
        level = level_of_value(logfmt_level(line));
    return level ? level : level_of_words(line);
}
