#include "base/json.h"

#include <string.h>

static void skip_blanks(struct str *rest)
{
    while (rest->n && strchr(" \t\r\n", *rest->p) && *rest->p) {
        rest->p++;
        rest->n--;
    }
}

static void skip(struct str *rest, size_t n)
{
    rest->p += n;
    rest->n -= n;
}

/* The bytes of the string that begins at p with its quote, both quotes included; 0: it has no end. */
static size_t string_length(const char *p, size_t n)
{
    for (size_t i = 1; i < n;) {
        const char *quote = memchr(p + i, '"', n - i);
        if (!quote)
            return 0;
        size_t end = (size_t)(quote - p), slashes = 0;
        while (end - slashes > i && p[end - slashes - 1] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return end + 1;
        i = end + 1;
    }
    return 0;
}

/* The same of an object or an array; strings in it are passed over. */
static size_t container_length(const char *p, size_t n)
{
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        size_t string = p[i] == '"' ? string_length(p + i, n - i) : 1;
        if (!string)
            return 0;
        depth += p[i] == '{' || p[i] == '[';
        if ((p[i] == '}' || p[i] == ']') && --depth == 0)
            return i + 1;
        i += string - 1;
    }
    return 0;
}

static size_t value_length(struct str rest)
{
    size_t n = 0;
    if (!rest.n || strchr(",:]}", *rest.p))
        return 0;
    if (*rest.p == '"')
        return string_length(rest.p, rest.n);
    if (*rest.p == '{' || *rest.p == '[')
        return container_length(rest.p, rest.n);
    while (n < rest.n && !strchr(" \t\r\n,:\"{}[]", rest.p[n]))
        n++;
    return n;
}

bool json_scan_open(struct json_scan *s, struct str text)
{
    *s = (struct json_scan){.rest = str_trim(text)};
    if (s->rest.n < 2 || *s->rest.p != '{' || s->rest.p[s->rest.n - 1] != '}')
        return false;
    skip(&s->rest, 1);
    skip_blanks(&s->rest);
    return true;
}

bool json_scan_next(struct json_scan *s, struct str *name, struct str *value)
{
    struct str *rest = &s->rest;
    s->whole = rest->n == 1; /* the brace that ends it */
    size_t n = rest->n && *rest->p == '"' ? string_length(rest->p, rest->n) : 0;
    if (!n)
        return false;
    *name = (struct str){rest->p + 1, n - 2};
    skip(rest, n);
    skip_blanks(rest);
    if (!rest->n || *rest->p != ':')
        return false;
    skip(rest, 1);
    skip_blanks(rest);
    n = value_length(*rest);
    *value = (struct str){rest->p, n};
    skip(rest, n);
    skip_blanks(rest);
    if (!n || !rest->n || (*rest->p != ',' && rest->n > 1))
        return false;
    if (*rest->p == ',') {
        skip(rest, 1);
        skip_blanks(rest);
    }
    return true;
}
