#include "model/window_raw.h"

#include <string.h>

static void skip(struct str *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

static void skip_blank(struct str *s)
{
    while (s->n && (unsigned char)*s->p <= ' ')
        skip(s, 1);
}

/* The length of the string at the start, its quotes included. */
static size_t string_length(struct str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return s.n;
}

static size_t container_length(struct str s)
{
    size_t depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            i += string_length((struct str){s.p + i, s.n - i}) - 1;
        else if (s.p[i] == '{' || s.p[i] == '[')
            depth++;
        else if ((s.p[i] == '}' || s.p[i] == ']') && --depth == 0)
            return i + 1;
    }
    return s.n;
}

/* Takes the value at the start off; false when there is none. */
static bool take(struct str *s, struct str *value)
{
    skip_blank(s);
    size_t n = 0;
    if (s->n && *s->p == '"')
        n = string_length(*s);
    else if (s->n && (*s->p == '{' || *s->p == '['))
        n = container_length(*s);
    else
        while (n < s->n && (unsigned char)s->p[n] > ' ' && !strchr(",:]}", s->p[n]))
            n++;
    *value = (struct str){s->p, n};
    skip(s, n);
    return n > 0;
}

static bool enter(struct str *s, const char *marks)
{
    skip_blank(s);
    if (!s->n || !strchr(marks, *s->p))
        return false;
    skip(s, 1);
    return true;
}

bool window_raw_member(struct str object, const char *name, struct str *value)
{
    struct str key;
    size_t n = strlen(name);
    while (enter(&object, "{,")) {
        if (!take(&object, &key) || !enter(&object, ":") || !take(&object, value))
            return false;
        if (key.n == n + 2 && memcmp(key.p + 1, name, n) == 0)
            return true;
    }
    return false;
}

bool window_raw_element(struct str *rest, struct str *element)
{
    return enter(rest, "[,") && take(rest, element);
}
