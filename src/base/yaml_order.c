#include "base/yaml_order.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Beyond ASCII everything counts as a letter: code points and the bytes of UTF-8 are ordered alike. */
static bool is_letter(unsigned char c)
{
    return c >= 0x80 || isalpha(c);
}

/* Inside of a number a zero is no leading one. */
static bool goes_on(const char *text, size_t at)
{
    while (at && isdigit((unsigned char)text[at - 1]))
        if (text[--at] != '0')
            return true;
    return false;
}

/* Wraps around as Go's does. */
static size_t number(const char *text, uint64_t *value)
{
    size_t n = 0;
    for (; isdigit((unsigned char)text[n]); n++)
        *value = *value * 10 + (uint64_t)(text[n] - '0');
    return n;
}

int yaml_order(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] && a[i] == b[i])
        i++;
    unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
    if (!x || !y)
        return x - y;
    if (is_letter(x) != is_letter(y))
        return is_letter(x) - is_letter(y);
    if (is_letter(x))
        return x - y;
    uint64_t inside = (x == '0' || y == '0') && goes_on(a, i), m = inside, n = inside;
    size_t m_digits = number(a + i, &m), n_digits = number(b + i, &n);
    if (m != n)
        return (int64_t)m < (int64_t)n ? -1 : 1;
    if (m_digits != n_digits)
        return m_digits < n_digits ? -1 : 1;
    return x - y;
}
