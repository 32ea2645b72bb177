#include "triage/whereabouts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "triage/workload.h"

enum { NAME_MAX_BYTES = 600 };

struct place {
    const char *names[WHEREABOUTS_KINDS];
};

struct whereabouts {
    struct rule_labels labels;
    struct arena memory;
    struct map *names[WHEREABOUTS_KINDS]; /* name -> its copy */
    struct map *index;                    /* the four pointers -> number */
    struct place *list;
    size_t count, cap;
    const struct labels *last; /* the label set asked for last; held */
    uint32_t last_place;
    uint64_t last_stream;
};

struct whereabouts *whereabouts_new(const struct rule_labels *labels)
{
    struct whereabouts *w = mem_alloc(sizeof *w);
    w->labels = labels ? *labels : rule_labels_default;
    arena_init(&w->memory);
    for (int k = 0; k < WHEREABOUTS_KINDS; k++)
        w->names[k] = map_new();
    w->index = map_new();
    mem_grow(&w->list, &w->cap, 2, sizeof *w->list);
    for (int k = 0; k < WHEREABOUTS_KINDS; k++) {
        w->list[WHEREABOUTS_NOWHERE].names[k] = "";
        w->list[WHEREABOUTS_OTHER].names[k] = WHEREABOUTS_OTHER_NAME;
    }
    w->count = 2;
    return w;
}

void whereabouts_free(struct whereabouts *w)
{
    if (!w)
        return;
    for (int k = 0; k < WHEREABOUTS_KINDS; k++)
        map_free(w->names[k], NULL);
    map_free(w->index, NULL);
    arena_free(&w->memory);
    labels_drop(w->last);
    free(w->list);
    free(w);
}

static const char *keep(struct whereabouts *w, enum whereabouts_kind kind, const char *name)
{
    struct str key = str_of(name);
    if (!key.n)
        return "";
    char *kept = map_get(w->names[kind], key);
    if (!kept) {
        kept = arena_dup(&w->memory, key);
        map_put(w->names[kind], key, kept);
    }
    return kept;
}

/* namespace/name, or the name alone when the namespace is not known. */
static const char *qualified(const char *ns, const char *name, char out[NAME_MAX_BYTES])
{
    size_t n = 0;
    out[0] = 0;
    if (!*name)
        return out;
    if (*ns) {
        n = str_copy(out, NAME_MAX_BYTES / 2, ns);
        n = n < NAME_MAX_BYTES / 2 ? n : NAME_MAX_BYTES / 2 - 1;
        out[n++] = '/';
    }
    str_copy(out + n, NAME_MAX_BYTES - n, name);
    return out;
}

static uint32_t place_of(struct whereabouts *w, const char *ns, const char *pod, const char *app,
                         const char *node)
{
    char workload[NAME_MAX_BYTES / 2], full[NAME_MAX_BYTES];
    struct place p;
    workload_of(pod, app, workload, sizeof workload);
    p.names[WHEREABOUTS_NAMESPACE] = keep(w, WHEREABOUTS_NAMESPACE, ns);
    p.names[WHEREABOUTS_WORKLOAD] = keep(w, WHEREABOUTS_WORKLOAD, qualified(ns, workload, full));
    p.names[WHEREABOUTS_POD] = keep(w, WHEREABOUTS_POD, qualified(ns, pod, full));
    p.names[WHEREABOUTS_NODE] = keep(w, WHEREABOUTS_NODE, node);
    struct str key = {(const char *)&p, sizeof p};
    uintptr_t number = (uintptr_t)map_get(w->index, key);
    if (number)
        return (uint32_t)number;
    if (w->count >= WHEREABOUTS_MAX)
        return WHEREABOUTS_OTHER;
    mem_grow(&w->list, &w->cap, w->count + 1, sizeof p);
    w->list[w->count] = p;
    map_put(w->index, key, (void *)(uintptr_t)w->count);
    return (uint32_t)w->count++;
}

uint32_t whereabouts_of(struct whereabouts *w, const struct labels *labels, uint64_t *stream)
{
    if (!labels) {
        *stream = 0;
        return 0;
    }
    if (labels != w->last) {
        const char *ns = labels_value(labels, w->labels.namespace_);
        const char *pod = labels_value(labels, w->labels.pod);
        const char *container = labels_value(labels, w->labels.container);
        w->last_stream = labels->hash;
        if (*pod)
            w->last_stream = hash_mix(
                hash_bytes(ns, strlen(ns)) ^
                hash_mix(hash_bytes(pod, strlen(pod)) ^ hash_bytes(container, strlen(container))));
        w->last_place = place_of(w, ns, pod, labels_value(labels, w->labels.app),
                                 labels_value(labels, w->labels.node));
        labels_drop(w->last);
        w->last = labels_hold(labels);
    }
    *stream = w->last_stream;
    return w->last_place;
}

const char *whereabouts_name(const struct whereabouts *w, uint32_t place,
                             enum whereabouts_kind kind)
{
    return w->list[place].names[kind];
}
