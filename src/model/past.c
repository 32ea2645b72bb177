#include "model/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"

enum { TEXT_MOST = 1024 };

struct pasts {
    struct past *list;
    size_t count, cap, groups;
    uint64_t uses;
};

struct pasts *pasts_new(void)
{
    return mem_alloc(sizeof(struct pasts));
}

static void forget_groups(struct pasts *p, struct past *w)
{
    for (size_t i = 0; i < w->count; i++)
        intern_drop(w->groups[i].text);
    p->groups -= w->count;
    free(w->groups);
    w->groups = NULL;
    w->count = 0;
}

void pasts_free(struct pasts *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        forget_groups(p, &p->list[i]);
    free(p->list);
    free(p);
}

uint64_t past_id(const char *id)
{
    char *end;
    uint64_t n = strtoull(id, &end, 16);
    return *end ? 0 : n;
}

static struct past *find(const struct pasts *p, const char *rule, int64_t from)
{
    for (size_t i = 0; p && i < p->count; i++)
        if (p->list[i].from == from && strcmp(p->list[i].rule, rule) == 0)
            return &p->list[i];
    return NULL;
}

const struct past *pasts_find(const struct pasts *p, const char *rule, int64_t from)
{
    return find(p, rule, from);
}

void pasts_touch(struct pasts *p, const char *rule, int64_t from)
{
    struct past *w = find(p, rule, from);
    if (w)
        w->used = ++p->uses;
}

static void drop_oldest(struct pasts *p)
{
    size_t oldest = 0;
    for (size_t i = 1; i < p->count; i++)
        if (p->list[i].used < p->list[oldest].used)
            oldest = i;
    forget_groups(p, &p->list[oldest]);
    p->list[oldest] = p->list[--p->count];
}

/* An empty place for the window, with room for that many groups. */
static struct past *place(struct pasts *p, const char *rule, int64_t from, size_t groups)
{
    struct past *w = find(p, rule, from);
    if (w) {
        forget_groups(p, w);
        *w = p->list[--p->count];
    }
    while (p->count && (p->count == PAST_WINDOWS || p->groups + groups > PAST_GROUPS))
        drop_oldest(p);
    mem_grow(&p->list, &p->cap, p->count + 1, sizeof *p->list);
    w = &p->list[p->count++];
    *w = (struct past){.from = from, .used = ++p->uses};
    str_copy(w->rule, sizeof w->rule, rule);
    return w;
}

static int by_id(const void *a, const void *b)
{
    const struct past_group *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

void pasts_put(struct pasts *p, const struct window *window)
{
    size_t count = window->group_count;
    struct past *w = place(p, window->rule, window->from, count);
    w->state = PAST_KNOWN;
    w->whole = window->complete && !window->truncated && !window->open;
    w->lines = window->lines;
    w->counted = window->counted;
    w->groups = mem_array(count, sizeof *w->groups);
    for (size_t i = 0; i < count; i++) {
        const struct group *g = &window->groups[i];
        struct str text = str_of(g->template_text);
        text.n = text.n < TEXT_MOST ? text.n : TEXT_MOST;
        w->groups[i] = (struct past_group){past_id(g->id), g->count, g->level, intern_get(text)};
    }
    w->count = count;
    p->groups += count;
    if (count)
        qsort(w->groups, count, sizeof *w->groups, by_id);
}

void pasts_put_none(struct pasts *p, const char *rule, int64_t from, enum past_state state)
{
    place(p, rule, from, 0)->state = state;
}

void pasts_put_entry(struct pasts *p, const char *rule, const struct window_entry *e)
{
    struct past *w = place(p, rule, e->from, 0);
    w->state = PAST_KNOWN;
    w->whole = e->complete && !e->truncated;
    w->lines = e->lines;
    w->counted = e->counted;
}

const struct past_group *past_find(const struct past *w, uint64_t id)
{
    struct past_group key = {.id = id};
    if (!w || !w->count)
        return NULL;
    return bsearch(&key, w->groups, w->count, sizeof *w->groups, by_id);
}
