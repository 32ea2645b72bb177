#include "base/yaml_plain.h"

#include <ctype.h>
#include <string.h>

static bool is_word(const char *text)
{
    static const char *const words[] = {
        "",     "~",    "null", "Null", "NULL",  "y",     "Y",     "yes",   "Yes",   "YES",
        "n",    "N",    "no",   "No",   "NO",    "on",    "On",    "ON",    "off",   "Off",
        "OFF",  "true", "True", "TRUE", "false", "False", "FALSE", "<<",    ".nan",  ".NaN",
        ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static const char *skip_digits(const char *p)
{
    while (isdigit((unsigned char)*p) || *p == '_')
        p++;
    return p;
}

/* Decimal, 0x, 0o, 0b, with underscores. */
static bool is_integer(const char *p)
{
    static const struct {
        const char *prefix, *digits;
    } bases[] = {{"0x", "0123456789abcdefABCDEF_"}, {"0o", "01234567_"}, {"0b", "01_"}};
    p += *p == '+' || *p == '-';
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strncasecmp(p, bases[i].prefix, 2) == 0 && p[2])
            return !p[2 + strspn(p + 2, bases[i].digits)];
    return isdigit((unsigned char)*p) && !*skip_digits(p);
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(const char *p)
{
    p += *p == '+' || *p == '-';
    if (!isdigit((unsigned char)*p) && !(*p == '.' && isdigit((unsigned char)p[1])))
        return false;
    p = skip_digits(p);
    if (*p == '.')
        p = skip_digits(p + 1);
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        if (!isdigit((unsigned char)*p))
            return false;
        p = skip_digits(p);
    }
    return !*p;
}

/* 1:20 and 190:20:30.15 were numbers to the base of 60 in YAML 1.1. */
static bool is_sexagesimal(const char *p)
{
    p += *p == '+' || *p == '-';
    if (!isdigit((unsigned char)*p))
        return false;
    p = skip_digits(p);
    if (*p != ':')
        return false;
    while (*p == ':') {
        size_t n = strspn(++p, "0123456789");
        if (n < 1 || n > 2 || (n == 2 && *p > '5'))
            return false;
        p += n;
    }
    if (*p == '.')
        p = skip_digits(p + 1);
    return !*p;
}

/* One or two digits, 1 to `most`, as a part of a date. */
static const char *skip_part(const char *p, int most)
{
    int value = 0, n = 0;
    for (; n < 2 && isdigit((unsigned char)p[n]); n++)
        value = value * 10 + (p[n] - '0');
    return n && value >= 1 && value <= most && !isdigit((unsigned char)p[n]) ? p + n : NULL;
}

/* 2021-08-27, and the same with a time of day behind it. */
static bool is_time(const char *p)
{
    if (strspn(p, "0123456789") != 4 || p[4] != '-')
        return false;
    p = skip_part(p + 5, 12);
    if (!p || *p != '-')
        return false;
    p = skip_part(p + 1, 31);
    return p && (!*p || (strchr("Tt ", *p) && isdigit((unsigned char)p[1])));
}

bool yaml_plain_misreads(const char *text)
{
    return is_word(text) || is_integer(text) || is_float(text) || is_sexagesimal(text) ||
           is_time(text);
}
