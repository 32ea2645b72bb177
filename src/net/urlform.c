#include "net/urlform.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PAIRS_MAX = 1000 };

struct pair {
    char *name, *value;
};

struct urlform {
    struct pair *pairs;
    size_t count, cap;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into a new string; *broken tells of a bad escape or a NUL. */
static char *decode(struct str text, bool plus_is_blank, bool *broken)
{
    char *out = mem_alloc(text.n + 1);
    size_t n = 0;
    *broken = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '+' && plus_is_blank) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
            int low = i + 2 < text.n ? hex_digit(text.p[i + 2]) : -1;
            if (high < 0 || low < 0) {
                *broken = true;
            } else {
                c = (char)(high * 16 + low);
                i += 2;
            }
        }
        if (!c)
            *broken = true;
        out[n++] = c;
    }
    return out;
}

char *urlform_path(struct str raw_target)
{
    const char *end = raw_target.n ? memchr(raw_target.p, '?', raw_target.n) : NULL;
    if (end)
        raw_target.n = (size_t)(end - raw_target.p);
    bool broken;
    char *path = decode(raw_target, false, &broken);
    if (broken) {
        free(path);
        return NULL;
    }
    return path;
}

struct urlform *urlform_new(void)
{
    return mem_alloc(sizeof(struct urlform));
}

void urlform_free(struct urlform *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++) {
        free(f->pairs[i].name);
        free(f->pairs[i].value);
    }
    free(f->pairs);
    free(f);
}

void urlform_add(struct urlform *f, struct str encoded)
{
    struct str part, name;
    while (f->count < PAIRS_MAX && str_cut(&encoded, '&', &part)) {
        if (!part.n)
            continue;
        struct str value = part;
        str_cut(&value, '=', &name);
        mem_grow(&f->pairs, &f->cap, f->count + 1, sizeof *f->pairs);
        bool broken;
        f->pairs[f->count].name = decode(name, true, &broken);
        f->pairs[f->count].value = decode(value, true, &broken);
        f->count++;
    }
}

const char *urlform_get(const struct urlform *f, const char *name, size_t n)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->pairs[i].name, name) == 0 && n-- == 0)
            return f->pairs[i].value;
    return NULL;
}
