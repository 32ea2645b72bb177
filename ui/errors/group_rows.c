#include "ui/errors/group_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "triage/comparison.h"
#include "ui/errors/shown_window.h"

void group_rows_free(struct group_rows *g)
{
    free(g->list);
    *g = (struct group_rows){0};
}

static uint64_t count_in(const struct tallies *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->list[i].name, name) == 0)
            return t->list[i].count;
    return 0;
}

static uint64_t count_of(const struct group *g, const struct scope *s)
{
    char pod[2 * SCOPE_NAME];
    if (s->pod[0]) {
        snprintf(pod, sizeof pod, "%s/%s", s->pod_namespace, s->pod);
        return count_in(&g->pods, pod);
    }
    if (s->node[0])
        return count_in(&g->nodes, s->node);
    return s->namespace_[0] ? count_in(&g->namespaces, s->namespace_) : g->count;
}

static uint64_t row_stamp(const struct group_rows_row *r)
{
    uint64_t last = r->group ? (uint64_t)r->group->last : 0;
    uint64_t lines = r->count + (r->group ? r->group->count : 0);
    return hash_mix(r->id ^ (uint64_t)r->window->from) ^ hash_mix(lines * BADGE_COUNT + r->badge) ^
           hash_mix(last) * 3;
}

static void add_row(struct group_rows *g, const struct group_rows_row *row)
{
    mem_grow(&g->list, &g->cap, g->count + 1, sizeof *g->list);
    g->list[g->count++] = *row;
}

/* By id; of one id what is there before what has gone, and the rule that counts most before others. */
static int row_order(const void *a, const void *b)
{
    const struct group_rows_row *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (!x->group != !y->group)
        return x->group ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->window->rule, y->window->rule);
}

/* A message that several rules count is one message. What the scope has nothing of is counted only. */
static void settle(struct group_rows *g)
{
    size_t shown = 0;
    uint64_t last = 0;
    if (g->count)
        qsort(g->list, g->count, sizeof *g->list, row_order);
    for (size_t i = 0; i < g->count; i++) {
        struct group_rows_row row = g->list[i];
        bool again = g->all && row.id == last;
        last = row.id;
        g->all += !again;
        if (again || !row.count)
            continue;
        g->gone += !row.group;
        g->list[shown++] = row;
        g->hash = hash_mix(g->hash ^ row_stamp(&row));
    }
    g->count = shown;
}

struct gone {
    struct group_rows *rows;
    const struct window *window;
};

static void add_gone(void *context, const struct past_group *p)
{
    struct gone *gone = context;
    add_row(gone->rows, &(struct group_rows_row){gone->window, NULL, p->id, p->text, p->level,
                                                 BADGE_GONE, p->count});
}

/* Of a group that has gone it is not known where it was, so it shows only where no place is chosen. */
static void add_window(struct group_rows *g, const struct window *w, const struct model *m)
{
    const struct scope *s = &m->scope;
    struct comparison c;
    if (!w)
        return;
    comparison_of(&c, w, m->windows.pasts, m->windows.catalogue);
    for (size_t i = 0; i < w->group_count; i++) {
        const struct group *group = &w->groups[i];
        add_row(g, &(struct group_rows_row){w, group, past_id(group->id), group->template_text,
                                            group->level, comparison_badge(&c, group),
                                            count_of(group, s)});
    }
    if (!s->pod[0] && !s->node[0] && !s->namespace_[0])
        comparison_gone(&c, &(struct gone){g, w}, add_gone);
}

void group_rows_build(struct group_rows *g, const struct model *m)
{
    const struct model_windows *all = &m->windows;
    const struct scope *s = &m->scope;
    g->count = g->all = g->gone = 0;
    g->hash = 0;
    g->open = !s->rule[0] && scope_is_live(s);
    for (size_t i = 0; g->open && i < all->rule_count; i++)
        add_window(g, all->open[i], m);
    add_window(g, shown_window_get(m), m);
    settle(g);
}

const struct group_rows_row *group_rows_find(const struct group_rows *g, uint64_t id)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->list[i].id == id)
            return &g->list[i];
    return NULL;
}

static const struct group_rows_row *row_at(void *self, size_t i)
{
    return &((struct group_rows *)self)->list[i];
}

static size_t source_count(void *self)
{
    return ((struct group_rows *)self)->count;
}

static uint64_t source_id(void *self, size_t i)
{
    return row_at(self, i)->id;
}

static uint64_t source_stamp(void *self, size_t i)
{
    return row_stamp(row_at(self, i));
}

/* By id: rows of equal counts stay where they are when others grow. */
static int source_compare(void *self, size_t a, size_t b)
{
    const struct group_rows_row *x = row_at(self, a), *y = row_at(self, b);
    return (x->id > y->id) - (x->id < y->id);
}

static uint64_t source_key(void *self, size_t i, int column)
{
    static const uint8_t ranks[BADGE_COUNT] = {
        [BADGE_NEW] = 0, [BADGE_WORSE] = 1, [BADGE_UNKNOWN] = 2, [BADGE_KNOWN] = 3};
    const struct group_rows_row *r = row_at(self, i);
    uint64_t fewer = UINT64_MAX - r->count;
    if (!r->group)
        return ((struct group_rows *)self)->reversed ? 0 : UINT64_MAX;
    switch (column) {
    case GROUP_ROWS_BY_BADGE:
        return (uint64_t)ranks[r->badge] << 48 | fewer >> 16;
    case GROUP_ROWS_BY_FIRST:
        return UINT64_MAX - (uint64_t)r->group->first;
    case GROUP_ROWS_BY_LEVEL:
        return (uint64_t)(LEVEL_COUNT - r->level) << 48 | fewer >> 16;
    default:
        return fewer;
    }
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct group_rows_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s %016llx", badge_word(r->badge), level_name(r->level), r->text,
               (unsigned long long)r->id);
    for (size_t n = 0; r->group && n < r->group->workloads.count; n++)
        buf_printf(out, " %s", r->group->workloads.list[n].name);
}

const struct order_source group_rows_source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .key = source_key,
    .text = source_text,
};
