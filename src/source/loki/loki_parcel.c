#include "source/loki/loki_parcel.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 64 << 10 };

struct entry {
    int64_t time;
    const struct labels *labels; /* held */
    uint32_t offset, n;          /* of the text */
};

/* Some lines and their text behind them. */
struct block {
    struct block *next;
    size_t bytes, count, at;
    struct entry entries[];
};

struct loki_parcel {
    struct block *first;
    size_t bytes;
};

static char *text_of(struct block *b)
{
    return (char *)(b->entries + b->count);
}

static void drop_first(struct loki_parcel *p)
{
    struct block *b = p->first;
    for (size_t i = 0; i < b->count; i++)
        labels_drop(b->entries[i].labels);
    p->first = b->next;
    p->bytes -= b->bytes;
    free(b);
}

void loki_parcel_free(struct loki_parcel *p)
{
    while (p->first)
        drop_first(p);
    free(p);
}

/* Of labels that a parser makes for each line: only the page holds them besides. */
static size_t own_bytes(const struct labels *l)
{
    if (l->references != 2)
        return 0;
    size_t bytes = sizeof *l + l->count * sizeof *l->list;
    for (uint32_t i = 0; i < l->count; i++)
        bytes += strlen(l->list[i].name) + strlen(l->list[i].value);
    return bytes;
}

/* Of the lines [from, to) of the page, as many as go into a block, and one at least. */
static struct block *make_block(const struct loki_page *page, size_t from, size_t to)
{
    size_t bytes = sizeof(struct block), n = 0, used = 0;
    for (; from + n < to; n++) {
        size_t more = loki_page_at(page, from + n).text.n + sizeof(struct entry);
        if (n && bytes + more > BLOCK)
            break;
        bytes += more;
    }
    struct block *b = mem_resize(NULL, bytes, 1);
    *b = (struct block){.bytes = bytes, .count = n};
    for (size_t i = 0; i < n; i++) {
        struct line line = loki_page_at(page, from + i);
        b->entries[i] = (struct entry){.time = line.time,
                                       .labels = labels_hold(line.labels),
                                       .offset = (uint32_t)used,
                                       .n = (uint32_t)line.text.n};
        b->bytes += own_bytes(line.labels);
        memcpy(text_of(b) + used, line.text.p, line.text.n);
        used += line.text.n;
    }
    return b;
}

struct loki_parcel *loki_parcel_new(struct loki_page *page, size_t count)
{
    struct loki_parcel *p = mem_alloc(sizeof *p);
    struct block **link = &p->first;
    for (size_t at = 0; at < count; at += (*link)->count, link = &(*link)->next) {
        *link = make_block(page, at, count);
        p->bytes += (*link)->bytes;
    }
    loki_page_free(page);
    return p;
}

size_t loki_parcel_bytes(const struct loki_parcel *p)
{
    return p->bytes;
}

/* Where the next line is: behind one that was taken last, its block has stayed. */
static struct block *place(const struct loki_parcel *p)
{
    struct block *b = p->first;
    return b && b->at == b->count ? b->next : b;
}

bool loki_parcel_head(const struct loki_parcel *p, struct line *line)
{
    struct block *b = place(p);
    if (!b)
        return false;
    const struct entry *e = &b->entries[b->at];
    *line = (struct line){.time = e->time,
                          .labels = e->labels,
                          .text = {text_of(b) + e->offset, e->n},
                          .kind = LINE_LOG};
    return true;
}

void loki_parcel_take(struct loki_parcel *p)
{
    if (p->first->at == p->first->count)
        drop_first(p);
    p->first->at++;
}
