/* A line as the masks read it: for the files mask*.c alone. */
#ifndef TRIAGE_MASK_SCAN_H
#define TRIAGE_MASK_SCAN_H

#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "triage/mask/mask_out.h"
#include "triage/mask/mask_word.h"

struct mask_scan {
    const char *begin, *p, *end;
    struct mask_out out;
    char open[2];    /* quotes that were opened and are read as text, plain and escaped; 0: none */
    unsigned before; /* sets (mask_words.h) of the constant word before */
    unsigned before_that; /* and of the one before it */
    bool after_for;       /* the word before is "for" */
};

/* A word, what it is made of and in which sets it is. */
struct mask_token {
    struct str text;
    unsigned classes, sets;
};

static inline bool mask_scan_any(char c, const char *set)
{
    return c && strchr(set, c);
}

static inline bool mask_scan_is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 127;
}

/* NUL behind the end. */
static inline char mask_scan_char(const struct mask_scan *s, const char *p)
{
    return p < s->end ? *p : 0;
}

/* Whether a quote, or a backslash and a quote, stands at p. */
static inline bool mask_scan_is_quote(const struct mask_scan *s, const char *p)
{
    return mask_scan_any(mask_scan_char(s, p + (mask_scan_char(s, p) == '\\')), "\"'`");
}

static inline unsigned mask_scan_class(const struct mask_scan *s, const char *p)
{
    return p < s->end ? mask_word_class[(unsigned char)*p] : 0;
}

static inline const char *mask_scan_skip_blanks(const struct mask_scan *s, const char *p)
{
    while (p < s->end && *p == ' ')
        p++;
    return p;
}

static inline struct str mask_scan_between(const char *from, const char *to)
{
    return (struct str){from, (size_t)(to - from)};
}

/* The letters at p. */
static inline struct str mask_scan_letters(const struct mask_scan *s, const char *p)
{
    const char *q = p;
    while (q < s->end && ((unsigned char)((*q | 32) - 'a') < 26))
        q++;
    return mask_scan_between(p, q);
}

static inline void mask_scan_value(struct mask_scan *s, uint32_t kind)
{
    mask_out_value(&s->out, kind);
    s->before_that = s->before = 0;
    s->after_for = false;
}

#endif
