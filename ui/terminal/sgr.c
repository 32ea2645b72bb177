#include "ui/terminal/sgr.h"

#include <string.h>

#include "base/utf8.h"

enum { PARAMETERS = 16, NO_COLOUR = -1 };

struct pen {
    int colour; /* 0–7 */
    bool bold, dim;
};

/* One of the eight by the parts that are strong. */
static int of_rgb(int r, int g, int b, int most)
{
    int top = r > g ? r : g;
    top = top > b ? top : b;
    if (top * 4 < most)
        return 0;
    return (r * 3 > top * 2) | (g * 3 > top * 2) << 1 | (b * 3 > top * 2) << 2;
}

static int of_index(int i)
{
    if (i < 16)
        return i & 7;
    if (i >= 232)
        return i < 244 ? 0 : 7;
    i -= 16;
    return of_rgb(i / 36, i / 6 % 6, i % 6, 5);
}

/* 38;5;n and 38;2;r;g;b; how many parameters it took. */
static size_t extended(const int *p, size_t n, int *colour)
{
    if (n >= 3 && p[1] == 5) {
        *colour = of_index(p[2] & 255);
        return 3;
    }
    if (n >= 5 && p[1] == 2) {
        *colour = of_rgb(p[2] & 255, p[3] & 255, p[4] & 255, 255);
        return 5;
    }
    return n;
}

static void apply(struct pen *pen, const int *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        int ignored, code = p[i];
        if (code == 38 || code == 48) {
            i += extended(p + i, n - i, code == 38 ? &pen->colour : &ignored);
            continue;
        }
        if (code == 0)
            *pen = (struct pen){.colour = NO_COLOUR};
        else if (code == 1)
            pen->bold = true;
        else if (code == 2)
            pen->dim = true;
        else if (code == 22)
            pen->bold = pen->dim = false;
        else if (code >= 30 && code <= 37)
            pen->colour = code - 30;
        else if (code >= 90 && code <= 97)
            pen->colour = code - 90;
        else if (code == 39)
            pen->colour = NO_COLOUR;
        i++;
    }
}

static enum theme_role role_of(const struct pen *pen)
{
    if (pen->colour != NO_COLOUR)
        return (enum theme_role)(ROLE_LOG_BLACK + pen->colour);
    return pen->dim ? ROLE_DIM : pen->bold ? ROLE_STRONG : ROLE_TEXT;
}

/* The sequence at p (CSI … m), its bytes, and its parameters; 0: another one. */
static size_t parse(const char *p, size_t n, int list[PARAMETERS], size_t *count)
{
    size_t i = n > 1 && p[0] == 0x1b && p[1] == '[' ? 2 : 0;
    *count = 1;
    memset(list, 0, PARAMETERS * sizeof *list);
    if (!i)
        return 0;
    for (; i < n && p[i] != 'm'; i++) {
        if ((p[i] == ';' || p[i] == ':') && *count < PARAMETERS)
            ++*count;
        else if (p[i] >= '0' && p[i] <= '9')
            list[*count - 1] = list[*count - 1] > 999 ? 9999 : list[*count - 1] * 10 + (p[i] - '0');
        else
            return 0;
    }
    return i < n ? i + 1 : 0;
}

static void note(struct sgr *s, size_t at, enum theme_role role)
{
    if (s->count && s->spans[s->count - 1].at == at)
        s->spans[s->count - 1].role = role;
    else if (s->count < SGR_SPANS && (s->count || role != ROLE_TEXT)) {
        s->spans[s->count].at = at;
        s->spans[s->count++].role = role;
    }
}

void sgr_safe(struct buf *out, struct str text, int flags, struct sgr *s)
{
    struct pen pen = {.colour = NO_COLOUR};
    size_t from = 0, at = 0, n, count;
    int list[PARAMETERS];
    s->count = 0;
    while (at < text.n) {
        const char *escape = memchr(text.p + at, 0x1b, text.n - at);
        if (!escape)
            break;
        at = (size_t)(escape - text.p);
        n = parse(escape, text.n - at, list, &count);
        if (!n) {
            at++;
            continue;
        }
        utf8_safe(out, (struct str){text.p + from, at - from}, flags);
        apply(&pen, list, count);
        note(s, out->n, role_of(&pen));
        from = at += n;
    }
    utf8_safe(out, (struct str){text.p + from, text.n - from}, flags);
}
