#include "ui/group_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "ui/shown_window.h"

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
    return hash_mix(hash_bytes(r->group->id, strlen(r->group->id)) ^ (uint64_t)r->window->from) ^
           hash_mix(r->count + r->group->count) ^ hash_mix((uint64_t)r->group->last) * 3;
}

static void add_window(struct group_rows *g, const struct window *w, const struct scope *s)
{
    for (size_t i = 0; w && i < w->group_count; i++) {
        struct group_rows_row row = {w, &w->groups[i], count_of(&w->groups[i], s)};
        g->all++;
        if (!row.count)
            continue;
        mem_grow(&g->list, &g->cap, g->count + 1, sizeof *g->list);
        g->list[g->count++] = row;
        g->hash = hash_mix(g->hash ^ row_stamp(&row));
    }
}

void group_rows_build(struct group_rows *g, const struct model *m)
{
    const struct model_windows *all = &m->windows;
    const struct scope *s = &m->scope;
    g->count = g->all = 0;
    g->hash = 0;
    g->open = !s->rule[0] && scope_is_live(s);
    for (size_t i = 0; g->open && i < all->rule_count; i++)
        add_window(g, all->open[i], s);
    add_window(g, shown_window_get(m), s);
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
    const struct group_rows_row *r = row_at(self, i);
    return hash_bytes(r->group->id, strlen(r->group->id)) ^
           hash_mix(hash_bytes(r->window->rule, strlen(r->window->rule)));
}

static uint64_t source_stamp(void *self, size_t i)
{
    return row_stamp(row_at(self, i));
}

/* By id: rows of equal counts stay where they are when others grow. */
static int source_compare(void *self, size_t a, size_t b)
{
    const struct group_rows_row *x = row_at(self, a), *y = row_at(self, b);
    int order = strcmp(x->group->id, y->group->id);
    return order ? order : strcmp(x->window->rule, y->window->rule);
}

static uint64_t source_key(void *self, size_t i, int column)
{
    const struct group_rows_row *r = row_at(self, i);
    switch (column) {
    case GROUP_ROWS_BY_FIRST:
        return UINT64_MAX - (uint64_t)r->group->first;
    case GROUP_ROWS_BY_LEVEL:
        return (uint64_t)(LEVEL_COUNT - r->group->level) << 48 | (UINT64_MAX - r->count) >> 16;
    default:
        return UINT64_MAX - r->count;
    }
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct group *g = row_at(self, i)->group;
    buf_printf(out, "%s %s %s", level_name(g->level), g->template_text, g->id);
    for (size_t n = 0; n < g->workloads.count; n++)
        buf_printf(out, " %s", g->workloads.list[n].name);
}

const struct order_source group_rows_source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .key = source_key,
    .text = source_text,
};
