#include "ui/table/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"

enum { TEXTS_MOST = 8192 };
#define APART (UINT64_C(1) << 40)

struct rank {
    const char *text;
    uint64_t number;
};

struct ranks {
    struct map *index; /* the text's pointer -> its number */
    struct rank *list; /* by number, once settled */
    size_t count, cap;
    bool settled, many, worn;
};

struct ranks *ranks_new(void)
{
    struct ranks *r = mem_alloc(sizeof *r);
    r->index = map_new();
    return r;
}

void ranks_free(struct ranks *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        intern_drop(r->list[i].text);
    map_free(r->index, NULL);
    free(r->list);
    free(r);
}

static struct str key_of(const char *const *text)
{
    return (struct str){(const char *)text, sizeof *text};
}

bool ranks_add(struct ranks *r, const char *text)
{
    if (r->many || !text || map_get(r->index, key_of(&text)))
        return !r->many;
    if (r->count == TEXTS_MOST) {
        r->many = true;
        return false;
    }
    map_put(r->index, key_of(&text), r);
    mem_grow(&r->list, &r->cap, r->count + 1, sizeof *r->list);
    r->list[r->count++] = (struct rank){intern_hold(text), 0};
    return true;
}

static int compare(const void *a, const void *b)
{
    return str_compare_natural(((const struct rank *)a)->text, ((const struct rank *)b)->text);
}

static void settle(struct ranks *r)
{
    r->settled = true;
    if (r->count)
        qsort(r->list, r->count, sizeof *r->list, compare);
    for (size_t i = 0; i < r->count; i++) {
        r->list[i].number = (i + 1) * APART;
        map_put(r->index, key_of(&r->list[i].text), (void *)(uintptr_t)r->list[i].number);
    }
}

/* The order of texts that are too many. */
static uint64_t prefix(const char *text)
{
    uint64_t key = 0;
    for (int i = 0; i < 8; i++) {
        key = key << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return key;
}

/* A new text, between those that stand before and behind it. */
static uint64_t insert(struct ranks *r, const char *text)
{
    struct rank fresh = {text, 0};
    size_t from = 0, to = r->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare(&r->list[middle], &fresh) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    uint64_t below = from ? r->list[from - 1].number : 0;
    uint64_t above = from < r->count ? r->list[from].number : below + 2 * APART;
    fresh.number = below + (above - below) / 2;
    if (r->count == TEXTS_MOST || fresh.number == below) {
        r->worn = true;
        return fresh.number;
    }
    mem_grow(&r->list, &r->cap, r->count + 1, sizeof *r->list);
    memmove(&r->list[from + 1], &r->list[from], (r->count - from) * sizeof *r->list);
    intern_hold(text);
    r->list[from] = fresh;
    r->count++;
    map_put(r->index, key_of(&text), (void *)(uintptr_t)fresh.number);
    return fresh.number;
}

uint64_t ranks_of(struct ranks *r, const char *text)
{
    if (!text)
        return 0;
    if (r->many)
        return prefix(text);
    if (!r->settled)
        settle(r);
    void *number = map_get(r->index, key_of(&text));
    return number ? (uint64_t)(uintptr_t)number : insert(r, text);
}

bool ranks_worn(const struct ranks *r)
{
    return r->worn;
}
