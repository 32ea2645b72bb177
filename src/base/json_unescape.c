#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of \uXXXX, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* Reads what stands behind "\u": one code point, of two escapes when they are a surrogate pair.
 * Returns the bytes used, 0 when broken. */
static size_t unicode_escape(const char *p, const char *end, uint32_t *code)
{
    int32_t unit = hex4(p, end);
    if (unit < 0)
        return 0;
    *code = (uint32_t)unit;
    if (unit < 0xd800 || unit > 0xdfff)
        return 4;
    if (unit < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
        int32_t low = hex4(p + 6, end);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *code = 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
            return 10;
        }
    }
    *code = 0xfffd;
    return 4;
}

/* Reads one escape at p (behind the backslash) into at most four bytes. Returns the bytes used, 0
 * when broken. */
static size_t escape(const char *p, const char *end, char out[4], size_t *n)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (p == end)
        return 0;
    if (*p == 'u') {
        uint32_t code = 0;
        size_t used = unicode_escape(p + 1, end, &code);
        *n = utf8_encode(code, out);
        return used ? used + 1 : 0;
    }
    const char *name = memchr(names, *p, sizeof names - 1);
    if (!name)
        return 0;
    out[0] = values[name - names];
    *n = 1;
    return 1;
}

/* Writes into the room between w and limit; returns where it ended, NULL when an escape is broken
 * (or, with *full, the room was too small). */
static char *unescape(char *w, const char *limit, struct str inside, bool *full)
{
    const char *p = inside.p, *end = p + inside.n, *slash;
    while (p < end && (slash = memchr(p, '\\', (size_t)(end - p)))) {
        char bytes[4];
        size_t run = (size_t)(slash - p), n, used = escape(slash + 1, end, bytes, &n);
        if (!used)
            return NULL;
        if ((size_t)(limit - w) < run + n) {
            *full = true;
            return NULL;
        }
        memcpy(w, p, run);
        memcpy(w + run, bytes, n);
        w += run + n;
        p = slash + 1 + used;
    }
    size_t rest = (size_t)(end - p);
    if ((size_t)(limit - w) < rest) {
        *full = true;
        return NULL;
    }
    if (rest)
        memcpy(w, p, rest);
    return w + rest;
}

bool json_unescape(struct buf *out, struct str inside)
{
    /* An escape is never shorter than what it stands for, so one reservation serves. */
    size_t left = out->max - out->n, room = left < inside.n ? left : inside.n;
    char *from = buf_room(out, room);
    char *to = unescape(from, from + room, inside, &out->over);
    buf_added(out, to ? (size_t)(to - from) : 0);
    return to;
}
