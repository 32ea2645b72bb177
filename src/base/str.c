#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *text)
{
    return str_eq(a, str_of(text));
}

bool str_starts(struct str a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

bool str_ends(struct str a, const char *suffix)
{
    size_t n = strlen(suffix);
    return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

struct str str_trim(struct str a)
{
    while (a.n && isspace((unsigned char)a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n && isspace((unsigned char)a.p[a.n - 1]))
        a.n--;
    return a;
}

bool str_cut(struct str *rest, char separator, struct str *part)
{
    if (!rest->p)
        return false;
    const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
    if (!at) {
        *part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *part = (struct str){rest->p, (size_t)(at - rest->p)};
    *rest = (struct str){at + 1, rest->n - part->n - 1};
    return true;
}

ptrdiff_t str_find(struct str hay, struct str needle)
{
    if (!needle.n)
        return 0;
    const char *at = hay.n ? memmem(hay.p, hay.n, needle.p, needle.n) : NULL;
    return at ? at - hay.p : -1;
}

static unsigned char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

ptrdiff_t str_find_fold(struct str hay, struct str needle)
{
    if (!needle.n)
        return 0;
    unsigned char first = fold(needle.p[0]);
    for (size_t i = 0; i + needle.n <= hay.n; i++) {
        if (fold(hay.p[i]) != first)
            continue;
        size_t same = 1;
        while (same < needle.n && fold(hay.p[i + same]) == fold(needle.p[same]))
            same++;
        if (same == needle.n)
            return (ptrdiff_t)i;
    }
    return -1;
}

bool str_to_int(struct str a, int64_t *out)
{
    char text[24];
    if (!a.n || a.n >= sizeof text || isspace((unsigned char)a.p[0]))
        return false;
    memcpy(text, a.p, a.n);
    text[a.n] = '\0';
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end != text + a.n)
        return false;
    *out = value;
    return true;
}

static locale_t c_locale;
static pthread_once_t c_locale_made = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool str_to_double(struct str a, double *out)
{
    char text[64];
    if (!a.n || a.n >= sizeof text)
        return false;
    memcpy(text, a.p, a.n);
    text[a.n] = '\0';
    /* Of what strtod takes, no hexadecimals, no nan(…) and no blanks before. */
    if (strspn(text, "+-.0123456789eEinfatyINFATY") != a.n)
        return false;
    pthread_once(&c_locale_made, make_c_locale);
    char *end;
    double value = strtod_l(text, &end, c_locale);
    if (end != text + a.n)
        return false;
    *out = value;
    return true;
}

bool str_glob(const char *pattern, struct str text)
{
    /* The position to come back to when the part behind the last star does not fit. */
    const char *star = NULL;
    size_t star_at = 0, i = 0;
    while (i < text.n) {
        if (*pattern == '*') {
            star = pattern++;
            star_at = i;
        } else if (*pattern && (*pattern == '?' || *pattern == text.p[i])) {
            pattern++;
            i++;
        } else if (star) {
            pattern = star + 1;
            i = ++star_at;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

int str_compare_natural(const char *a, const char *b)
{
    const char *whole_a = a, *whole_b = b;
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            while (*a == '0')
                a++;
            while (*b == '0')
                b++;
            size_t na = strspn(a, "0123456789"), nb = strspn(b, "0123456789");
            if (na != nb)
                return na < nb ? -1 : 1;
            int order = memcmp(a, b, na);
            if (order)
                return order;
            a += na;
            b += nb;
        } else if (*a != *b) {
            break;
        } else {
            a++;
            b++;
        }
    }
    /* What differs in leading zeros alone still has an order, so that sorting is stable. */
    int order = (unsigned char)*a - (unsigned char)*b;
    return order ? order : strcmp(whole_a, whole_b);
}

size_t str_copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (size) {
        size_t fits = n < size ? n : size - 1;
        memcpy(to, from, fits);
        to[fits] = '\0';
    }
    return n;
}
