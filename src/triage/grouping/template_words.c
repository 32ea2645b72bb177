#include "triage/grouping/template_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { QUOTED_MAX = 64 };

/* Where a quoted text that begins at p ends, behind its quote; NULL when it is none to be taken for
 * one word. */
static const char *end_of_quoted(const char *p, const char *end)
{
    const char *stop = end - p > QUOTED_MAX ? p + QUOTED_MAX : end;
    const char *close = p + 1 < stop ? memchr(p + 1, '"', (size_t)(stop - p - 1)) : NULL;
    if (*p != '"' || !close || memchr(p, '<', (size_t)(close - p)))
        return NULL;
    return close + 1;
}

/* Started, Loading: how sentences begin. */
static bool is_participle(const char *p, size_t n)
{
    return (n > 4 && memcmp(p + n - 2, "ed", 2) == 0) ||
           (n > 5 && memcmp(p + n - 3, "ing", 3) == 0);
}

/* Background, WinHTTP; not READ, not what sentences begin with. */
static bool is_title(const char *p, const char *end)
{
    if (p >= end || !isupper((unsigned char)*p) || (end - p > 3 && memcmp(p, "The ", 4) == 0) ||
        (end - p == 3 && memcmp(p, "The", 3) == 0))
        return false;
    const char *from = p;
    bool lower = false;
    for (; p < end && *p != ' '; p++) {
        if (!isalpha((unsigned char)*p) && *p != '-')
            return false;
        lower |= islower((unsigned char)*p) != 0;
    }
    return lower && !is_participle(from, (size_t)(p - from));
}

struct str template_words_next(struct str *rest)
{
    const char *end = rest->p + rest->n;
    const char *from = rest->n ? end_of_quoted(rest->p, end) : NULL;
    if (!from)
        from = rest->p;
    const char *blank = from < end ? memchr(from, ' ', (size_t)(end - from)) : NULL;
    for (const char *p = from; blank && is_title(p, blank) && is_title(blank + 1, end);) {
        p = blank + 1;
        blank = memchr(p, ' ', (size_t)(end - p));
    }
    struct str word = {rest->p, (size_t)((blank ? blank : end) - rest->p)};
    size_t used = word.n + (blank != NULL);
    *rest = (struct str){rest->p + used, rest->n - used};
    return word;
}

struct str template_words_at(struct str text, unsigned place)
{
    struct str word = template_words_next(&text);
    for (; place; place--)
        word = template_words_next(&text);
    return word;
}

size_t template_words_count(struct str text)
{
    size_t n = 0;
    for (; text.n; n++)
        template_words_next(&text);
    return n;
}
