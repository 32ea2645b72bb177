#include "kube/kinds/quantity.h"

#include <ctype.h>
#include <string.h>

/* 18 digits shifted by an Ei are 120 bits. */
__extension__ typedef unsigned __int128 wide;

enum { DIGITS_MAX = 18, EXPONENT_MAX = 40 };

struct quantity {
    bool negative;
    uint64_t digits; /* the first significant digits */
    bool more;       /* digits behind those are not all 0 */
    int exponent;    /* of ten */
    int shift;       /* of two */
};

static void read_digits(struct str *s, struct quantity *q)
{
    bool fraction = false;
    int count = 0;
    for (; s->n; s->p++, s->n--) {
        if (*s->p == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!isdigit((unsigned char)*s->p))
            return;
        if (count >= DIGITS_MAX) {
            q->more |= *s->p != '0';
            q->exponent += !fraction && q->exponent < EXPONENT_MAX;
            continue;
        }
        q->digits = q->digits * 10 + (uint64_t)(*s->p - '0');
        q->exponent -= fraction;
        count += q->digits != 0;
    }
}

static bool read_suffix(struct str s, struct quantity *q)
{
    static const struct {
        const char *suffix;
        int exponent, shift;
    } suffixes[] = {{"", 0, 0},    {"m", -3, 0},  {"u", -6, 0},  {"n", -9, 0},
                    {"k", 3, 0},   {"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},
                    {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
                    {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60}};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (str_is(s, suffixes[i].suffix)) {
            q->exponent += suffixes[i].exponent;
            q->shift = suffixes[i].shift;
            return true;
        }
    }
    int64_t exponent;
    if ((s.p[0] != 'e' && s.p[0] != 'E') || !str_to_int((struct str){s.p + 1, s.n - 1}, &exponent))
        return false;
    if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
        exponent = exponent < 0 ? -EXPONENT_MAX : EXPONENT_MAX;
    q->exponent += (int)exponent;
    return true;
}

static bool parse(struct str text, struct quantity *q)
{
    *q = (struct quantity){0};
    if (text.n && (*text.p == '-' || *text.p == '+')) {
        q->negative = *text.p == '-';
        text = (struct str){text.p + 1, text.n - 1};
    }
    const char *start = text.p;
    read_digits(&text, q);
    bool any = false;
    for (const char *p = start; p < text.p; p++)
        any |= *p != '.';
    return any && read_suffix(text, q);
}

/* Rounds away from zero, as Quantity.ScaledValue does. */
static int64_t scaled(const struct quantity *q, int exponent)
{
    wide value = (wide)q->digits << q->shift;
    bool rest = q->more;
    exponent += q->exponent;
    for (; exponent > 0 && value && value <= INT64_MAX; exponent--)
        value *= 10;
    for (; exponent < 0 && value; exponent++) {
        rest |= value % 10 != 0;
        value /= 10;
    }
    value += rest;
    if (value > INT64_MAX)
        return q->negative ? INT64_MIN : INT64_MAX;
    return q->negative ? -(int64_t)value : (int64_t)value;
}

static bool read_scaled(struct str text, int exponent, int64_t *out)
{
    struct quantity q;
    bool good = parse(text, &q);
    *out = good ? scaled(&q, exponent) : 0;
    return good;
}

bool quantity_nano(struct str text, int64_t *out)
{
    return read_scaled(text, 9, out);
}

bool quantity_milli(struct str text, int64_t *out)
{
    return read_scaled(text, 3, out);
}

bool quantity_value(struct str text, int64_t *out)
{
    return read_scaled(text, 0, out);
}
