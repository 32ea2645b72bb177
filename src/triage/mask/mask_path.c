#include "triage/mask/mask_path.h"

#include <ctype.h>

#include "triage/mask/mask_words.h"

/* Behind the "/s" of a rate: "12 KB/s", "3 requests/min". */
static const char *skip_rate(const struct mask_scan *s, const char *p)
{
    if (mask_scan_char(s, p) != '/')
        return p;
    struct str per = mask_scan_letters(s, p + 1);
    const char *end = per.p + per.n;
    bool unit = str_is(per, "h") || mask_words_of(per) & MASK_SET_UNIT;
    return unit && !(mask_scan_class(s, end) & ~(unsigned)(MASK_DOT | MASK_COLON)) ? end : p;
}

/* "5.2 KB", "12 %", "300 ms": the unit goes with the number, so that sizes of any magnitude are
 * one message. */
const char *mask_path_skip_unit(const struct mask_scan *s, const char *p)
{
    const char *q = mask_scan_skip_blanks(s, p);
    if (q < s->end && *q == '%' && !(mask_scan_class(s, q + 1) & MASK_LETTER))
        return q + 1;
    struct str unit = mask_scan_letters(s, q);
    const char *rate = unit.n ? skip_rate(s, q + unit.n) : q;
    if (unit.n && rate != q + unit.n)
        return rate;
    if (!unit.n || !(mask_words_of(unit) & MASK_SET_UNIT))
        return p;
    q += unit.n;
    unsigned behind = mask_scan_class(s, q), next = mask_scan_class(s, q + 1);
    if (behind & MASK_SLASH && next & MASK_DIGIT)
        return q;
    if (behind & ~(unsigned)(MASK_DOT | MASK_COLON))
        return p;
    return behind & MASK_DOT && next & (MASK_LETTER | MASK_DIGIT) ? p : q;
}

const char *mask_path_skip_list(const struct mask_scan *s, const char *p)
{
    const char *q = p;
    bool list = false;
    if (mask_scan_char(s, q) != '[' || !(mask_scan_class(s, q + 1) & MASK_DIGIT))
        return p;
    for (q++; q < s->end; q++) {
        if (*q == '-' || *q == ',')
            list = true;
        else if (!isdigit((unsigned char)*q))
            break;
    }
    return list && mask_scan_char(s, q) == ']' ? q + 1 : p;
}

/* Where a path or URL that is read from p on ends. */
static const char *end_of_path(const struct mask_scan *s, const char *p)
{
    const char *start = p;
    for (; p < s->end; p++) {
        if (*p == '\\' && mask_scan_is_quote(s, p))
            break;
        if (mask_word_class[(unsigned char)*p] || *p == '=')
            continue;
        if ((*p != ',' && *p != ';') || p + 1 == s->end || mask_scan_is_blank(p[1]))
            break;
    }
    while (p > start && mask_scan_any(p[-1], ".:,;!?"))
        p--;
    return p;
}

/* A Windows path goes on behind a blank when a backslash follows before the next one. */
static const char *end_of_windows_path(const struct mask_scan *s, const char *p)
{
    for (;;) {
        p = end_of_path(s, p);
        if (p >= s->end || *p != ' ')
            return p;
        const char *q = p + 1;
        while (q < s->end && (mask_scan_class(s, q) & ~(unsigned)(MASK_COLON | MASK_MARK) ||
                              *q == '(' || *q == ')'))
            q++;
        if (q == p + 1 || mask_scan_char(s, q) != '\\')
            return p;
        p = q;
    }
}

bool mask_path_is_drive(struct str w)
{
    return w.n >= 3 && isalpha((unsigned char)w.p[0]) && w.p[1] == ':' &&
           (w.p[2] == '\\' || w.p[2] == '/');
}

/* arn:aws:s3:::bucket/key, urn:isbn:0451450523 */
static bool is_resource(struct str w)
{
    return str_starts(w, "arn:aws") || (str_starts(w, "urn:") && w.n > 8);
}

bool mask_path_read(struct mask_scan *s, struct str w, unsigned classes)
{
    const char *end = NULL;
    if (mask_path_is_drive(w) || (w.n > 2 && w.p[0] == '\\' && w.p[1] == '\\'))
        end = end_of_windows_path(s, w.p);
    else if (classes & MASK_COLON && is_resource(w))
        end = end_of_path(s, w.p);
    else if (!(classes & MASK_SLASH))
        return false;
    else if (w.p[0] == '/' && w.n > 1 && w.p[1] != '/' && (w.p == s->begin || w.p[-1] != '<'))
        end = end_of_path(s, w.p);
    else if (classes & MASK_COLON && memmem(w.p, w.n, "://", 3))
        end = end_of_path(s, w.p);
    if (!end || end < w.p + 2)
        return false;
    s->p = end;
    mask_scan_value(s, MASK_OUT_PATH);
    if (mask_word_is_number(mask_scan_between(w.p + 1, end))) /* "5 MB/7 MB" */
        s->p = mask_path_skip_unit(s, end);
    return true;
}
