#include "cmd/top_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"

struct amounts {
    int64_t cpu_request, cpu_limit, memory_request, memory_limit;
};

struct top_rows {
    struct top_row **list;
    size_t count, cap;
    struct map *by_key;
    struct map *charges; /* node -> struct amounts */
};

struct top_rows *top_rows_new(void)
{
    struct top_rows *t = mem_alloc(sizeof *t);
    t->by_key = map_new();
    t->charges = map_new();
    return t;
}

void top_rows_free(struct top_rows *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++) {
        free(t->list[i]->namespace_);
        free(t->list[i]->name);
        free(t->list[i]->key);
        free(t->list[i]);
    }
    free(t->list);
    map_free(t->by_key, NULL);
    map_free(t->charges, free);
    free(t);
}

static int64_t number(const struct kind *kind, const struct object *o, const char *title)
{
    int column = objects_column(kind, title);
    return column >= 0 ? o->cells[column].number : -1;
}

static const char *text(const struct kind *kind, const struct object *o, const char *title)
{
    int column = objects_column(kind, title);
    return column >= 0 ? o->cells[column].text : "";
}

static struct top_row *add(struct top_rows *t, const struct object *o)
{
    char *key = *o->namespace_ ? mem_printf("%s/%s", o->namespace_, o->name) : mem_dup(o->name);
    struct top_row *row = map_get(t->by_key, str_of(key));
    if (row) {
        free(key);
        return row;
    }
    row = mem_alloc(sizeof *row);
    *row = (struct top_row){.namespace_ = mem_dup(o->namespace_),
                            .name = mem_dup(o->name),
                            .key = key,
                            .cpu_request = -1,
                            .cpu_limit = -1,
                            .memory_request = -1,
                            .memory_limit = -1,
                            .cpu_allocatable = -1,
                            .memory_allocatable = -1,
                            .cpu_capacity = -1,
                            .memory_capacity = -1,
                            .cpu = NAN,
                            .memory = NAN};
    mem_grow(&t->list, &t->cap, t->count + 1, sizeof(struct top_row *));
    t->list[t->count++] = row;
    map_put(t->by_key, str_of(key), row);
    return row;
}

void top_rows_add_node(struct top_rows *t, const struct object *node)
{
    const struct kind *kind = &kind_node.kind;
    struct top_row *row = add(t, node);
    row->cpu_allocatable = number(kind, node, "CPU");
    row->memory_allocatable = number(kind, node, "MEMORY");
    row->cpu_capacity = number(kind, node, "CPU CAPACITY");
    row->memory_capacity = number(kind, node, "MEMORY CAPACITY");
}

static bool has_ended(const struct object *pod)
{
    const char *phase = text(&kind_pod.kind, pod, "PHASE");
    return strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
}

static struct amounts amounts_of(const struct object *pod)
{
    const struct kind *kind = &kind_pod.kind;
    return (struct amounts){number(kind, pod, "CPU REQUEST"), number(kind, pod, "CPU LIMIT"),
                            number(kind, pod, "MEMORY REQUEST"), number(kind, pod, "MEMORY LIMIT")};
}

static void set_amounts(struct top_row *row, const struct amounts *a)
{
    row->cpu_request = a->cpu_request;
    row->cpu_limit = a->cpu_limit;
    row->memory_request = a->memory_request;
    row->memory_limit = a->memory_limit;
}

void top_rows_add_pod(struct top_rows *t, const struct object *pod)
{
    if (has_ended(pod))
        return;
    struct amounts a = amounts_of(pod);
    set_amounts(add(t, pod), &a);
}

static void charge(int64_t *sum, int64_t more)
{
    if (more > 0 && __builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

void top_rows_charge(struct top_rows *t, const struct object *pod)
{
    const char *node = text(&kind_pod.kind, pod, "NODE");
    if (!*node || has_ended(pod))
        return;
    struct amounts a = amounts_of(pod), *sum = map_get(t->charges, str_of(node));
    if (!sum) {
        sum = mem_alloc(sizeof *sum);
        map_put(t->charges, str_of(node), sum);
    }
    charge(&sum->cpu_request, a.cpu_request);
    charge(&sum->cpu_limit, a.cpu_limit);
    charge(&sum->memory_request, a.memory_request);
    charge(&sum->memory_limit, a.memory_limit);
}

static int by_name(const void *a, const void *b)
{
    const struct top_row *x = *(struct top_row *const *)a, *y = *(struct top_row *const *)b;
    int order = str_compare_natural(x->namespace_, y->namespace_);
    if (!order)
        order = str_compare_natural(x->name, y->name);
    return order ? order : strcmp(x->key, y->key);
}

void top_rows_finish(struct top_rows *t, bool charged)
{
    static const struct amounts none;
    for (size_t i = 0; charged && i < t->count; i++) {
        const struct amounts *sum = map_get(t->charges, str_of(t->list[i]->key));
        set_amounts(t->list[i], sum ? sum : &none);
    }
    if (t->count)
        qsort(t->list, t->count, sizeof *t->list, by_name);
}

size_t top_rows_count(const struct top_rows *t)
{
    return t->count;
}

struct top_row *top_rows_at(const struct top_rows *t, size_t i)
{
    return t->list[i];
}

struct top_row *top_rows_find(const struct top_rows *t, const char *ns, const char *name)
{
    char *key = *ns ? mem_printf("%s/%s", ns, name) : mem_dup(name);
    struct top_row *row = map_get(t->by_key, str_of(key));
    free(key);
    return row;
}
