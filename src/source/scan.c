#include "source/scan.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"

enum { LABELS = 256, NESTING = 200 };

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
        s->p++;
}

static void go_bad(struct scan *s)
{
    s->bad = true;
    s->p = s->end;
}

bool scan_next_is(struct scan *s, char c)
{
    skip_blanks(s);
    return s->p < s->end && *s->p == c;
}

static bool take(struct scan *s, char c)
{
    if (!scan_next_is(s, c))
        return false;
    s->p++;
    return true;
}

void scan_need(struct scan *s, char c)
{
    if (!take(s, c))
        go_bad(s);
}

/* Whether another one follows: behind the opening bracket, or behind a comma (which is not insisted
 * on). */
static bool another(struct scan *s, char close)
{
    if (s->bad || take(s, close))
        return false;
    take(s, ',');
    skip_blanks(s);
    if (s->p == s->end)
        go_bad(s);
    return !s->bad;
}

bool scan_member(struct scan *s, struct str *name)
{
    if (!another(s, '}'))
        return false;
    *name = scan_string(s);
    scan_need(s, ':');
    return !s->bad;
}

bool scan_element(struct scan *s)
{
    return another(s, ']');
}

/* Where the string that starts at p (behind its quote) ends: at its closing quote. NULL when it
 * does not. */
static const char *string_end(const char *p, const char *end, bool *escapes)
{
    *escapes = false;
    while (p < end) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        if (!quote)
            return NULL;
        const char *slash = memchr(p, '\\', (size_t)(quote - p));
        if (!slash)
            return quote;
        *escapes = true;
        p = slash + 2;
    }
    return NULL;
}

static struct str string_as_it_stands(struct scan *s, bool *escapes)
{
    scan_need(s, '"');
    const char *from = s->p, *end = s->bad ? NULL : string_end(from, s->end, escapes);
    if (!end) {
        go_bad(s);
        return (struct str){"", 0};
    }
    s->p = end + 1;
    return (struct str){from, (size_t)(end - from)};
}

struct str scan_string(struct scan *s)
{
    bool escapes;
    return string_as_it_stands(s, &escapes);
}

bool scan_text(struct scan *s, struct buf *out)
{
    bool escapes = false;
    struct str inside = string_as_it_stands(s, &escapes);
    if (s->bad)
        return false;
    if (!escapes)
        return buf_add(out, inside.p, inside.n);
    if (json_unescape(out, inside))
        return true;
    if (!out->over)
        go_bad(s);
    return false;
}

struct str scan_number(struct scan *s)
{
    if (scan_next_is(s, '"'))
        return scan_string(s);
    const char *from = s->p;
    while (s->p < s->end && (*s->p == '-' || *s->p == '+' || *s->p == '.' ||
                             (*s->p >= '0' && *s->p <= '9') || *s->p == 'e' || *s->p == 'E'))
        s->p++;
    if (s->p == from)
        go_bad(s);
    return (struct str){from, (size_t)(s->p - from)};
}

void scan_skip(struct scan *s)
{
    int depth = 0;
    do {
        skip_blanks(s);
        if (s->p == s->end) {
            go_bad(s);
            return;
        }
        char c = *s->p;
        if (c == '"') {
            scan_string(s);
        } else if (c == '{' || c == '[') {
            s->p++;
            if (++depth > NESTING)
                go_bad(s);
        } else if (c == '}' || c == ']') {
            s->p++;
            depth--;
        } else if (depth && (c == ',' || c == ':')) {
            s->p++;
        } else {
            const char *from = s->p;
            while (s->p < s->end && !memchr(",:}] \t\r\n", *s->p, 8))
                s->p++;
            if (s->p == from)
                go_bad(s);
        }
    } while (depth > 0 && !s->bad);
    if (depth < 0)
        go_bad(s);
}

static bool is_among(struct str name, const char *const *names)
{
    for (; names && *names; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

/* A string's text: where it stands when it holds no escape, else unescaped into `spare`, whose
 * memory must not move. */
static struct str label_text(struct scan *s, struct buf *spare)
{
    bool escapes = false;
    struct str inside = string_as_it_stands(s, &escapes);
    if (!escapes)
        return inside;
    size_t from = spare->n;
    if (!json_unescape(spare, inside))
        return (struct str){"", 0};
    return (struct str){spare->p + from, spare->n - from};
}

const struct labels *scan_labels(struct scan *s, const char *const *without)
{
    struct str names[LABELS], values[LABELS], name;
    size_t count = 0;
    struct buf spare;
    /* Room for everything that is left of the object is taken before the first piece points into
     * it. */
    struct scan ahead = *s;
    scan_skip(&ahead);
    buf_init(&spare, (size_t)(ahead.p - s->p));
    if (memchr(s->p, '\\', (size_t)(ahead.p - s->p)))
        buf_room(&spare, (size_t)(ahead.p - s->p));
    scan_need(s, '{');
    while (scan_member(s, &name)) {
        struct str value = label_text(s, &spare);
        if (count == LABELS || is_among(name, without))
            continue;
        names[count] = name;
        values[count++] = value;
    }
    const struct labels *l = labels_get(names, values, count);
    buf_free(&spare);
    return l;
}

bool scan_seconds(struct str text, int64_t *ns)
{
    int64_t whole = 0, part = 0, unit = CLOCK_SECOND;
    size_t i = 0;
    for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && whole < INT64_C(9000000000); i++)
        whole = whole * 10 + (text.p[i] - '0');
    /* Past the year 2262 nanoseconds do not fit. */
    if (!i || whole >= INT64_MAX / CLOCK_SECOND)
        return false;
    if (i < text.n && text.p[i] == '.')
        for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
            if (unit > 1) {
                unit /= 10;
                part += (text.p[i] - '0') * unit;
            }
    *ns = whole * CLOCK_SECOND + part;
    return i == text.n;
}
