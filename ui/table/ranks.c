/*
 * Texts are interned, so a pointer tells a text: the index is of pointers, and what is kept of a
 * text is sixteen bytes and its places.
 */
#include "ui/table/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/mem.h"
#include "base/str.h"

enum { TEXTS_MOST = 8192, PLACES = 2 * TEXTS_MOST };
#define APART (UINT64_C(1) << 40)

struct rank {
    const char *text;
    uint64_t number;
};

struct ranks {
    struct rank *list; /* as they came */
    uint16_t *order;   /* of the list, by number; NULL: not settled */
    size_t count, cap;
    bool many, worn;
    uint16_t places[PLACES]; /* by the pointer's hash: index in the list plus one; 0: empty */
};

struct ranks *ranks_new(void)
{
    return mem_alloc(sizeof(struct ranks));
}

static void drop_all(struct ranks *r)
{
    for (size_t i = 0; i < r->count; i++)
        intern_drop(r->list[i].text);
    free(r->list);
    free(r->order);
    r->list = NULL;
    r->order = NULL;
    r->count = r->cap = 0;
}

void ranks_free(struct ranks *r)
{
    if (!r)
        return;
    drop_all(r);
    free(r);
}

/* The place of the text, or the empty one where it would go. */
static uint16_t *find(struct ranks *r, const char *text)
{
    size_t i = hash_mix((uint64_t)(uintptr_t)text) & (PLACES - 1);
    while (r->places[i] && r->list[r->places[i] - 1].text != text)
        i = (i + 1) & (PLACES - 1);
    return &r->places[i];
}

/* Takes in a text that is not there yet; its index in the list. */
static uint16_t take(struct ranks *r, const char *text, uint64_t number)
{
    uint16_t *place = find(r, text);
    mem_grow(&r->list, &r->cap, r->count + 1, sizeof *r->list);
    r->list[r->count++] = (struct rank){intern_hold(text), number};
    *place = (uint16_t)r->count;
    return (uint16_t)(r->count - 1);
}

bool ranks_add(struct ranks *r, const char *text)
{
    if (r->many || !text || *find(r, text))
        return !r->many;
    if (r->count == TEXTS_MOST) {
        r->many = true;
        drop_all(r);
        return false;
    }
    take(r, text, 0);
    return true;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct ranks *r = context;
    return str_compare_natural(r->list[*(const uint16_t *)a].text,
                               r->list[*(const uint16_t *)b].text);
}

static void settle(struct ranks *r)
{
    r->order = mem_array(TEXTS_MOST, sizeof *r->order);
    for (size_t i = 0; i < r->count; i++)
        r->order[i] = (uint16_t)i;
    if (r->count)
        qsort_r(r->order, r->count, sizeof *r->order, compare, r);
    for (size_t i = 0; i < r->count; i++)
        r->list[r->order[i]].number = (i + 1) * APART;
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
    size_t from = 0, to = r->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (str_compare_natural(r->list[r->order[middle]].text, text) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    uint64_t below = from ? r->list[r->order[from - 1]].number : 0;
    uint64_t above = from < r->count ? r->list[r->order[from]].number : below + 2 * APART;
    uint64_t number = below + (above - below) / 2;
    if (r->count == TEXTS_MOST || number == below) {
        r->worn = true;
        return number;
    }
    memmove(&r->order[from + 1], &r->order[from], (r->count - from) * sizeof *r->order);
    r->order[from] = take(r, text, number);
    return number;
}

uint64_t ranks_of(struct ranks *r, const char *text)
{
    if (!text)
        return 0;
    if (r->many)
        return prefix(text);
    if (!r->order)
        settle(r);
    uint16_t place = *find(r, text);
    return place ? r->list[place - 1].number : insert(r, text);
}

bool ranks_worn(const struct ranks *r)
{
    return r->worn;
}
