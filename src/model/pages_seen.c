#include "model/pages_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void free_entry(struct pages_seen_entry *e)
{
    for (int i = 0; e && i < PAGE_WISH_VIEWS; i++)
        page_free(e->pages[i]);
    free(e);
}

static size_t bytes_of(const struct pages_seen_entry *e)
{
    size_t sum = 0;
    for (int i = 0; e && i < PAGE_WISH_VIEWS; i++)
        sum += e->pages[i] ? page_bytes(e->pages[i]) : 0;
    return sum;
}

static int place_of(const struct pages_seen *s, const struct object_ref *o)
{
    int i = 0;
    while (i < PAGES_SEEN && s->list[i] && !object_ref_same(&s->list[i]->object, o))
        i++;
    return i < PAGES_SEEN && s->list[i] ? i : -1;
}

struct pages_seen_entry *pages_seen_find(const struct pages_seen *s, const struct object_ref *o)
{
    int i = place_of(s, o);
    return i < 0 ? NULL : s->list[i];
}

struct pages_seen_entry *pages_seen_keep(struct pages_seen *s, const struct object_ref *o)
{
    int i = place_of(s, o);
    struct pages_seen_entry *e = i < 0 ? mem_alloc(sizeof *e) : s->list[i];
    if (i < 0) {
        e->object = *o;
        i = PAGES_SEEN - 1;
        free_entry(s->list[i]);
    }
    memmove(&s->list[1], &s->list[0], (size_t)i * sizeof s->list[0]);
    s->list[0] = e;
    return e;
}

void pages_seen_put(struct pages_seen *s, struct pages_seen_entry *e, enum page_wish_view view,
                    struct page *page)
{
    size_t sum = 0;
    page_free(e->pages[view]);
    e->pages[view] = page;
    for (int i = 0; i < PAGES_SEEN; i++) {
        sum += bytes_of(s->list[i]);
        if (i && sum > PAGES_SEEN_BYTES) {
            free_entry(s->list[i]);
            s->list[i] = NULL;
        }
    }
    /* No holes: what stands behind one moves up. */
    for (int i = 1, to = 1; i < PAGES_SEEN; i++) {
        struct pages_seen_entry *kept = s->list[i];
        s->list[i] = NULL;
        if (kept)
            s->list[to++] = kept;
    }
}

void pages_seen_clear(struct pages_seen *s)
{
    for (int i = 0; i < PAGES_SEEN; i++)
        free_entry(s->list[i]);
    *s = (struct pages_seen){0};
}
