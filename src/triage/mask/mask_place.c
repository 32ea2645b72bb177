#include "triage/mask/mask_place.h"

#include <ctype.h>

#include "triage/mask/mask_words.h"

enum { STRANGE_NAME = 72 };
enum {
    DATE = MASK_SET_MONTH | MASK_SET_WEEKDAY | MASK_SET_ZONE,
    TELLING = MASK_SET_MESSAGE | MASK_SET_USER, /* keys whose value may be part of the message */
};

static bool number_follows(const struct mask_scan *s, const char *p)
{
    while (p < s->end && (*p == ' ' || *p == ','))
        p++;
    return mask_scan_class(s, p) & MASK_DIGIT;
}

/* Parts of dates: a month beside a number, a weekday before a date, a zone behind a time. */
static bool is_date_word(const struct mask_scan *s, struct str w, unsigned sets)
{
    const char *p = w.p + w.n;
    if (sets & MASK_SET_MONTH && isupper((unsigned char)w.p[0]))
        return number_follows(s, p) || mask_out_is_value(&s->out);
    if (sets & MASK_SET_WEEKDAY && isupper((unsigned char)w.p[0])) {
        if (number_follows(s, p))
            return true;
        while (p < s->end && (*p == ' ' || *p == ','))
            p++;
        struct str next = mask_scan_letters(s, p);
        return mask_words_of(next) & MASK_SET_MONTH && number_follows(s, next.p + next.n);
    }
    bool ends = !mask_scan_any(mask_scan_char(s, p), "=:([{\"'");
    return sets & MASK_SET_ZONE && ends && mask_out_is_value(&s->out) && s->out.blank;
}

static bool ipv4_at(const struct mask_scan *s, const char *p)
{
    size_t dots = 0;
    if (!(mask_scan_class(s, p) & MASK_DIGIT))
        return false;
    for (; mask_scan_class(s, p) & (MASK_DIGIT | MASK_DOT); p++)
        dots += *p == '.';
    return dots == 3;
}

/* What stands behind the name of a user: the end, punctuation, or a word like "from". */
static bool ends_name(const struct mask_scan *s, const char *p)
{
    if (p >= s->end || mask_scan_any(*p, ".,;:)]\"'!"))
        return true;
    if (s->end - p > 5 && memcmp(p, "(uid=", 5) == 0)
        return true;
    if (*p != ' ')
        return false;
    bool lower = islower((unsigned char)p[-1]);
    p = mask_scan_skip_blanks(s, p);
    if (ipv4_at(s, p))
        return true;
    return p >= s->end || (lower && mask_scan_any(*p, "([")) ||
           mask_words_of(mask_scan_letters(s, p)) & MASK_SET_AFTER_NAME;
}

/* Where what stands between "user" and "from 10.0.0.1" (or the address alone) ends: names that
 * strangers try hold blanks and marks, or nothing at all. NULL when no address is near. */
static const char *end_of_strange_name(const struct mask_scan *s, const char *p)
{
    const char *stop = s->end - p > STRANGE_NAME ? p + STRANGE_NAME : s->end;
    for (; p < stop; p++) {
        if (p > s->begin && p[-1] != ' ')
            continue;
        if (ipv4_at(s, p))
            return p;
        if (s->end - p > 5 && memcmp(p, "from ", 5) == 0 && number_follows(s, p + 5))
            return p;
        if (*p == '(' || *p == '[')
            return NULL;
    }
    return NULL;
}

bool mask_place_read_name(struct mask_scan *s)
{
    bool user = s->before & MASK_SET_USER, strange = user && s->before_that & MASK_SET_STRANGE;
    struct str next = mask_scan_letters(s, s->p);
    if (!s->out.blank || mask_scan_is_blank(*s->p) || ipv4_at(s, s->p))
        return false;
    if (!user && !(s->before_that & MASK_SET_LOGIN))
        return false;
    if (str_is(next, "from") && (!strange || s->p[-2] != ' '))
        return false;
    if (!strange && (mask_words_of(next) & (MASK_SET_NO_NAME | MASK_SET_STRANGE)))
        return false;
    const char *end = end_of_strange_name(s, s->p);
    if (!end)
        return false;
    mask_scan_value(s, MASK_OUT_OTHER);
    s->p = end;
    s->out.blank = true;
    return true;
}

bool mask_place_read_command(struct mask_scan *s)
{
    char mark = *s->p;
    const char *end = s->end;
    if (!(s->before & MASK_SET_COMMAND))
        return false;
    if (mark == '=' && mask_scan_class(s, s->p + 1) & MASK_SLASH) {
        while (end > s->p && mask_scan_is_blank(end[-1]))
            end--;
    } else if (mark == '(' && s->out.blank) {
        end = memrchr(s->p, ')', (size_t)(s->end - s->p));
    } else {
        return false;
    }
    if (!end)
        return false;
    mask_out_char(&s->out, mark);
    mask_scan_value(s, MASK_OUT_OTHER);
    s->p = end;
    return true;
}

/* "for root from 10.0.0.1", "failures for root", "session opened for user root". */
static bool is_user_name(const struct mask_scan *s, struct str w)
{
    const char *p = w.p + w.n;
    if (!mask_word_is_name(w))
        return false;
    if (s->before & MASK_SET_USER)
        return ends_name(s, p);
    if (!s->after_for)
        return false;
    if (s->before_that & MASK_SET_LOGIN)
        return ends_name(s, p);
    p = mask_scan_skip_blanks(s, p);
    return s->end - p > 6 && memcmp(p, "from ", 5) == 0 && number_follows(s, p + 5);
}

/* gw[10.0.0.1], unknown(10.0.0.1), gw.example.it:25: hosts by what is around them. */
static bool is_host(const struct mask_scan *s, const struct mask_token *t)
{
    const char *p = t->text.p + t->text.n;
    char behind = mask_scan_char(s, p), before = t->text.p > s->begin ? t->text.p[-1] : 0;
    bool digit = mask_scan_class(s, p + 1) & MASK_DIGIT;
    if (digit && behind == '[' && ipv4_at(s, p + 1))
        return true;
    if (digit && behind == '(' && str_is(t->text, "unknown"))
        return true;
    if (!(t->classes & MASK_DOT))
        return false;
    if (behind == ':' && digit && mask_word_is_country_host(t->text))
        return true;
    return t->classes & MASK_DOT && mask_word_may_be_host(t->text) &&
           (mask_scan_any(behind, "[,)/") || (behind == ':' && digit) ||
            mask_scan_any(before, "([\"'<=@"));
}

/* A logger's name stands before the message and is part of it. */
static bool is_logger(const struct mask_scan *s, struct str w)
{
    const char *p = mask_scan_skip_blanks(s, w.p + w.n);
    return mask_scan_char(s, p) == ':' || (mask_scan_char(s, p) == '-' && p[-1] == ' ');
}

/* "status: none, …": a lone word, not the beginning of a sentence. */
static bool ends_member(const struct mask_scan *s, const char *p)
{
    return p >= s->end || mask_scan_any(*p, ",;)]}\"'");
}

/* true and false are values anywhere, their kin as the value of a member. */
static bool is_nothing(const struct mask_scan *s, struct str w, char last)
{
    if (str_is(w, "true") || str_is(w, "false") || last == '=')
        return true;
    return last == ':' && (!s->out.blank || ends_member(s, w.p + w.n));
}

bool mask_place_is_value(const struct mask_scan *s, const struct mask_token *t)
{
    struct str w = t->text;
    char last = mask_out_last(&s->out);
    bool glued = !s->out.blank, member = last == '=' || last == ':';
    if (t->sets & MASK_SET_NOTHING && is_nothing(s, w, last))
        return true;
    if (t->sets & DATE && is_date_word(s, w, t->sets))
        return true;
    if (t->classes & MASK_DOT && mask_word_is_class(w))
        return t->classes & MASK_SLASH || !is_logger(s, w);
    if (is_host(s, t) || (member && glued && s->before & MASK_SET_IDENTITY))
        return true;
    bool type = mask_scan_any(mask_scan_char(s, w.p + w.n), "{[("); /* x=Point{1, 2} */
    if (last == '=')
        return t->classes & MASK_SLASH || (glued && !type && !(s->before & TELLING));
    return (s->before & MASK_SET_USER || s->after_for) && !glued && is_user_name(s, w);
}

bool mask_place_is_name(const struct mask_scan *s, struct str w)
{
    const char *p = w.p + w.n;
    size_t digits = 0;
    char behind = mask_scan_char(s, p), next = mask_scan_char(s, p + 1);
    if (!isalpha((unsigned char)w.p[0]))
        return false;
    if (behind == '(')
        return next == ')';
    if (behind != '=' || next == '=')
        return false;
    for (size_t i = 0; i < w.n; i++) {
        digits += isdigit((unsigned char)w.p[i]) != 0;
        if (!isalnum((unsigned char)w.p[i]) && !mask_scan_any(w.p[i], "_.-"))
            return false;
    }
    return digits <= 2;
}
