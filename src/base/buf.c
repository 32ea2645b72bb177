#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
    free(b->p);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->over = false;
    if (b->p)
        b->p[0] = '\0';
}

static bool room_for(struct buf *b, size_t n)
{
    if (n > b->max || b->n > b->max - n) {
        b->over = true;
        return false;
    }
    if (b->n + n >= b->cap)
        mem_grow(&b->p, &b->cap, b->n + n + 1, 1);
    return true;
}

bool buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (!room_for(b, n))
        return false;
    if (n)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
    return true;
}

bool buf_adds(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

bool buf_addc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    bool fits = n >= 0 && room_for(b, (size_t)n);
    if (fits) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return fits;
}

char *buf_room(struct buf *b, size_t n)
{
    if (!room_for(b, n))
        return NULL;
    b->p[b->n] = '\0'; /* should nothing be written after all */
    return b->p + b->n;
}

void buf_added(struct buf *b, size_t n)
{
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_drop_front(struct buf *b, size_t n)
{
    if (n > b->n)
        n = b->n;
    if (!n)
        return;
    memmove(b->p, b->p + n, b->n - n + 1);
    b->n -= n;
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

const char *buf_text(const struct buf *b)
{
    return b->p ? b->p : "";
}

char *buf_take(struct buf *b, size_t *n)
{
    if (!b->p)
        mem_grow(&b->p, &b->cap, 1, 1);
    b->p[b->n] = '\0';
    if (n)
        *n = b->n;
    char *taken = b->p;
    buf_init(b, b->max);
    return taken;
}
